// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/topology.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// The bits of both ends of a link.
inline constexpr unsigned both_ends = 3;

/// Returns the bit of one end of a link, or of the direction that begins there.
constexpr unsigned bit_of(std::size_t end, std::size_t other) {
  return end < other ? 1 : 2;
}

/// The state of a simulated network, as its events tell it. So it is the same for any number of
/// processes that run the network.
class network_view {
public:
  /// The state of the link at the same place in the topology.
  struct line {
    /// One bit for each end at which the session runs.
    unsigned running = 0;
    /// The time of the latest change of `running`.
    caf::timespan since{0};
  };

  explicit network_view(topology links)
    : links_(std::move(links)),
      up_(links_.nodes()),
      lines_(links_.links().size()),
      numbers_(links_.nodes()) {}

  /// Takes an event. All events must be added, in the order of time.
  void add(const event& x);

  [[nodiscard]] std::size_t nodes() const { return links_.nodes(); }
  [[nodiscard]] const link_index& links() const { return links_; }
  [[nodiscard]] bool is_up(std::size_t node) const { return up_[node]; }
  [[nodiscard]] const line& line_at(std::size_t place) const { return lines_[place]; }
  /// Returns the number of that name that was last observed at the node in this life, if it is up
  /// and has one.
  [[nodiscard]] std::optional<std::int64_t> number(std::size_t node, std::string_view name) const;

private:
  void set_running(const event& x, bool running);
  void crash(const event& x);
  void observe(const event& x);

  link_index links_;
  std::vector<bool> up_;
  std::vector<line> lines_;
  /// The observed numbers of each node.
  std::vector<std::map<std::string, std::int64_t, std::less<>>> numbers_;
};

} // namespace devp2p::simulator
