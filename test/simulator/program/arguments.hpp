// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/settings.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

/// Arguments of the command line, in the forms that all of our programs take.
namespace devp2p {

namespace tool {

/// The command that the arguments ask for. Returns the exit status.
using command = std::function<int()>;

/// Parses a `T`. Throws if it cannot.
template <class T>
bool parse_argument(const std::string& text, T& out) {
  auto parsed = T::parse(text);
  if (!parsed)
    throw CLI::ConversionError(text + ": " + std::string{to_string(parsed.error())});
  out = *parsed;
  return true;
}

/// Checks for a whole number as people write it. CLI11 takes `010` for 8 and `0x10` for 16.
[[nodiscard]] CLI::Validator decimal();

/// Checks for a number of that range. The help says it in words.
template <class T>
CLI::Validator between(T least, T most) {
  return CLI::Range(least, most).description("");
}

/// Checks for one of these words. The help lists them.
[[nodiscard]] CLI::Validator one_of(const std::vector<std::string>& words);

/// Adds an option that is a number of seconds, between 0.001 and 86400.
CLI::Option* add_seconds(CLI::App& app, const std::string& name, settings::duration& out,
                         const std::string& help);

/// Refuses empty values: the value of a script's unset variable must not pass for an option that
/// was not given.
void refuse_empty_values(CLI::App& app);

} // namespace tool

/// CLI11 finds this function to read an endpoint.
bool lexical_cast(const std::string& text, endpoint& out);

} // namespace devp2p
