// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/json_fields.hpp"

#include <algorithm>
#include <limits>
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

/// Returns `LINE: FIELD: what`, for the name of a file and a colon to stand before it.
std::string told(std::size_t line, const std::string& field, const std::string& what) {
  if (line == 0)
    return " " + field + ", as set: " + what;
  return std::to_string(line) + ": " + (field.empty() ? "" : field + ": ") + what;
}

} // namespace

json_complaint::json_complaint(std::size_t line, std::string name, const std::string& what)
  : std::runtime_error(told(line, name, what)),
    field(std::move(name)) {}

std::string enumerate(const std::vector<std::string_view>& names) {
  std::string out;
  for (auto x : names)
    out += (out.empty() ? "" : ", ") + std::string{x};
  return out;
}

json_fields::json_fields(file_reading& how, const json_value& from)
  : json_fields(how, from, "", how.shape) {}

json_fields::json_fields(json_fields& outer, std::string_view name)
  : json_fields(outer.how_, outer.get(name), outer.path_of(name),
                outer.note(name, field_shape::type::object)) {}

json_fields::json_fields(json_fields& outer, std::string_view name, std::size_t index)
  : json_fields(outer.how_, outer.element(name, index),
                outer.path_of(name) +
                  (std::holds_alternative<json_value::list>(outer.get(name).content)
                     ? '[' + std::to_string(index) + ']'
                     : ""),
                [&]() -> field_shape* {
                  auto* shape = outer.note(name, field_shape::type::list);
                  if (shape && shape->element.empty())
                    shape->element.emplace_back();
                  return shape ? &shape->element.front() : nullptr;
                }()) {}

json_fields::json_fields(file_reading& how, const json_value& from, std::string path,
                         field_shape* shape)
  : how_(how),
    from_(from),
    path_(std::move(path)),
    members_(std::get_if<json_value::object>(&from.content)),
    shape_(shape) {
  if (shape_ && shape_->what == field_shape::type::unknown)
    shape_->what = field_shape::type::object;
  if (!members_)
    throw json_complaint{from.line, path_,
                         (path_.empty() ? "the file must be" : "this must be") +
                           std::string{" an object, {...}"}};
}

const json_value* json_fields::find(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end())
    known_.emplace_back(name);
  note(name, field_shape::type::unknown);
  return member(name);
}

const json_value& json_fields::get(std::string_view name) {
  if (const auto* found = find(name))
    return *found;
  if (auto* shape = note(name, field_shape::type::unknown))
    shape->required = true;
  // The missing member might stand anywhere up to the object's last line.
  complain_at(from_.last_line, name, "this field is missing");
}

std::uint64_t json_fields::whole(std::string_view name, std::uint64_t least, std::uint64_t most,
                                 std::optional<std::uint64_t> otherwise) {
  if (auto* shape = note(name, field_shape::type::whole)) {
    shape->least = static_cast<double>(least);
    shape->most = static_cast<double>(most);
    if (otherwise)
      shape->otherwise = json_value{.content = *otherwise};
  }
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
  if (auto* shape = note(name, field_shape::type::number)) {
    shape->least = least;
    shape->most = most;
    if (otherwise)
      shape->otherwise = json_value{.content = *otherwise};
  }
  const auto* found = otherwise ? find(name) : &get(name);
  return found ? checked(*found, name, least, most) : *otherwise;
}

std::string json_fields::text(std::string_view name) {
  note(name, field_shape::type::text);
  if (const auto* out = std::get_if<std::string>(&get(name).content))
    return *out;
  complain(name, "a text must stand here");
}

bool json_fields::flag(std::string_view name) {
  note(name, field_shape::type::flag);
  if (const auto* out = std::get_if<bool>(&get(name).content))
    return *out;
  complain(name, "true or false must stand here");
}

std::string json_fields::word(std::string_view name, const std::vector<std::string_view>& allowed) {
  note_words(name, allowed, field_shape::type::word);
  if (auto* shape = note(name, field_shape::type::word))
    shape->otherwise = json_value{.content = std::string{allowed.front()}};
  const auto* found = find(name);
  return found ? checked_word(*found, name, allowed) : std::string{allowed.front()};
}

std::string json_fields::required_word(std::string_view name,
                                       const std::vector<std::string_view>& allowed) {
  note_words(name, allowed, field_shape::type::word);
  return checked_word(get(name), name, allowed);
}

std::string json_fields::checked_word(const json_value& from, std::string_view name,
                                      const std::vector<std::string_view>& allowed) const {
  const auto* out = std::get_if<std::string>(&from.content);
  if (!out || std::find(allowed.begin(), allowed.end(), *out) == allowed.end())
    complain(name,
             (out ? "\"" + *out + "\" is none of " : "it must be one of ") + enumerate(allowed));
  return *out;
}

