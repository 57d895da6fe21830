// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"
#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/net/sim/nat_kind.hpp"
#include "devp2p/net/sim/parcel.hpp"

#include <chrono>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::net {

struct memory_world;

/// What the way from one host to another does to what is sent there.
struct line_conditions {
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  /// How long everything is under way; a dial goes there and back.
  std::chrono::nanoseconds latency{0};
  /// What is added to that: quantiles from probability 0 to 1, see `distribution.hpp`. Drawn anew
  /// for each write, ending, datagram and dial; without chance always the median. What a connection
  /// is given in one moment goes together, but with a bandwidth only up to 1460 octets. As with
  /// TCP, nothing that is sent later arrives earlier: it waits for what is late.
  distribution::quantiles jitter{};
  /// How many octets a second leave, one after another, whatever they belong to; the rest is under
  /// way when they have left. From 1 to 10^18, or 0: no limit. A write, which is no larger than the
  /// pipe, and a datagram arrive as a whole, with their last octet; so one write that fills the
  /// pipe leaves nothing to send until half of it was read, and `max_piece` makes it several.
  /// Headers, dials and endings count as nothing, and so do datagrams that get lost.
  std::uint64_t bandwidth = 0;
  /// What is under way, dials included, stays there, so that writers meet a full pipe in the end.
  /// Time passes for it nevertheless, as in a queue before a host that takes nothing: what would
  /// have arrived meanwhile arrives at once when the line is no longer stalled, however slow it is.
  bool stalled = false;
  /// How many octets one read or write moves at most, at least 1; given chance, how many is random.
  std::size_t max_piece = unlimited;
  /// Of a hundred datagrams, how many get lost; given chance, which of them is random, and without
  /// it none is lost but of a hundred all.
  unsigned datagram_loss = 0;
};

/// What has left one host for another, in another process, in the order of its arrival.
struct departure {
  /// Which process.
  std::size_t where;
  std::string from;
  std::string to;
  std::list<parcel> parcels;
};

/// Any number of hosts, connected in memory: for tests and simulations.
///
/// Uses no thread and no clock: whoever owns it calls `run_one` and `advance_to`, on whose thread
/// everything happens, and the same calls have the same effects. Unless told otherwise, an octet
/// that is written can be read at once. Streams behave like TCP where it shows: dials are answered
/// by the backlog of a listener, writes meet a full pipe, and who closes without having read
/// everything, or is sent more, resets the connection: what the other end has not read is lost. All
/// that one host knows of another has come over a line: that there is room in a pipe again, too,
/// and that somebody has given up a dial.
class memory_network {
public:
  /// How many connections wait for one listener to accept them; further dials are refused.
  static constexpr std::size_t max_backlog = 128;
  /// How many datagrams are under way from one host to another, or wait at one port; what comes on
  /// top is lost.
  static constexpr std::size_t max_datagrams = 1024;

  /// `pipe_capacity`, at least 1, is how many octets of one direction are under way or unread at
  /// most. On lines that take time a reader tells the writer of each 2920 that it has read, or half
  /// of it. `seed`
  /// gives it chance: then it decides what may as well happen otherwise, the same for the same
  /// seed. With `in_order` it decides what the lines do, but not which callback runs next.
  explicit memory_network(std::size_t pipe_capacity = 64 * 1024,
                          std::optional<std::uint64_t> seed = std::nullopt, bool in_order = false);

  /// The hosts end here, and callbacks that have not run are dropped.
  ~memory_network();

  memory_network(const memory_network&) = delete;
  memory_network& operator=(const memory_network&) = delete;

  /// The host that has the address `ip`; there from the first call on. It listens at that address
  /// or at all of its addresses (`0.0.0.0`, `::`), knows no names, and has no loops.
  network& host(const std::string& ip);

  /// Runs the callback that has been due for longest, or any that is due if there is chance; false
  /// if none was. One that nobody waits for any more counts as run.
  bool run_one();

  /// Whether no callback is due.
  [[nodiscard]] bool idle() const;

  // Faults. The addresses need no host yet.

  /// Holds from now on, for all connections; what is under way arrives neither sooner nor, unless
  /// the line is stalled, later.
  void set_conditions(const std::string& from, const std::string& to,
                      const line_conditions& conditions);
  [[nodiscard]] line_conditions conditions(const std::string& from, const std::string& to) const;

  /// Resets every connection between the two at both its ends, at once: what was under way or
  /// unread is lost, and so are datagrams under way. A dial under way is no connection yet.
  void cut(const std::string& one, const std::string& other);

  // NATs.

  /// From now on, what that host sends to others and what comes from them passes a NAT that has the
  /// host's own address: only ports are translated. Connections that are there go on. A dial that
  /// is not let in is repeated as TCP does it, 1, 3, 7, 15, 31 and 63 s after the first; after
  /// 127 s it fails with `errc::dial_timeout`. Datagrams are lost.
  void put_behind(const std::string& ip, nat_kind kind);
  /// The NAT of that host forgets all that it knows, if there is one.
  void restart_nat(const std::string& ip);

  /// Dials of that host that are not over: unanswered, or answered by one that is to come yet.
  [[nodiscard]] std::size_t dials(const std::string& ip) const;

  // Time, which passes only here.

  [[nodiscard]] std::chrono::nanoseconds now() const;

  /// When time alone lets something arrive next; never, if all that is under way is stalled.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> next_due() const;

  /// Makes it `when`, which is not before `now`: what arrives until then arrives in order, and its
  /// callbacks become due. Runs none.
  void advance_to(std::chrono::nanoseconds when);

  // A network that is spread over processes. What arrives in one moment arrives in the same order
  // however it is spread, if all lines between two processes have a latency and if time passes in
  // windows that are no longer than the smallest of them.

  /// `where` says in which process a host is that is not in this one. For a network that has no
  /// line yet.
  void locate_by(std::function<std::optional<std::size_t>(const std::string& ip)> where);

  /// What has been sent to hosts elsewhere since the last call: for `arrive` there.
  [[nodiscard]] std::vector<departure> depart();

  /// Puts it on its way; nothing of it is due before now.
  void arrive(departure what);

  /// What is written from now on does not travel with what was written before in the same moment:
  /// that may have departed. To be called, in one process as in several, before anything is done to
  /// the network from outside.
  void rest();

  // What it has done.

  /// Octets that writers at the one have handed over for the other, on all connections.
  [[nodiscard]] std::uint64_t carried(const std::string& from, const std::string& to) const;
  /// The same, of all hosts together.
  [[nodiscard]] std::uint64_t carried() const;
  /// Those of them that were read.
  [[nodiscard]] std::uint64_t delivered(const std::string& from, const std::string& to) const;

  /// Keeps all that is written at the one for the other from now on.
  void tap(const std::string& from, const std::string& to);
  /// It, by connection, the oldest first; those on which nothing was written are left out.
  [[nodiscard]] std::vector<bytes> tapped(const std::string& from, const std::string& to) const;

  /// Records from now on what happens: what is written, read and run, what arrives, and when.
  void start_trace();
  /// Adds to the record what happens outside.
  void note(std::uint64_t what);
  /// A hash of the record: the same only if the same has happened.
  [[nodiscard]] std::uint64_t trace_hash() const;

private:
  std::unique_ptr<memory_world> world_;
};

} // namespace devp2p::net
