// SPDX-License-Identifier: BSL-1.0
#include "trial.hpp"

#include "attack_trial.hpp"
#include "fault_trial.hpp"

#include <algorithm>
#include <charconv>

namespace devp2p::trials {

namespace {

template <class Number>
bool parse_number(const std::string& text, Number& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

} // namespace

std::string to_string(const trial& x) {
  auto out =
    x.fault + '/' + x.phase + '/' + std::to_string(x.protocols) + '/' + std::to_string(x.seed);
  return x.schedule == 0 ? out : out + '/' + std::to_string(x.schedule);
}

std::optional<trial> parse_trial(const std::string& text) {
  std::vector<std::string> parts{""};
  for (auto x : text) {
    if (x == '/')
      parts.emplace_back();
    else
      parts.back() += x;
  }
  trial out;
  std::uint64_t schedule = 0;
  if (parts.size() < 4 || parts.size() > 5 || !parse_number(parts[2], out.protocols) ||
      !parse_number(parts[3], out.seed) || (parts.size() == 5 && !parse_number(parts[4], schedule)))
    return std::nullopt;
  out.fault = parts[0];
  out.phase = parts[1];
  auto all = all_with(out.seed);
  if (std::find(all.begin(), all.end(), out) == all.end())
    return std::nullopt;
  out.schedule = schedule;
  return out;
}

outcome run(const trial& what) {
  return is_attack(what) ? run_attack(what) : run_fault(what);
}

std::vector<trial> all_with(std::uint64_t seed) {
  auto out = faults_with(seed);
  auto attacks = attacks_with(seed);
  out.insert(out.end(), attacks.begin(), attacks.end());
  return out;
}

} // namespace devp2p::trials
