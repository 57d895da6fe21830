// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"
#include "devp2p/simulator/actions.hpp"
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
#include <vector>

namespace devp2p::simulator {

/// The maximum number of steps of a schedule, with those that are made by chance.
inline constexpr std::size_t max_steps = 100'000;

/// Nodes that offer a protocol, and none of those that all others do: usually another
/// implementation of one of these, which does not keep to its rules.
struct byzantine_nodes {
  std::vector<std::size_t> nodes;
  offered_protocol what;
};

/// A simulation and the actions done to it, as people write them down.
struct scenario {
  /// The options of the simulation; of the functions among them `configure` alone.
  simulation_options network;
  caf::timespan length{0};
  /// The protocols that the nodes offer.
  std::vector<offered_protocol> protocols;
  /// Nodes that offer other protocols instead.
  std::vector<byzantine_nodes> byzantine = {};
  /// The conditions that must hold.
  std::vector<any_check> checks;
  /// The numbers that are observed of the whole network. They are the model's, and in no file.
  std::vector<network_observation> observations = {};

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

/// Returns the shortest latency that a line may have in the scenario.
[[nodiscard]] caf::timespan least_latency(const scenario& of);

/// A value for a field of a scenario, instead of the one in its file.
struct field_value {
  /// The path of the field: `line.latency_ms`, `schedule[0].at_s`, `variables.delay`.
  std::string field;
  /// The value in JSON; what is no JSON is a text.
  std::string value;
};

/// Reads a scenario from JSON; test/simulator/scenario.md describes the format. It may name what
/// `known` has. An error is one line: `NAME:LINE: FIELD: what is wrong, and what may stand there`;
/// for a value that was set, `NAME: FIELD, as set: ...`. Files that the scenario names are read
/// from the folder `beside`. `seed` replaces the seed of the file for all that is random, except
/// the network, which stays the same. The values of `set` are put in place one after another.
[[nodiscard]] expected<scenario, std::string>
read_scenario(const model& known, std::string_view text, std::string_view name,
              const std::string& beside, std::optional<std::uint64_t> seed = std::nullopt,
              const std::vector<field_value>& set = {});

/// Returns the errors in a scenario, as `read_scenario` tells the first of them: those that can be
/// found at once, but at most 20.
[[nodiscard]] std::vector<std::string>
mistakes_in_scenario(const model& known, std::string_view text, std::string_view name,
                     const std::string& beside, std::optional<std::uint64_t> seed = std::nullopt,
                     const std::vector<field_value>& set = {});

/// Reads a scenario of the `standard_model`.
[[nodiscard]] expected<scenario, std::string>
read_scenario(std::string_view text, std::string_view name, const std::string& beside,
              std::optional<std::uint64_t> seed = std::nullopt);

/// Returns JSON that reads back as the same scenario, unless it has more than `max_json_size`
/// bytes. It depends on no other file, since it has all links and steps, and no names for nodes or
/// values. Times of more than three months may come back some nanoseconds off.
[[nodiscard]] std::string write_scenario(const scenario& what);

/// Returns a step as a line of JSON, as the schedule of a scenario has it.
[[nodiscard]] std::string write_step(const scenario::step& what);

/// Returns a check as a line of JSON, as a scenario has it.
[[nodiscard]] std::string write_check(const any_check& what);

} // namespace devp2p::simulator