std::vector<std::string> json_fields::words(std::string_view name,
                                            const std::vector<std::string_view>& allowed) {
  note_words(name, allowed, field_shape::type::words);
  const auto* found = find(name);
  if (!found)
    return {};
  const auto* all = std::get_if<json_value::list>(&found->content);
  if (!all)
    complain(name, "a list, [...], must stand here");
  std::vector<std::string> out;
  for (const auto& x : *all) {
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
  if (auto* shape = note(name, field_shape::type::list)) {
    if (shape->element.empty())
      shape->element.emplace_back();
    shape->max_count =
      max_count == std::numeric_limits<std::size_t>::max() ? shape->max_count : max_count;
  }
  const auto* all = std::get_if<json_value::list>(&get(name).content);
  if (!all)
    complain(name, "a list, [...], must stand here");
  if (all->size() > max_count)
    complain(name, "there may be " + std::to_string(max_count) + " at most, not " +
                     std::to_string(all->size()));
  return *all;
}

std::size_t json_fields::one_or_more(std::string_view name, std::size_t max_count) {
  note(name, field_shape::type::one_or_more);
  const auto& found = get(name);
  return std::holds_alternative<json_value::object>(found.content) ? 1
                                                                   : list(name, max_count).size();
}

const json_value& json_fields::element(std::string_view name, std::size_t index) {
  const auto& found = get(name);
  if (std::holds_alternative<json_value::object>(found.content))
    return found;
  return list(name, std::numeric_limits<std::size_t>::max()).at(index);
}

std::vector<double> json_fields::numbers(std::string_view name, double least, double most,
                                         std::size_t max_count) {
  if (auto* shape = note(name, field_shape::type::numbers)) {
    shape->least = least;
    shape->most = most;
  }
  std::vector<double> out;
  for (const auto& x : list(name, max_count))
    out.push_back(checked(x, name, least, most));
  return out;
}

std::vector<std::pair<std::size_t, std::size_t>>
json_fields::pairs(std::string_view name, std::size_t end, std::size_t max_count) {
  note(name, field_shape::type::pairs);
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (const auto& x : list(name, max_count)) {
    const auto* both = std::get_if<json_value::list>(&x.content);
    if (!both || both->size() != 2)
      complain(name, "each must be a pair of numbers, [0, 1]");
    out.emplace_back(index((*both)[0], name, end), index((*both)[1], name, end));
  }
  return out;
}

const json_value& json_fields::scalar(std::string_view name) {
  note(name, field_shape::type::scalar);
  const auto& out = get(name);
  if (std::holds_alternative<std::nullptr_t>(out.content) ||
      std::holds_alternative<json_value::list>(out.content) ||
      std::holds_alternative<json_value::object>(out.content))
    complain(name, "a number, a text, true or false must stand here");
  return out;
}

std::vector<std::string> json_fields::names(std::size_t max_count) {
  if (shape_)
    shape_->what = field_shape::type::map;
  if (members_->size() > max_count)
    throw json_complaint{from_.line, path_,
                         "there may be " + std::to_string(max_count) + " at most, not " +
                           std::to_string(members_->size())};
  std::vector<std::string> out;
  for (const auto& [name, value] : *members_)
    out.push_back(name);
  return out;
}

std::size_t json_fields::node(std::string_view name) {
  auto* shape = note(name, field_shape::type::node);
  if (spreads_ && name == "node") {
    if (shape) {
      shape->instead = "nodes";
      note("nodes", field_shape::type::nodes)->instead = "node";
    }
    const auto* one = find("node");
    const auto* several = find("nodes");
    if (one && several)
      complain("nodes", "either node or nodes may stand here");
    if (several)
      return node_of_spread();
  }
  auto out = how_.nodes.read_one(get(name), place_of(name));
  if (!out)
    complain(name, out.error());
  return *out;
}

std::vector<std::size_t> json_fields::nodes(std::string_view name) {
  note(name, field_shape::type::nodes);
  auto out = how_.nodes.read(get(name), place_of(name));
  if (!out)
    complain(name, out.error());
  return std::move(*out);
}

std::size_t json_fields::node_of_spread() {
  if (!spread_) {
    auto all = nodes("nodes");
    if (all.empty())
      complain("nodes", "these are no nodes");
    spread_ = std::move(all);
  }
  return spread_->at(turn_);
}

void json_fields::spread(std::size_t repetition) {
  spreads_ = true;
  repetition_ = repetition;
  spread_.reset();
  turn_ = 0;
}

bool json_fields::next_of_spread() {
  return spread_ && ++turn_ < spread_->size();
}

void json_fields::expect_no_more() {
  for (const auto& [name, value] : *members_)
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      complain(name, "unknown field; there may be: " + enumerate({known_.begin(), known_.end()}));
}

void json_fields::complain(std::string_view name, const std::string& what) const {
  if (spread_ && name == "node")
    complain_at(line_of("nodes"), "nodes",
                "node " + std::to_string(spread_->at(turn_)) + ": " + what);
  complain_at(line_of(name), name, what);
}

void json_fields::complain_at(std::size_t line, std::string_view name,
                              const std::string& what) const {
  throw json_complaint{line, path_of(name), what};
}

std::string json_fields::path_of(std::string_view name) const {
  return path_.empty() ? std::string{name} : path_ + "." + std::string{name};
}

std::string json_fields::place_of(std::string_view name) const {
  auto out = path_of(name);
  if (repetition_ > 0)
    out += '#' + std::to_string(repetition_);
  return out;
}

field_shape* json_fields::note(std::string_view name, field_shape::type what) {
  if (!shape_)
    return nullptr;
  // All members of a map are alike.
  auto& out = shape_->what == field_shape::type::map && !shape_->fields.empty()
                ? shape_->fields.front().shape
                : shape_->of(name);
  if (out.what == field_shape::type::unknown)
    out.what = what;
  return &out;
}

void json_fields::note_words(std::string_view name, const std::vector<std::string_view>& allowed,
                             field_shape::type what) {
  if (auto* shape = note(name, what))
    shape->words.assign(allowed.begin(), allowed.end());
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

const json_value* json_fields::member(std::string_view name) const {
  // The elements of a list ask for it one after another.
  if (latest_ < members_->size() && (*members_)[latest_].first == name)
    return &(*members_)[latest_].second;
  auto found = std::find_if(members_->begin(), members_->end(),
                            [&](const auto& x) { return x.first == name; });
  if (found == members_->end())
    return nullptr;
  latest_ = static_cast<std::size_t>(found - members_->begin());
  return &found->second;
}

std::size_t json_fields::line_of(std::string_view name) const {
  const auto* found = member(name);
  return found ? found->line : from_.line;
}

} // namespace devp2p::simulator
