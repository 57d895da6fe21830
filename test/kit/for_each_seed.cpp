// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/for_each_seed.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>

namespace devp2p::kit {

namespace {

constexpr auto variable = "DEVP2P_SEED";

/// Returns `word` as a shell reads it back.
std::string quoted(std::string_view word) {
  constexpr std::string_view plain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    "-_=./,:@%+";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos)
    return std::string{word};
  std::string out = "'";
  for (auto x : word)
    out += x == '\'' ? std::string{"'\\''"} : std::string{x};
  return out + "'";
}

/// Returns the command that has started this program.
std::string command_line() {
  std::ifstream file{"/proc/self/cmdline", std::ios::binary};
  std::string words{std::istreambuf_iterator<char>{file}, {}};
  std::string out;
  for (std::size_t begin = 0; begin < words.size();) {
    auto end = std::min(words.find('\0', begin), words.size());
    out += ' ' + quoted(std::string_view{words}.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

} // namespace

std::vector<std::uint64_t> seeds_to_try(std::size_t count) {
  if (const auto* chosen = std::getenv(variable)) {
    std::string_view text{chosen};
    std::uint64_t seed = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error != std::errc{} || end != text.data() + text.size())
      throw std::invalid_argument{std::string{variable} + " must be a number, and not \"" + chosen +
                                  '"'};
    return {seed};
  }
  std::vector<std::uint64_t> out(count);
  std::iota(out.begin(), out.end(), 1);
  return out;
}

void tell_how_to_replay(std::uint64_t seed) noexcept {
  try {
    auto number = std::to_string(seed);
    std::fprintf(stderr, "seed %s failed; to try it alone: %s=%s%s\n", number.c_str(), variable,
                 number.c_str(), command_line().c_str());
  } catch (const std::exception&) {
    std::fputs("a seed failed, and there is no memory to say which\n", stderr);
  }
}

} // namespace devp2p::kit
