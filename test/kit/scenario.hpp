// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/check.hpp"
#include "devp2p/kit/gossip.hpp"
#include "devp2p/kit/simulation.hpp"
#include "devp2p/messages/expected.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace devp2p::kit {

/// Octets of a rumour or a question that a scenario may have, and of one whose size it does not
/// say.
inline constexpr std::size_t max_rumour_size = std::size_t{1} << 20;
inline constexpr std::size_t default_rumour_size = 32;
/// Of a schedule, with those that chance makes.
inline constexpr std::size_t max_steps = 100'000;

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
/// The NAT in front of the node forgets all that it knows.
struct restart_nat {
  std::size_t node;
};
/// The connection between these neighbours is reset.
struct cut {
  std::size_t from;
  std::size_t to;
};
/// The one asks the other, its neighbour, with so many octets.
struct ask {
  std::size_t from;
  std::size_t to;
  std::size_t size;
};

} // namespace deed

using any_deed =
  std::variant<deed::publish, deed::crash, deed::start, deed::freeze, deed::thaw, deed::stall,
               deed::resume, deed::separate, deed::heal, deed::cut, deed::ask, deed::restart_nat>;

/// A simulation, and what is done to it, as people write it down.
struct scenario {
  /// Without the functions.
  simulation_options network;
  caf::timespan length{0};
  /// Which protocols the nodes offer.
  bool gossip = true;
  bool echo = false;
  gossip_defect defect = gossip_defect::none;
  /// What must hold at the end.
  std::vector<check> checks;

  struct step {
    caf::timespan at{0};
    any_deed what;
  };
  /// In the order of time; those of the same time, in the order in which they are written.
  std::vector<step> schedule;
};

/// Reads a scenario from JSON; test/kit/scenario.md says what may stand there. An error is one
/// line: `NAME:LINE: FIELD: what is wrong, and what may stand there`. Files that it names are read
/// from the folder `beside`. `seed` stands in the place of the file's: what chance does in the
/// schedule is then another, but the topology is the same.
[[nodiscard]] expected<scenario, std::string>
read_scenario(std::string_view text, std::string_view name, const std::string& beside,
              std::optional<std::uint64_t> seed = std::nullopt);

/// As JSON that reads back as the same scenario, and depends on no other file: with all links and
/// steps. Times of more than three months may come back some nanoseconds off.
[[nodiscard]] std::string write_scenario(const scenario& what);

} // namespace devp2p::kit
