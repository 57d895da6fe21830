// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/scenario_file.hpp"

#include "devp2p/simulator/json_document.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <utility>

namespace devp2p::tool {

namespace {

/// Reads a file into `out`. Returns 0, or the `errno` number that says why it cannot be read.
int read_file(const std::string& name, std::string& out) {
  // One byte more than the maximum: the parser reports a text that is too long.
  out.resize(simulator::max_json_size + 1);
  errno = 0;
  std::ifstream file;
  const auto from_stdin = name == scenario_file::stdin_name;
  if (!from_stdin)
    file.open(name, std::ios::binary);
  std::istream& in = from_stdin ? std::cin : file;
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  if ((!from_stdin && !file.is_open()) || in.bad())
    return errno != 0 ? errno : EIO;
  out.resize(static_cast<std::size_t>(in.gcount()));
  return 0;
}

/// Returns a word as a shell takes it.
std::string shell_word(const std::string& word) {
  constexpr auto plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-=:,+@%";
  if (word.find_first_not_of(plain) == word.npos)
    return word;
  std::string out{"'"};
  for (auto c : word)
    out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out + '\'';
}

} // namespace

scenario_file::scenario_file(std::string name, const simulator::model& known,
                             std::vector<simulator::field_value> set)
  : name_(std::move(name)),
    known_(known),
    set_(std::move(set)),
    error_(read_file(name_, text_)) {}

std::string scenario_file::arguments() const {
  auto out = shell_word(name_);
  for (const auto& x : set_)
    out += " --set " + shell_word(x.field + '=' + x.value);
  return out;
}

expected<simulator::scenario, std::string>
scenario_file::read(std::optional<std::uint64_t> seed) const {
  if (error_ != 0)
    return unreadable();
  return simulator::read_scenario(known_, text_, name(), folder(), seed, set_);
}

std::vector<std::string> scenario_file::mistakes(std::optional<std::uint64_t> seed) const {
  if (error_ != 0)
    return {unreadable()};
  return simulator::mistakes_in_scenario(known_, text_, name(), folder(), seed, set_);
}

std::string scenario_file::unreadable() const {
  return name() + ": cannot be read: " + std::generic_category().message(error_);
}

std::string scenario_file::folder() const {
  auto out = std::filesystem::path{name_}.parent_path().string();
  return out.empty() ? "." : out;
}

} // namespace devp2p::tool
