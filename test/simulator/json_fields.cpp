// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/json_fields.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace devp2p::simulator {

namespace {

std::string to_text(double x) {
  std::ostringstream out;
  out.precision(17);
  out << x;
  return out.str();
}

} // namespace

std::string enumerate(const std::vector<std::string_view>& names) {
  std::string out;
  for (auto x : names)
    out += (out.empty() ? "" : ", ") + std::string{x};
  return out;
}

json_fields::json_fields(const json_value& from, std::string path)
  : from_(from),
    path_(std::move(path)),
    members_(std::get_if<json_value::object>(&from.content)) {
  if (!members_)
    throw json_complaint{std::to_string(from.line) + ": " +
                         (path_.empty() ? "the file must be" : path_ + ": this must be") +
                         " an object, {...}"};
}

const json_value* json_fields::find(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end())
    known_.emplace_back(name);
  auto found = std::find_if(members_->begin(), members_->end(),
                            [&](const auto& x) { return x.first == name; });
  return found == members_->end() ? nullptr : &found->second;
}

const json_value& json_fields::get(std::string_view name) {
  if (const auto* found = find(name))
    return *found;
  // The missing member might stand anywhere up to the object's last line.
  complain_at(from_.last_line, name, "this field is missing");
}

std::uint64_t json_fields::whole(std::string_view name, std::uint64_t least, std::uint64_t most,
                                 std::optional<std::uint64_t> otherwise) {
  const auto* found = otherwise ? find(name) : &get(name);
  if (!found)
    return *otherwise;
  if (auto out = checked_whole(*found, name, least, most))
    return *out;
  complain(name,
           "a whole number must stand here, not " + to_text(std::get<double>(found->content)));
}

double json_fields::number(std::string_view name, double least, double most,
                           std::optional<double> otherwise) {
  const auto* found = otherwise ? find(name) : &get(name);
  return found ? checked(*found, name, least, most) : *otherwise;
}

std::string json_fields::text(std::string_view name) {
  if (const auto* out = std::get_if<std::string>(&get(name).content))
    return *out;
  complain(name, "a text must stand here");
}

bool json_fields::flag(std::string_view name) {
  if (const auto* out = std::get_if<bool>(&get(name).content))
    return *out;
  complain(name, "true or false must stand here");
}

std::string json_fields::word(std::string_view name, const std::vector<std::string_view>& allowed) {
  const auto* found = find(name);
  if (!found)
    return std::string{allowed.front()};
  const auto* out = std::get_if<std::string>(&found->content);
  if (!out || std::find(allowed.begin(), allowed.end(), *out) == allowed.end())
    complain(name,
             (out ? "\"" + *out + "\" is none of " : "it must be one of ") + enumerate(allowed));
  return *out;
}

std::vector<std::string> json_fields::words(std::string_view name,
                                            const std::vector<std::string_view>& allowed) {
  if (!find(name))
    return {};
  std::vector<std::string> out;
  for (const auto& x : list(name, allowed.size())) {
    const auto* word = std::get_if<std::string>(&x.content);
    if (!word || std::find(allowed.begin(), allowed.end(), *word) == allowed.end())
      complain(name, "there may only be " + enumerate(allowed));
    if (std::find(out.begin(), out.end(), *word) != out.end())
      complain(name, "\"" + *word + "\" is there twice");
    out.push_back(*word);
  }
  return out;
}

const std::vector<json_value>& json_fields::list(std::string_view name, std::size_t max_count) {
  const auto* all = std::get_if<json_value::list>(&get(name).content);
  if (!all)
    complain(name, "a list, [...], must stand here");
  if (all->size() > max_count)
    complain(name, "there may be " + std::to_string(max_count) + " at most, not " +
                     std::to_string(all->size()));
  return *all;
}

std::vector<double> json_fields::numbers(std::string_view name, double least, double most,
                                         std::size_t max_count) {
  std::vector<double> out;
  for (const auto& x : list(name, max_count))
    out.push_back(checked(x, name, least, most));
  return out;
}

std::vector<std::size_t> json_fields::wholes(std::string_view name, std::size_t end,
                                             std::size_t max_count) {
  std::vector<std::size_t> out;
  for (const auto& x : list(name, max_count))
    out.push_back(index(x, name, end));
  return out;
}

std::vector<std::pair<std::size_t, std::size_t>>
json_fields::pairs(std::string_view name, std::size_t end, std::size_t max_count) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (const auto& x : list(name, max_count)) {
    const auto* both = std::get_if<json_value::list>(&x.content);
    if (!both || both->size() != 2)
      complain(name, "each must be a pair of numbers, [0, 1]");
    out.emplace_back(index((*both)[0], name, end), index((*both)[1], name, end));
  }
  return out;
}

void json_fields::expect_no_more() {
  for (const auto& [name, value] : *members_)
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      complain(name, "unknown field; there may be: " + enumerate({known_.begin(), known_.end()}));
}

void json_fields::complain(std::string_view name, const std::string& what) const {
  complain_at(line_of(name), name, what);
}

void json_fields::complain_at(std::size_t line, std::string_view name,
                              const std::string& what) const {
  throw json_complaint{std::to_string(line) + ": " + path_of(name) + ": " + what};
}

std::string json_fields::path_of(std::string_view name) const {
  return path_.empty() ? std::string{name} : path_ + "." + std::string{name};
}

std::size_t json_fields::index(const json_value& from, std::string_view name,
                               std::size_t end) const {
  if (auto out = checked_whole(from, name, 0, end - 1))
    return *out;
  complain(name, "they must be whole numbers");
}

std::optional<std::uint64_t> json_fields::checked_whole(const json_value& from,
                                                        std::string_view name, std::uint64_t least,
                                                        std::uint64_t most) const {
  const auto* out = std::get_if<std::uint64_t>(&from.content);
  if (!out) {
    (void)checked(from, name, static_cast<double>(least), static_cast<double>(most));
    return std::nullopt;
  }
  if (*out < least || *out > most)
    complain(name, std::to_string(*out) + " is not from " + std::to_string(least) + " to " +
                     std::to_string(most));
  return *out;
}

double json_fields::checked(const json_value& from, std::string_view name, double least,
                            double most) const {
  const auto* whole = std::get_if<std::uint64_t>(&from.content);
  const auto* real = std::get_if<double>(&from.content);
  if (!whole && !real)
    complain(name, "a number must stand here");
  auto out = whole ? static_cast<double>(*whole) : *real;
  if (!(out >= least && out <= most))
    complain(name, to_text(out) + " is not from " + to_text(least) + " to " + to_text(most));
  return out;
}

std::size_t json_fields::line_of(std::string_view name) const {
  for (const auto& [key, value] : *members_)
    if (key == name)
      return value.line;
  return from_.line;
}

} // namespace devp2p::simulator
