// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/scenario_values.hpp"

#include "devp2p/simulator/json_fields.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace devp2p::simulator {

namespace {

/// The line of what does not stand in the file.
constexpr std::size_t no_line = 0;

json_value* member_of(json_value& x, std::string_view name) {
  auto* members = std::get_if<json_value::object>(&x.content);
  if (!members)
    return nullptr;
  auto found =
    std::find_if(members->begin(), members->end(), [&](const auto& y) { return y.first == name; });
  return found == members->end() ? nullptr : &found->second;
}

void forget_lines(json_value& x) {
  x.line = x.last_line = no_line;
  if (auto* all = std::get_if<json_value::list>(&x.content))
    for (auto& y : *all)
      forget_lines(y);
  if (auto* all = std::get_if<json_value::object>(&x.content))
    for (auto& y : *all)
      forget_lines(y.second);
}

/// Returns what a text stands for: JSON, or else itself.
json_value value_of(const field_value& what) {
  const auto& text = what.value;
  auto read = read_json(text);
  json_value out;
  if (read)
    out = std::move(*read);
  else if (!text.empty() && std::string_view{"{[\""}.find(text[0]) == std::string_view::npos)
    out.content = text;
  else
    throw json_complaint{no_line, what.field, "the value is no JSON: " + text};
  forget_lines(out);
  return out;
}

/// The path of a field: names, and indices in brackets.
class path {
public:
  explicit path(const field_value& what) : what_(what), rest_(what.field) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }

  json_value& step(json_value& from) {
    return rest_.starts_with('[') ? step_into_list(from) : step_into_object(from);
  }

private:
  json_value& step_into_list(json_value& from) {
    auto end = rest_.find(']');
    std::size_t index = 0;
    if (end == rest_.npos)
      complain("a [ has no ]");
    auto [at, wrong] = std::from_chars(rest_.data() + 1, rest_.data() + end, index);
    if (wrong != std::errc{} || at != rest_.data() + end)
      complain("a whole number must stand in the brackets");
    auto* all = std::get_if<json_value::list>(&from.content);
    if (!all)
      complain("what stands before the brackets is no list");
    if (index >= all->size())
      complain("the list has " + std::to_string(all->size()) +
               (all->size() == 1 ? " element" : " elements"));
    rest_.remove_prefix(end + 1);
    return (*all)[index];
  }

  json_value& step_into_object(json_value& from) {
    if (rest_.size() < what_.field.size()) {
      if (!rest_.starts_with('.'))
        complain("a point must stand between two names");
      rest_.remove_prefix(1);
    }
    auto end = std::min(rest_.find_first_of(".["), rest_.size());
    auto name = rest_.substr(0, end);
    if (name.empty())
      complain("a name is missing");
    rest_.remove_prefix(end);
    auto* members = std::get_if<json_value::object>(&from.content);
    if (!members)
      complain("what should have the member " + std::string{name} + " is no object");
    if (auto* found = member_of(from, name))
      return *found;
    members->emplace_back(name, json_value{no_line, json_value::object{}, no_line});
    return members->back().second;
  }

  [[noreturn]] void complain(const std::string& why) const {
    throw json_complaint{no_line, what_.field, why};
  }

  const field_value& what_;
  std::string_view rest_;
};

/// The variables of a file.
class variables {
public:
  explicit variables(json_value& document) {
    auto* from = member_of(document, "variables");
    if (!from)
      return;
    file_reading how;
    json_fields all{how, document};
    json_fields in{all, "variables"};
    for (const auto& name : in.names(max_variables)) {
      const auto& value = in.scalar(name);
      if (const auto* text = std::get_if<std::string>(&value.content))
        if (text->size() > max_variable_size || text->starts_with('$'))
          in.complain(name, "a text of at most " + std::to_string(max_variable_size) +
                              " bytes, which does not begin with $, must stand here");
      all_.emplace(name, variable{&value});
    }
  }

  /// Replaces the texts in `x`; `field` is its path.
  void replace(json_value& x, const std::string& field) {
    if (auto* text = std::get_if<std::string>(&x.content))
      replace_text(x, *text, field);
    else if (auto* all = std::get_if<json_value::list>(&x.content))
      for (std::size_t i = 0; i < all->size(); ++i)
        replace((*all)[i], field, i);
    else if (auto* members = std::get_if<json_value::object>(&x.content))
      for (auto& [name, value] : *members)
        replace(value, field.empty() ? name : field + '.' + name);
  }

  void expect_uses(bool changed) const {
    for (const auto& [name, x] : all_)
      if (!x.used && (!changed || x.value->line == no_line))
        throw json_complaint{x.value->line, "variables." + name,
                             "no value of the file is \"$" + name + '"'};
  }

private:
  struct variable {
    const json_value* value;
    bool used = false;
  };

  void replace(json_value& x, const std::string& field, std::size_t index) {
    // Most elements are numbers: spare their paths.
    if (!std::holds_alternative<std::uint64_t>(x.content))
      replace(x, field + '[' + std::to_string(index) + ']');
  }

  void replace_text(json_value& x, std::string& text, const std::string& field) {
    if (!text.starts_with('$'))
      return;
    if (text.starts_with("$$")) {
      text.erase(0, 1);
      return;
    }
    auto found = all_.find(std::string_view{text}.substr(1));
    if (found == all_.end())
      throw json_complaint{x.line, field, "there is no variable \"" + text + "\"; " + known()};
    found->second.used = true;
    x.content = found->second.value->content;
  }

  [[nodiscard]] std::string known() const {
    std::string out;
    for (const auto& [name, x] : all_)
      if (out.size() < 1000)
        out += (out.empty() ? "there are: " : ", ") + name;
    return out.empty() ? "the file has no variables (a text that begins with $ is written $$)"
                       : out;
  }

  std::map<std::string, variable, std::less<>> all_;
};

} // namespace

void set_value(json_value& document, const field_value& what) {
  auto value = value_of(what);
  auto* at = &document;
  path way{what};
  do
    at = &way.step(*at);
  while (!way.done());
  *at = std::move(value);
}

void replace_variables(json_value& document, bool changed) {
  variables all{document};
  if (auto* members = std::get_if<json_value::object>(&document.content))
    for (auto& [name, value] : *members)
      if (name != "variables" && name != "$schema")
        all.replace(value, name);
  all.expect_uses(changed);
}

} // namespace devp2p::simulator
