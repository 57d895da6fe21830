// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/scenario_schema.hpp"

#include "devp2p/simulator/field_meanings.hpp"
#include "devp2p/simulator/scenario_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

// The reader is the description of the format: it asks for every field that there may be. Here it
// reads a scenario that grows until all fields that it asks for are there; and again with each word
// that may stand in one of them, since other fields may belong to another word.

namespace devp2p::simulator {

namespace {

using json = nlohmann::ordered_json;
using shape_type = field_shape::type;

/// The way to an object in a document: names of members; an empty one is the first element of a
/// list.
using location = std::vector<std::string>;

constexpr std::size_t max_rounds = 1000;
/// A text that stands for a variable.
constexpr auto variable_pattern = "^\\$[^$]";

json_value* member_in(json_value& x, const std::string& name) {
  auto* members = std::get_if<json_value::object>(&x.content);
  if (!members)
    return nullptr;
  auto found =
    std::find_if(members->begin(), members->end(), [&](const auto& y) { return y.first == name; });
  return found == members->end() ? nullptr : &found->second;
}

json_value& value_at(json_value& from, const location& where) {
  auto* at = &from;
  for (const auto& x : where)
    at = x.empty() ? &std::get<json_value::list>(at->content).front() : member_in(*at, x);
  return *at;
}

field_shape& shape_at(field_shape& from, const location& where) {
  auto* at = &from;
  for (const auto& x : where)
    at = x.empty() ? &at->element.front() : &at->of(x);
  return *at;
}

/// Returns a value that may stand there, or something near it.
json_value example_of(const field_shape& x, std::uint64_t size) {
  auto near = std::clamp(static_cast<double>(size), x.least, x.most);
  json_value number;
  if (near == std::floor(near))
    number.content = static_cast<std::uint64_t>(near);
  else
    number.content = near;
  json_value out;
  switch (x.what) {
  case shape_type::whole:
  case shape_type::number:
    return number;
  case shape_type::scalar:
  case shape_type::node:
    out.content = std::uint64_t{0};
    return out;
  case shape_type::text:
    out.content = std::string{"x"};
    return out;
  case shape_type::flag:
    out.content = true;
    return out;
  case shape_type::word:
    out.content = x.words.front();
    return out;
  case shape_type::words: {
    json_value::list all;
    for (const auto& word : x.words)
      all.push_back({.content = word});
    out.content = std::move(all);
    return out;
  }
  case shape_type::numbers:
    out.content = json_value::list{number};
    return out;
  case shape_type::pairs: {
    const json_value zero{.content = std::uint64_t{0}};
    const json_value one{.content = std::uint64_t{1}};
    out.content = json_value::list{{.content = json_value::list{zero, one}}};
    return out;
  }
  case shape_type::nodes:
    out.content = json_value::list{{.content = std::uint64_t{0}}};
    return out;
  case shape_type::list:
  case shape_type::one_or_more:
    out.content = json_value::list{{.content = json_value::object{}}};
    return out;
  case shape_type::unknown:
  case shape_type::object:
  case shape_type::map:
    out.content = json_value::object{};
    return out;
  }
  return out;
}

/// Whether a value is of the type that an example of `x` has.
bool fits(const json_value& value, const field_shape& x) {
  return value.content.index() == example_of(x, 0).content.index() ||
         (std::holds_alternative<std::uint64_t>(value.content) && x.what == shape_type::number) ||
         x.what == shape_type::unknown;
}

bool is_list(const field_shape& x) {
  return x.what == shape_type::list || x.what == shape_type::one_or_more;
}

/// Whether the reader only finds out what there may be if there is something.
bool opens(const field_shape& x) {
  return x.what == shape_type::unknown || x.what == shape_type::object ||
         x.what == shape_type::map || is_list(x) || x.what == shape_type::words;
}

/// A document that has what the reader has asked for, and what that was.
struct explored {
  json_value document;
  field_shape shape = {};
};

class explorer {
public:
  /// `size` is the number that stands for numbers, if it may.
  explorer(const model& known, std::uint64_t size) : known_(known), size_(size) {
    for (const auto& [field, text] : field_meanings())
      meanings_.emplace(field, text);
    for (const auto& x : known.protocols())
      for (const auto& y : x->actions)
        meanings_.emplace("schedule[].do=" + y.blank.name(), y.blank.about());
    for (const auto& x : known.checks())
      meanings_.emplace("check[].that=" + x.name(), x.about());
  }

