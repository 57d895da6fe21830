// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/model.hpp"
#include "devp2p/simulator/record.hpp"

#include <optional>
#include <string_view>

namespace devp2p::simulator {

namespace action {

/// `from` asks `to`, its neighbour, with a payload of `size` bytes.
struct ask {
  static constexpr auto name = "ask";
  static constexpr auto about = "`from` asks its neighbour `to`, which answers.";
  node_number from = {};
  node_number to = {};
  rumour_size size = {};

  [[nodiscard]] std::optional<refusal> refuse(const simulation_options& network) const;
  friend auto inspect(auto& f, ask& x) {
    return inspect_fields(f, {"from", "to", "size"}, x.from, x.to, x.size);
  }
};

} // namespace action

/// The name of the event that a question was answered. Its detail is the round trip in nanoseconds.
inline constexpr std::string_view echoed = "echoed";

/// Adds the protocol `echo`, with `action::ask`. An answered question is an event `echoed`, with
/// the round trip in nanoseconds as its detail.
void add_echo(model& to);

} // namespace devp2p::simulator
