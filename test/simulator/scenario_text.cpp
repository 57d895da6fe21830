// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/scenario.hpp"
#include "devp2p/simulator/scenario_reader.hpp"
#include "devp2p/simulator/scenario_values.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace devp2p::simulator {

namespace {

constexpr std::size_t max_mistakes = 20;

/// Escapes control characters. Names in the file may hold any, but an error is one line and must
/// not control a terminal.
std::string one_line(std::string_view what) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned char c : what)
    if (c < ' ' || c == 0x7f)
      out += {'\\', 'x', digits[c >> 4], digits[c & 0xf]};
    else
      out += static_cast<char>(c);
  return out;
}

/// A text that is read, and its errors.
class scenario_text {
public:
  scenario_text(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  /// Returns the scenario if it has no error.
  std::optional<scenario> read(const model& known, const std::string& beside,
                               std::optional<std::uint64_t> seed,
                               const std::vector<field_value>& set, std::size_t max_complaints) {
    auto document = read_json(text_);
    if (!document) {
      add(document.error());
      return std::nullopt;
    }
    file_reading how{.max_complaints = max_complaints};
    std::optional<scenario> out;
    try {
      for (const auto& x : set)
        set_value(*document, x);
      replace_variables(*document, !set.empty());
      out = read_fields(known, *document, how, beside, seed);
    } catch (const json_complaint& why) {
      how.complaints.push_back(why);
      hint_ = hint_for(why.field, *document, set);
    }
    for (const auto& x : how.complaints)
      add(x.what());
    if (!hint_.empty())
      errors.back() += hint_;
    return how.complaints.empty() ? std::move(out) : std::nullopt;
  }

  std::vector<std::string> errors;

private:
  /// Returns what to say to someone who sets a variable as if it were a field.
  static std::string hint_for(const std::string& field, const json_value& document,
                              const std::vector<field_value>& set) {
    if (std::none_of(set.begin(), set.end(),
                     [&](const field_value& x) { return x.field == field; }))
      return {};
    for (const auto& [name, value] : std::get<json_value::object>(document.content))
      if (const auto* all = std::get_if<json_value::object>(&value.content);
          all && name == "variables")
        for (const auto& [variable, is] : *all)
          if (variable == field)
            return "; there is variables." + variable;
    return {};
  }

  void add(const std::string& what) { errors.push_back(std::string{name_} + ':' + one_line(what)); }

  std::string_view text_;
  std::string_view name_;
  std::string hint_;
};

} // namespace

expected<scenario, std::string> read_scenario(const model& known, std::string_view text,
                                              std::string_view name, const std::string& beside,
                                              std::optional<std::uint64_t> seed,
                                              const std::vector<field_value>& set) {
  scenario_text all{text, name};
  auto out = all.read(known, beside, seed, set, 1);
  if (!out)
    return std::move(all.errors.front());
  return std::move(*out);
}

expected<scenario, std::string> read_scenario(std::string_view text, std::string_view name,
                                              const std::string& beside,
                                              std::optional<std::uint64_t> seed) {
  return read_scenario(standard_model(), text, name, beside, seed);
}

std::vector<std::string> mistakes_in_scenario(const model& known, std::string_view text,
                                              std::string_view name, const std::string& beside,
                                              std::optional<std::uint64_t> seed,
                                              const std::vector<field_value>& set) {
  scenario_text all{text, name};
  all.read(known, beside, seed, set, max_mistakes);
  return std::move(all.errors);
}

} // namespace devp2p::simulator
