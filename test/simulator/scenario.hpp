// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"
#include "devp2p/simulator/check.hpp"
#include "devp2p/simulator/model.hpp"
#include "devp2p/simulator/record.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace devp2p::simulator {

/// The maximum number of steps of a schedule, with those that are made by chance.
inline constexpr std::size_t max_steps = 100'000;

/// The actions that are done to a simulation from outside. A scenario calls each by its `name`.
/// The actions of protocols are beside these.
namespace action {

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

} // namespace action

/// A fault of the network, or an action of a protocol.
using any_action = std::variant<action::crash, action::start, action::freeze, action::thaw,
                                action::stall, action::resume, action::separate, action::heal,
                                action::cut, action::restart_nat, any_record>;

/// Returns the action if it is an `Action` of a protocol, else null.
template <class Action>
[[nodiscard]] const Action* get_if(const any_action& what) {
  const auto* found = std::get_if<any_record>(&what);
  return found ? found->as<Action>() : nullptr;
}

/// A simulation and the actions done to it, as people write them down.
struct scenario {
  /// The options of the simulation, without the functions among them.
  simulation_options network;
  caf::timespan length{0};
  /// The protocols that the nodes offer.
  std::vector<offered_protocol> protocols;
  /// The conditions that must hold.
  std::vector<any_check> checks;

  struct step {
    caf::timespan at{0};
    any_action what;
  };
  /// The steps in the order of time; steps of the same time are in the order in which they are
  /// written.
  std::vector<step> schedule;

  /// The fields of the file that it was read from, by name, each as short JSON: for people. Without
  /// `schedule` and `check`.
  std::vector<std::pair<std::string, std::string>> fields = {};
};

/// Reads a scenario from JSON; test/simulator/scenario.md describes the format. It may name what
/// `known` has. An error is one line: `NAME:LINE: FIELD: what is wrong, and what may stand there`.
/// Files that the scenario names are read from the folder `beside`. `seed` replaces the seed of the
/// file for all that is random, except the topology, which stays the same.
[[nodiscard]] expected<scenario, std::string>
read_scenario(const model& known, std::string_view text, std::string_view name,
              const std::string& beside, std::optional<std::uint64_t> seed = std::nullopt);

/// Reads a scenario of the `standard_model`.
[[nodiscard]] expected<scenario, std::string>
read_scenario(std::string_view text, std::string_view name, const std::string& beside,
              std::optional<std::uint64_t> seed = std::nullopt);

/// Returns JSON that reads back as the same scenario. It depends on no other file, since it has all
/// links and steps. Times of more than three months may come back some nanoseconds off.
[[nodiscard]] std::string write_scenario(const scenario& what);

/// Returns a step as a line of JSON, as the schedule of a scenario has it.
[[nodiscard]] std::string write_step(const scenario::step& what);

/// Returns a check as a line of JSON, as a scenario has it.
[[nodiscard]] std::string write_check(const any_check& what);

} // namespace devp2p::simulator