  json schema() {
    auto all = complete({.content = json_value::object{}});
    return object({}, "", all);
  }

private:
  /// Lets the reader read, and adds what it asks for, until it asks for nothing more.
  explored complete(json_value document) {
    explored out{std::move(document)};
    std::set<std::string> given_up;
    for (std::size_t i = 0; i < max_rounds; ++i) {
      auto wrong = read(out);
      if (add_missing(out.shape, out.document, given_up))
        continue;
      if (!wrong)
        break;
      // A model may refuse any example. What follows that field must be read nevertheless.
      auto name = wrong->substr(0, wrong->find_first_of(".["));
      auto& members = std::get<json_value::object>(out.document.content);
      if (std::erase_if(members, [&](const auto& x) { return x.first == name; }) == 0)
        break;
      given_up.insert(std::move(name));
    }
    return out;
  }

  /// Returns the path of a field that is wrong.
  std::optional<std::string> read(explored& x) const {
    file_reading how{.shape = &x.shape};
    try {
      (void)read_fields(known_, x.document, how, "", std::nullopt);
    } catch (const json_complaint& why) {
      return why.field;
    }
    return std::nullopt;
  }

  /// Returns whether something was missing.
  bool add_missing(const field_shape& x, json_value& to, const std::set<std::string>& given_up) {
    auto changed = false;
    if (is_list(x) && !x.element.empty()) {
      auto* all = std::get_if<json_value::list>(&to.content);
      return all && !all->empty() && add_missing(x.element.front(), all->front(), {});
    }
    auto* members = std::get_if<json_value::object>(&to.content);
    if (!members)
      return false;
    if (x.what == shape_type::map && members->empty()) {
      members->emplace_back("x", json_value{.content = json_value::object{}});
      return true;
    }
    for (const auto& [name, shape] : x.fields) {
      auto* found = member_in(to, name);
      const auto stands_in = !shape.instead.empty() && member_in(to, shape.instead);
      const auto needed = (shape.required && !stands_in) || opens(shape);
      if (!found && needed && !given_up.contains(name)) {
        members->emplace_back(name, example_of(shape, size_));
        changed = true;
      } else if (found && !fits(*found, shape)) {
        *found = example_of(shape, size_);
        changed = true;
      } else if (found) {
        changed = add_missing(shape, *found, {}) || changed;
      }
    }
    return changed;
  }

  /// Returns what there is if the object there begins with that word.
  explored with_word(const explored& from, const location& where, const std::string& field,
                     const std::string& word) {
    auto document = from.document;
    value_at(document, where).content = json_value::object{{field, json_value{.content = word}}};
    return complete(std::move(document));
  }

  /// The names and types of the fields of an object.
  static std::vector<std::pair<std::string, shape_type>> outline(const field_shape& x) {
    std::vector<std::pair<std::string, shape_type>> out;
    for (const auto& y : x.fields)
      out.emplace_back(y.name, y.shape.what);
    return out;
  }

  json object(const location& where, const std::string& path, explored& from) {
    const auto& shape = shape_at(from.shape, where);
    for (const auto& [name, field] : shape.fields) {
      if (field.what != shape_type::word)
        continue;
      std::vector<explored> variants;
      for (const auto& word : field.words)
        variants.push_back(with_word(from, where, name, word));
      if (std::any_of(variants.begin(), variants.end(), [&](explored& x) {
            return outline(shape_at(x.shape, where)) != outline(shape);
          }))
        return object_by_word(where, path, name, field, variants);
    }
    return closed_object(where, path, from);
  }

