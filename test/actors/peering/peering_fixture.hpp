// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/dial_plan.hpp"
#include "devp2p/kit/seeded_random.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

namespace devp2p::test {

/// The vectors of `test/vectors/dial_vectors.json`.
inline const nlohmann::json& dial_vectors() {
  static const auto out = [] {
    std::ifstream file{DEVP2P_VECTORS "/dial_vectors.json"};
    BOOST_REQUIRE_MESSAGE(file, "the vectors cannot be opened");
    return nlohmann::json::parse(file);
  }();
  return out;
}

inline node_id numbered_id(std::uint64_t number) {
  node_id out;
  out.value.fill(1);
  for (std::size_t i = 0; i < 8; ++i)
    out.value[i] = static_cast<std::uint8_t>(number >> 8 * i);
  return out;
}

inline std::uint64_t number_of(const node_id& id) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i)
    out |= std::uint64_t{id.value[i]} << 8 * i;
  return out;
}

inline enode numbered_node(std::uint64_t number, std::string host = "88.1.2.3") {
  return {numbered_id(number), {std::move(host), 30303}, 30303};
}

/// A plan in virtual time.
struct planned {
  using time_point = dial_plan::time_point;

  static constexpr std::uint64_t self = 1'000'000;

  kit::seeded_random random{1};
  time_point now{std::chrono::hours{1}};
  dial_plan plan;

  explicit planned(const dial_limits& limits = {}, std::uint64_t seed = 1)
    : random(seed),
      plan(numbered_id(self), limits) {}

  static dial_limits limits_of(std::size_t max_dial, std::size_t max_dialling = 50) {
    // Inbound peers have places of their own, more than any case needs.
    return {.peers = max_dial + 100, .kept_for_inbound = 100, .max_dialling = max_dialling};
  }

  std::optional<dial_refusal> offer(std::uint64_t number, source_number source = 1, int score = 0) {
    return plan.offer(source, {.node = numbered_node(number), .score = score}, now);
  }

  /// Returns the numbers of all that are dialled now, in order.
  std::vector<std::uint64_t> dials() {
    std::vector<std::uint64_t> out;
    while (auto node = plan.next(now, random))
      out.push_back(number_of(node->id));
    return out;
  }

  void connect(std::uint64_t number, bool inbound = false) {
    plan.on_connected(numbered_id(number), inbound, now);
  }
  /// `after` is the time that the owner lets pass before the next dial.
  void fail(std::uint64_t number, std::chrono::nanoseconds after = {},
            std::string why = "refused") {
    plan.on_failed(numbered_id(number), now + after, std::move(why), now);
  }
  void drop(std::uint64_t number, std::chrono::nanoseconds after = {}, std::string why = "left") {
    plan.on_dropped(numbered_id(number), now + after, std::move(why), now);
  }

  [[nodiscard]] dial_explanation why(std::uint64_t number) const {
    return plan.explain(numbered_id(number), now);
  }
  [[nodiscard]] dial_refusal reason(std::uint64_t number) const { return why(number).reason; }
  [[nodiscard]] std::string text(std::uint64_t number) const { return to_string(why(number), now); }
};

} // namespace devp2p::test

namespace devp2p {

inline std::ostream& operator<<(std::ostream& out, dial_refusal x) {
  return out << name_of(x);
}

} // namespace devp2p
