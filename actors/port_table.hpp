// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/mapping.hpp"
#include "devp2p/nat/lease.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace devp2p {

/// The ports that a mapper keeps open. Decides which port the gateway is asked for next, and when a
/// port is due again. The gateway is asked for one port at a time. A value: the caller passes the
/// time, and a random number from 0 to 1.
class port_table {
public:
  using duration = nat::lease::duration;
  using time_point = nat::lease::time_point;

  /// The maximum number of ports of one mapper.
  static constexpr std::size_t max_ports = 64;

  struct granted {
    /// The time after which the mapping is to be renewed.
    duration wait;
    /// The mapping that the port had until now.
    std::optional<port_mapping> before;
  };

  struct refused {
    /// The time after which the port may be asked for again.
    duration wait;
    /// The mapping that the port had until now, if it has ended.
    std::optional<port_mapping> lost;
  };

  struct taken_back {
    port_mapping mapping;
    /// False if the gateway has not answered yet: it may have granted the mapping all the same,
    /// with the number of the internal port, which was asked for.
    bool known;
  };

  [[nodiscard]] bool empty() const { return ports_.empty(); }
  [[nodiscard]] bool contains(local_port port) const { return ports_.contains(port); }
  /// Returns true iff one port more would be too many.
  [[nodiscard]] bool is_full() const { return ports_.size() >= max_ports; }

  /// Adds a port, which is due at once. Returns false if the table has it already.
  bool add(local_port port);
  void remove(local_port port) { ports_.erase(port); }
  /// Returns null if the port has no mapping.
  [[nodiscard]] const port_mapping* mapping_of(local_port port) const;

  void make_all_due();
  /// Makes the port due. Returns false if the table does not have it, or the tick is outdated.
  bool on_tick(local_port port, std::uint64_t tick);
  /// Returns the number of the tick that makes the port due again; earlier ones are outdated.
  /// Precondition: `contains(port)`.
  [[nodiscard]] std::uint64_t next_tick(local_port port) { return ++ports_.at(port).tick; }

  /// Returns the next port that is due, with its external endpoint, if it has one; the gateway is
  /// then being asked. Returns `nullopt` if no port is due, or the gateway is still being asked.
  std::optional<port_mapping> ask_next();
  /// Records that the gateway has answered, or will not.
  void end_asking() { asking_.reset(); }
  /// Records a mapping. Precondition: `contains(mapping.internal)`.
  granted on_granted(const port_mapping& mapping, time_point now, double spread);
  /// Records that the port was not mapped, or its mapping not renewed. Precondition:
  /// `contains(port)`.
  refused on_refused(local_port port, time_point now, double spread);

  /// Returns true iff no port is mapped, and none is due.
  [[nodiscard]] bool is_exhausted() const;
  [[nodiscard]] std::vector<port_mapping> mapped() const;
  /// Returns the ports in order.
  [[nodiscard]] std::vector<local_port> ports() const;
  /// Returns the mappings that are to be removed at the end.
  [[nodiscard]] std::vector<taken_back> take_back() const;

private:
  struct kept_port {
    nat::lease lease;
    std::optional<port_mapping> mapping;
    /// The number of the tick that counts.
    std::uint64_t tick = 0;
    /// True if the gateway is to be asked for this port.
    bool due = false;
  };

  std::map<local_port, kept_port> ports_;
  /// The port that the gateway is being asked for.
  std::optional<local_port> asking_;
};

} // namespace devp2p
