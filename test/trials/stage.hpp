// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "trial.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/kit/seeded_random.hpp"
#include "devp2p/kit/witness.hpp"
#include "devp2p/kit/world.hpp"

namespace devp2p::trials {

/// The world, the random sources and the outcome that all trials need.
class stage {
public:
  stage(const trial& what, std::size_t pipe_capacity)
    : what(what),
      random(seed_of(what)),
      world({.pipe_capacity = pipe_capacity, .seed = seed_of(what) + what.schedule}) {}

  /// Returns another seed for each trial; otherwise all of one seed would have the same
  /// latencies. Uses FNV-1a, 64 bits.
  static std::uint64_t seed_of(const trial& what) {
    auto first = what;
    first.schedule = 0;
    std::uint64_t out = 0xcbf29ce484222325;
    for (unsigned char x : to_string(first))
      out = (out ^ x) * 0x100000001b3;
    return out;
  }

  /// Returns "aaa", "bbb" and so on. On the link, the protocols come in this order.
  static std::string protocol_name(std::size_t index) {
    return std::string(3, static_cast<char>('a' + index));
  }

  /// Returns a number below `end`, drawn from the seed.
  std::uint64_t choose(std::uint64_t end) {
    byte_array<8> raw{};
    random.fill(raw);
    std::uint64_t out = 0;
    for (auto x : raw)
      out = out << 8 | x;
    return out % end;
  }

  void expect(bool holds, const std::string& sentence) {
    if (!holds)
      result.violations.push_back(sentence);
  }

  void expect_none(const std::vector<std::string>& sentences) {
    result.violations.insert(result.violations.end(), sentences.begin(), sentences.end());
  }

  /// Returns a node's random source as it is at the beginning.
  static kit::seeded_random fresh_rng(std::size_t node) { return kit::seeded_random{1 + node}; }

  const trial what;
  outcome result;
  kit::seeded_random random;
  /// The random sources of the two nodes; they outlive the nodes.
  kit::seeded_random rngs[2] = {fresh_rng(0), fresh_rng(1)};
  kit::world world;
};

} // namespace devp2p::trials
