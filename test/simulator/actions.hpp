// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/line_change.hpp"
#include "devp2p/simulator/record.hpp"
#include "devp2p/simulator/ways.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace devp2p::simulator {

/// The actions that are done to a simulation from outside. A scenario calls each by its `name`.
/// The actions of protocols are beside these.
namespace action {

struct crash {
  static constexpr auto name = "crash";
  std::size_t node;
  /// Whether what protocols have stored is lost, too.
  bool loses_disk = false;
};
struct start {
  static constexpr auto name = "start";
  std::size_t node;
};
struct freeze {
  static constexpr auto name = "freeze";
  std::size_t node;
};
struct thaw {
  static constexpr auto name = "thaw";
  std::size_t node;
};
struct stall {
  static constexpr auto name = "stall";
  std::size_t from;
  std::size_t to;
};
struct resume {
  static constexpr auto name = "resume";
  std::size_t from;
  std::size_t to;
};
/// Data between `nodes` and `others` does not arrive, in either direction or in one.
struct separate {
  static constexpr auto name = "separate";
  std::vector<std::size_t> nodes;
  /// All nodes that are not among `nodes`, if empty.
  std::vector<std::size_t> others = {};
  simulator::direction direction = simulator::direction::both;
};
/// The lines of links between `nodes` and `others` change.
struct set_line {
  static constexpr auto name = "set_line";
  /// All nodes, if empty.
  std::vector<std::size_t> nodes = {};
  /// All nodes, if empty; those of `nodes`, too.
  std::vector<std::size_t> others = {};
  simulator::direction direction = simulator::direction::both;
  /// If empty, they are as in the beginning again.
  std::optional<line_change> line = std::nullopt;
};
struct heal {
  static constexpr auto name = "heal";
};
/// The NAT in front of the node forgets all of its state.
struct restart_nat {
  static constexpr auto name = "restart_nat";
  std::size_t node;
};
/// All handlers of the node together handle so many messages a second.
struct slow_down {
  static constexpr auto name = "slow_down";
  std::size_t node;
  double messages_per_second;
};
/// The node's handlers take no time again.
struct speed_up {
  static constexpr auto name = "speed_up";
  std::size_t node;
};
/// The protocols of the node see another time than that of the simulation.
struct skew_clock {
  static constexpr auto name = "skew_clock";
  std::size_t node;
  /// The time by which the clock is ahead at first; negative if it is behind.
  caf::timespan shift{0};
  /// The microseconds that the clock gains in a second; negative if it loses them.
  std::int64_t drift_ppm = 0;
};
/// The protocols of the node see the time of the simulation again.
struct reset_clock {
  static constexpr auto name = "reset_clock";
  std::size_t node;
};
/// Some messages of protocols that come to these nodes come twice: so many of a hundred.
struct duplicate_messages {
  static constexpr auto name = "duplicate_messages";
  /// All nodes, if empty.
  std::vector<std::size_t> nodes = {};
  /// 0 ends it.
  unsigned percent = 0;
};
/// Some messages of protocols that come to these nodes come after the next.
struct reorder_messages {
  static constexpr auto name = "reorder_messages";
  /// All nodes, if empty.
  std::vector<std::size_t> nodes = {};
  /// 0 ends it.
  unsigned percent = 0;
};
/// The connection between these neighbours is reset.
struct cut {
  static constexpr auto name = "cut";
  std::size_t from;
  std::size_t to;
};

} // namespace action

/// A fault of the network, or an action of a protocol.
using any_action = std::variant<action::crash, action::start, action::freeze, action::thaw,
                                action::stall, action::resume, action::separate, action::heal,
                                action::cut, action::restart_nat, any_record, action::set_line,
                                action::slow_down, action::speed_up, action::duplicate_messages,
                                action::reorder_messages, action::skew_clock, action::reset_clock>;

/// The names of the faults.
inline constexpr std::array<std::string_view, 17> fault_names = {action::crash::name,
                                                                 action::start::name,
                                                                 action::freeze::name,
                                                                 action::thaw::name,
                                                                 action::stall::name,
                                                                 action::resume::name,
                                                                 action::separate::name,
                                                                 action::heal::name,
                                                                 action::cut::name,
                                                                 action::restart_nat::name,
                                                                 action::set_line::name,
                                                                 action::slow_down::name,
                                                                 action::speed_up::name,
                                                                 action::duplicate_messages::name,
                                                                 action::reorder_messages::name,
                                                                 action::skew_clock::name,
                                                                 action::reset_clock::name};

/// Returns the action if it is an `Action` of a protocol, else null.
template <class Action>
[[nodiscard]] const Action* get_if(const any_action& what) {
  const auto* found = std::get_if<any_record>(&what);
  return found ? found->as<Action>() : nullptr;
}

} // namespace devp2p::simulator
