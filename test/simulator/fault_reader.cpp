// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/fault_reader.hpp"

#include "devp2p/kit/world_clock.hpp"
#include "devp2p/simulator/line_reader.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/scenario_times.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

namespace devp2p::simulator {

namespace {

/// The numbers of messages a second that a slow node may handle.
constexpr double least_pace = 0.001;
constexpr double most_pace = 1'000'000;
/// The milliseconds, a day of them, by which a clock may be ahead or behind.
constexpr double most_shift = 86'400'000;

std::vector<std::size_t> nodes_if_any(json_fields& in, std::string_view name) {
  if (!in.find(name))
    return {};
  auto out = in.nodes(name);
  if (out.empty())
    in.complain(name, "there must be at least one node, or no such field");
  return out;
}

direction read_direction(json_fields& in) {
  auto word = in.word("direction", {direction_names.begin(), direction_names.end()});
  auto found = std::find(direction_names.begin(), direction_names.end(), word);
  return static_cast<direction>(found - direction_names.begin());
}

action::separate read_separate(json_fields& in) {
  action::separate out{in.nodes("nodes")};
  out.others = nodes_if_any(in, "others");
  out.direction = read_direction(in);
  return out;
}

action::set_line read_set_line(json_fields& in) {
  action::set_line out{nodes_if_any(in, "nodes"), nodes_if_any(in, "others")};
  out.direction = read_direction(in);
  if (in.find("line"))
    out.line = read_line_change(in, "line");
  return out;
}

/// Reads a fault that has so many messages of these nodes come in disorder.
template <class Disorder>
Disorder read_disorder(json_fields& in) {
  Disorder out{nodes_if_any(in, "nodes")};
  out.percent = static_cast<unsigned>(in.whole("percent", 0, 100));
  return out;
}

action::skew_clock read_skew(json_fields& in) {
  using kit::clock_skew;
  action::skew_clock out{in.node("node")};
  out.shift = milliseconds(in.number("shift_ms", -most_shift, most_shift, 0));
  out.drift_ppm =
    std::llround(in.number("drift_ppm", clock_skew::least_drift, clock_skew::most_drift, 0));
  return out;
}

any_action read_between(json_fields& in, const std::string& what, const topology& graph) {
  auto from = in.node("from");
  auto to = in.node("to");
  if (what == action::stall::name)
    return action::stall{from, to};
  if (what == action::resume::name)
    return action::resume{from, to};
  if (auto why = refuse_unlinked(graph, from, to))
    in.complain(why->field, why->why);
  return action::cut{from, to};
}

} // namespace

any_action read_fault(json_fields& in, const std::string& what, const simulation_options& network) {
  auto node = [&] { return in.node("node"); };
  if (what == action::crash::name) {
    action::crash out{node()};
    out.loses_disk = in.word("disk", {"kept", "lost"}) == "lost";
    return out;
  }
  if (what == action::start::name)
    return action::start{node()};
  if (what == action::freeze::name)
    return action::freeze{node()};
  if (what == action::thaw::name)
    return action::thaw{node()};
  if (what == action::slow_down::name)
    return action::slow_down{node(), in.number("messages_per_second", least_pace, most_pace)};
  if (what == action::speed_up::name)
    return action::speed_up{node()};
  if (what == action::heal::name)
    return action::heal{};
  if (what == action::separate::name)
    return read_separate(in);
  if (what == action::set_line::name)
    return read_set_line(in);
  if (what == action::skew_clock::name)
    return read_skew(in);
  if (what == action::reset_clock::name)
    return action::reset_clock{node()};
  if (what == action::duplicate_messages::name)
    return read_disorder<action::duplicate_messages>(in);
  if (what == action::reorder_messages::name)
    return read_disorder<action::reorder_messages>(in);
  if (what == action::restart_nat::name) {
    action::restart_nat out{node()};
    if (!network.nats.contains(static_cast<std::uint32_t>(out.node)))
      in.complain("node", "it is behind no NAT");
    return out;
  }
  return read_between(in, what, network.links);
}

} // namespace devp2p::simulator
