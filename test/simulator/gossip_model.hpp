// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/check.hpp"
#include "devp2p/simulator/gossip.hpp"
#include "devp2p/simulator/model.hpp"
#include "devp2p/simulator/record.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace devp2p::simulator {

/// The maximum size of a rumour or a question in a scenario, in bytes.
inline constexpr std::size_t max_rumour_size = std::size_t{1} << 20;
/// The default size of a rumour or a question, in bytes.
inline constexpr std::size_t default_rumour_size = 32;
using rumour_size = whole<0, max_rumour_size, default_rumour_size>;

/// The name of the event that a node has heard a rumour for the first time. Its detail is the
/// number of the rumour.
inline constexpr std::string_view heard = "heard";

/// The words of a scenario for the defects.
constexpr std::array<std::string_view, 2> words_of(gossip_defect) {
  return {"none", "quick_reconnect"};
}

struct gossip_settings {
  gossip_defect defect = gossip_defect::none;

  friend auto inspect(auto& f, gossip_settings& x) {
    return inspect_fields(f, {"defect"}, x.defect);
  }
};

namespace action {

/// The node publishes a rumour of `size` bytes.
struct publish {
  static constexpr auto name = "publish";
  static constexpr auto about = "The node publishes a rumour.";
  node_number node = {};
  rumour_size size = {};

  friend auto inspect(auto& f, publish& x) {
    return inspect_fields(f, {"node", "size"}, x.node, x.size);
  }
};

} // namespace action

namespace check {

/// A rumour that a node has known for `within` is known to all nodes joined with it. Only links
/// count that have run at both ends for `within` and were not disturbed in that time.
struct all_heard {
  static constexpr auto name = "all_heard";
  static constexpr auto about = "Each rumour reaches all nodes that it can reach.";
  caf::timespan within{0};

  [[nodiscard]] std::unique_ptr<watcher> watch(const scenario& of) const;
  friend auto inspect(auto& f, all_heard& x) { return inspect_fields(f, {"within_s"}, x.within); }
};

} // namespace check

/// Whether the nodes of the scenario spread rumours, by the protocol that `add_gossip` adds.
[[nodiscard]] bool offers_gossip(const scenario& what);

/// Adds the protocol `gossip`, with `action::publish` and `check::all_heard`. Rumours are numbered
/// in the order of the schedule.
void add_gossip(model& to);

} // namespace devp2p::simulator
