// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/arguments.hpp"

#include "devp2p/simulator/program/decimal.hpp"

#include <charconv>
#include <chrono>
#include <sstream>
#include <system_error>

namespace devp2p {

namespace tool {

namespace {

/// Returns the number of seconds that `text` stands for. Throws `CLI::ValidationError` if it is not
/// between 0.001 and 86400.
double parse_seconds(const std::string& name, const std::string& text) {
  double out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() ||
      !(out >= 0.001 && out <= 86400)) // Also refuses NaN.
    throw CLI::ValidationError(name, "must be between 0.001 and 86400 seconds");
  return out;
}

} // namespace

CLI::Validator decimal() {
  auto check = [](std::string& x) {
    return is_decimal(x) ? "" : "expected a whole number in decimal digits, got " + x;
  };
  return {check, ""};
}

CLI::Validator one_of(const std::vector<std::string>& words) {
  return CLI::IsMember(words).description("");
}

CLI::Option* add_seconds(CLI::App& app, const std::string& name, settings::duration& out,
                         const std::string& help) {
  using seconds = std::chrono::duration<double>;
  auto take = [name, &out](const std::string& text) {
    out = std::chrono::duration_cast<settings::duration>(seconds{parse_seconds(name, text)});
  };
  std::ostringstream usual;
  usual << std::chrono::duration_cast<seconds>(out).count();
  return app.add_option_function<std::string>(name, take, help)
    ->type_name("SECONDS")
    ->default_str(usual.str());
}

void refuse_empty_values(CLI::App& app) {
  for (auto* option : app.get_options())
    if (option->get_expected_max() > 0)
      option->check([](const std::string& x) { return x.empty() ? "the value is missing" : ""; });
  for (auto* command : app.get_subcommands({}))
    refuse_empty_values(*command);
}

} // namespace tool

bool lexical_cast(const std::string& text, endpoint& out) {
  return tool::parse_argument(text, out);
}

} // namespace devp2p
