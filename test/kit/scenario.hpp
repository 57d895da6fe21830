// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/simulation.hpp"
#include "devp2p/messages/expected.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace devp2p::kit {

/// Octets of a rumour that a scenario may publish, and of one whose size it does not say.
inline constexpr std::size_t max_rumour_size = std::size_t{1} << 20;
inline constexpr std::size_t default_rumour_size = 32;

/// What is done to a simulation from outside.
namespace deed {

/// The node has news of so many octets.
struct publish {
  std::size_t node;
  std::size_t size;
};
struct crash {
  std::size_t node;
};
struct start {
  std::size_t node;
};
struct freeze {
  std::size_t node;
};
struct thaw {
  std::size_t node;
};
struct stall {
  std::size_t from;
  std::size_t to;
};
struct resume {
  std::size_t from;
  std::size_t to;
};
struct separate {
  std::vector<std::size_t> nodes;
};
struct heal {};

} // namespace deed

using any_deed = std::variant<deed::publish, deed::crash, deed::start, deed::freeze, deed::thaw,
                              deed::stall, deed::resume, deed::separate, deed::heal>;

/// A simulation, and what is done to it, as people write it down.
struct scenario {
  /// Without the functions.
  simulation_options network;
  caf::timespan length{0};

  struct step {
    caf::timespan at{0};
    any_deed what;
  };
  /// In the order of time; those of the same time, in the order in which they are written.
  std::vector<step> schedule;
};

/// Reads a scenario from JSON; test/kit/scenario.md says what may stand there. An error is one
/// line: `NAME:LINE: FIELD: what is wrong, and what may stand there`. Files that it names are read
/// from the folder `beside`.
[[nodiscard]] expected<scenario, std::string>
read_scenario(std::string_view text, std::string_view name, const std::string& beside);

} // namespace devp2p::kit
