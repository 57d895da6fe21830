// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"
#include "devp2p/simulator/check.hpp"
#include "devp2p/simulator/gossip.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace devp2p::simulator {

/// The maximum size of a rumour or a question in a scenario, in bytes.
inline constexpr std::size_t max_rumour_size = std::size_t{1} << 20;
/// The default size of a rumour or a question, in bytes.
inline constexpr std::size_t default_rumour_size = 32;
/// The maximum number of steps of a schedule, with those that are made by chance.
inline constexpr std::size_t max_steps = 100'000;

/// The actions that are done to a simulation from outside. A scenario calls each by its `name`.
namespace action {

/// The node publishes a rumour of `size` bytes.
struct publish {
  static constexpr auto name = "publish";
  std::size_t node;
  std::size_t size;
};
struct crash {
  static constexpr auto name = "crash";
  std::size_t node;
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
struct separate {
  static constexpr auto name = "separate";
  std::vector<std::size_t> nodes;
};
struct heal {
  static constexpr auto name = "heal";
};
/// The NAT in front of the node forgets all of its state.
struct restart_nat {
  static constexpr auto name = "restart_nat";
  std::size_t node;
};
/// The connection between these neighbours is reset.
struct cut {
  static constexpr auto name = "cut";
  std::size_t from;
  std::size_t to;
};
/// `from` asks `to`, its neighbour, with a payload of `size` bytes.
struct ask {
  static constexpr auto name = "ask";
  std::size_t from;
  std::size_t to;
  std::size_t size;
};

} // namespace action

using any_action = std::variant<action::publish, action::crash, action::start, action::freeze,
                                action::thaw, action::stall, action::resume, action::separate,
                                action::heal, action::cut, action::ask, action::restart_nat>;

/// A simulation and the actions done to it, as people write them down.
struct scenario {
  /// The options of the simulation, without the functions among them.
  simulation_options network;
  caf::timespan length{0};
  /// Whether the nodes offer `gossip/2`.
  bool gossip = true;
  /// Whether the nodes offer `echo/2`.
  bool echo = false;
  gossip_defect defect = gossip_defect::none;
  /// The conditions that must hold at the end.
  std::vector<check> checks;

  struct step {
    caf::timespan at{0};
    any_action what;
  };
  /// The steps in the order of time; steps of the same time are in the order in which they are
  /// written.
  std::vector<step> schedule;
};

/// Reads a scenario from JSON; test/simulator/scenario.md describes the format. An error is one
/// line: `NAME:LINE: FIELD: what is wrong, and what may stand there`. Files that the scenario names
/// are read from the folder `beside`. `seed` replaces the seed of the file for all that is random,
/// except the topology, which stays the same.
[[nodiscard]] expected<scenario, std::string>
read_scenario(std::string_view text, std::string_view name, const std::string& beside,
              std::optional<std::uint64_t> seed = std::nullopt);

/// Returns JSON that reads back as the same scenario. It depends on no other file, since it has all
/// links and steps. Times of more than three months may come back some nanoseconds off.
[[nodiscard]] std::string write_scenario(const scenario& what);

} // namespace devp2p::simulator
