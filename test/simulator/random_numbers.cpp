// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/random_numbers.hpp"

#include "devp2p/net/sim/seeded_rng.hpp"

namespace devp2p::simulator {

using net::seeded_rng;

random_numbers::result_type random_numbers::operator()() {
  constexpr std::uint64_t increment = 0x9e3779b97f4a7c15;
  return seeded_rng::mix(state_ += increment);
}

std::uint64_t random_numbers::below(std::uint64_t end) {
  assert(end > 0);
  // The numbers below the rest of 2^64 by `end` would make some results likelier. Fewer than half
  // of all are among them, and each number comes once in 2^64, so this ends.
  const auto rest = (std::uint64_t{0} - end) % end;
  for (;;)
    if (auto x = (*this)(); x >= rest)
      return x % end;
}

std::int64_t random_numbers::between(std::int64_t first, std::int64_t last) {
  assert(first <= last);
  const auto begin = static_cast<std::uint64_t>(first);
  const auto size = static_cast<std::uint64_t>(last) - begin + 1;
  // The range of all numbers has a size of 0, modulo 2^64.
  return static_cast<std::int64_t>(begin + (size == 0 ? (*this)() : below(size)));
}

random_numbers random_numbers::apart(std::uint64_t number) const {
  return random_numbers{seeded_rng::mix(state_) ^ seeded_rng::mix(~number)};
}

} // namespace devp2p::simulator