  /// Returns the schema of an object whose fields depend on the word in one of them.
  json object_by_word(const location& where, const std::string& path, const std::string& name,
                      const field_shape& field, std::vector<explored>& variants) {
    const auto field_path = path_of(path, name);
    json out{{"type", "object"}, {"properties", {{name, of_word(field, field_path)}}}};
    if (field.required)
      out["required"] = {name};
    out["allOf"] = json::array();
    for (std::size_t i = 0; i < variants.size(); ++i) {
      const auto& word = field.words[i];
      json condition{{"properties", {{name, {{"const", word}}}}}};
      // Without the field, the first word is meant.
      if (field.required || i > 0)
        condition["required"] = {name};
      auto then = closed_object(where, path, variants[i]);
      then.erase("type");
      then["properties"][name] = {{"const", word}};
      describe(then["properties"][name], field_path + '=' + word);
      out["allOf"].push_back({{"if", std::move(condition)}, {"then", std::move(then)}});
    }
    return out;
  }

  json closed_object(const location& where, const std::string& path, explored& from) {
    json properties = json::object();
    json required = json::array();
    json either = json::array();
    for (const auto& [name, field] : shape_at(from.shape, where).fields) {
      auto inner = where;
      inner.push_back(name);
      properties[name] = value(field, inner, path_of(path, name), from);
      if (field.required && field.instead.empty())
        required.push_back(name);
      else if (field.required)
        either.push_back({{{"required", {name}}}, {{"required", {field.instead}}}});
    }
    json out{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty())
      out["required"] = std::move(required);
    for (auto& x : either)
      out["oneOf"] = std::move(x);
    out["additionalProperties"] = false;
    return out;
  }

  json value(const field_shape& x, const location& where, const std::string& path, explored& from) {
    auto out = undescribed(x, where, path, from);
    describe(out, path);
    if (x.otherwise && x.what != shape_type::word)
      add_default(out, *x.otherwise, x);
    return out;
  }

  json undescribed(const field_shape& x, const location& where, const std::string& path,
                   explored& from) {
    switch (x.what) {
    case shape_type::unknown:
      return json::object();
    case shape_type::object:
      return object(where, path, from);
    case shape_type::map: {
      json out{{"type", "object"}};
      if (!x.fields.empty())
        out["additionalProperties"] = value(x.fields.front().shape, where, path + "[]", from);
      return out;
    }
    case shape_type::list:
    case shape_type::one_or_more: {
      auto inner = where;
      inner.emplace_back();
      auto one = value(x.element.front(), inner, path + "[]", from);
      json out{{"type", "array"}, {"items", one}, {"maxItems", x.max_count}};
      if (x.what == shape_type::list)
        return out;
      return {{"anyOf", {std::move(one), std::move(out)}}};
    }
    case shape_type::whole:
      return of_number(x, "integer");
    case shape_type::number:
      return of_number(x, "number");
    case shape_type::numbers:
      return {{"type", "array"}, {"items", of_number(x, "number")}, {"maxItems", x.max_count}};
    case shape_type::text:
      return {{"type", "string"}};
    case shape_type::flag:
      return {{"type", {"boolean", "string"}}, {"pattern", variable_pattern}};
    case shape_type::word:
      return of_word(x, path);
    case shape_type::words:
      return {{"type", "array"}, {"items", {{"enum", x.words}}}, {"uniqueItems", true}};
    case shape_type::pairs: {
      json pair{{"type", "array"}, {"minItems", 2}, {"maxItems", 2}};
      field_shape node;
      node.most = topology::max_nodes - 1;
      pair["items"] = of_number(node, "integer");
      return {{"type", "array"}, {"items", std::move(pair)}, {"maxItems", x.max_count}};
    }
    case shape_type::scalar:
      return {{"type", {"number", "string", "boolean"}}};
    case shape_type::node:
      return {{"allOf", {{{"$ref", "#/definitions/node"}}}}};
    case shape_type::nodes:
      return {{"allOf", {{{"$ref", "#/definitions/nodes"}}}}};
    }
    return json::object();
  }

  static json of_number(const field_shape& x, const char* name) {
    json out{{"type", {name, "string"}}, {"pattern", variable_pattern}};
    add_bound(out, "minimum", x.least);
    add_bound(out, "maximum", x.most);
    return out;
  }

  static void add_bound(json& to, const char* name, double x) {
    if (std::abs(x) >= std::numeric_limits<double>::max())
      return;
    if (x == std::floor(x) && std::abs(x) <= static_cast<double>(json_fields::max_whole))
      to[name] = static_cast<std::int64_t>(x);
    else
      to[name] = x;
  }

  json of_word(const field_shape& x, const std::string& path) const {
    json out{{"type", "string"}, {"anyOf", {{{"enum", x.words}}, {{"pattern", variable_pattern}}}}};
    if (x.otherwise)
      out["default"] = x.words.front();
    describe(out, path);
    return out;
  }

  /// A default that may not stand there says only that the field may be missing.
  static void add_default(json& to, const json_value& otherwise, const field_shape& x) {
    const auto* whole = std::get_if<std::uint64_t>(&otherwise.content);
    const auto* real = std::get_if<double>(&otherwise.content);
    if (!whole && !real)
      return;
    const auto number = whole ? static_cast<double>(*whole) : *real;
    if (number >= x.least && number <= x.most)
      add_bound(to, "default", number);
  }

  void describe(json& to, const std::string& path) const {
    auto found = meanings_.find(path);
    if (found != meanings_.end() && !found->second.empty())
      to["description"] = found->second;
  }

  static std::string path_of(const std::string& outer, const std::string& name) {
    return outer.empty() ? name : outer + '.' + name;
  }

  const model& known_;
  std::uint64_t size_;
  std::map<std::string, std::string> meanings_;
};

/// Leaves out what is not the same in both: bounds that depend on other fields.
void keep_common(json& x, const json& other) {
  if (x.is_array() && other.is_array() && x.size() == other.size())
    for (std::size_t i = 0; i < x.size(); ++i)
      keep_common(x[i], other[i]);
  if (!x.is_object() || !other.is_object())
    return;
  std::vector<std::string> gone;
  for (auto& [name, value] : x.items()) {
    auto found = other.find(name);
    if (found == other.end() || (value.is_primitive() && value != *found))
      gone.push_back(name);
    else
      keep_common(value, *found);
  }
  for (const auto& name : gone)
    x.erase(name);
}

/// Returns the schemas of a node and of nodes, as `node_lists` reads them.
json definitions() {
  auto number = [](const char* name, int least) {
    return json{{"type", {name, "string"}}, {"minimum", least}, {"pattern", variable_pattern}};
  };
  json sample{{"sample", number("number", 0)}};
  sample["sample"]["description"] = "So many nodes, or a share of them below 1, drawn by the seed.";
  sample["every"] = number("integer", 1);
  sample["every"]["description"] = "The first node, and every so manieth after it.";
  sample["of"] = {{"$ref", "#/definitions/nodes"}};
  json choice{{"type", "object"}, {"properties", std::move(sample)}};
  choice["oneOf"] = {{{"required", {"sample"}}}, {{"required", {"every"}}}};
  choice["additionalProperties"] = false;
  json text{{"type", "string"}, {"pattern", "^(\\$[^$]|[0-9]+\\.\\.[0-9]+$|[A-Za-z_])"}};
  text["description"] = "A range, such as \"10..19\", or the name of a group; \"all\" is one.";
  json out;
  out["node"]["anyOf"] = {
    {{"type", "integer"}, {"minimum", 0}}, std::move(text), std::move(choice)};
  json one{{"$ref", "#/definitions/node"}};
  out["nodes"]["anyOf"] = {one, {{"type", "array"}, {"items", one}}};
  return out;
}

} // namespace

std::string scenario_schema(const model& known) {
  json out{{"$schema", "http://json-schema.org/draft-07/schema#"},
           {"title", "A scenario: a simulated network of devp2p nodes"},
           {"allowComments", true}};
  auto all = explorer{known, 4}.schema();
  keep_common(all, explorer{known, 5}.schema());
  out.update(all);
  out["definitions"] = definitions();
  return out.dump(2) + '\n';
}

} // namespace devp2p::simulator
