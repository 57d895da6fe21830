// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"
#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/net/sim/nat_kind.hpp"
#include "devp2p/net/sim/segment.hpp"

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

/// The conditions on the way from one host to another.
struct line_conditions {
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  /// The time for which everything is under way; a dial goes there and back.
  std::chrono::nanoseconds latency{0};
  /// The time that is added to `latency`: quantiles from probability 0 to 1, see
  /// `distribution.hpp`. Drawn anew for each write, ending, datagram and dial; without a seed
  /// always the median. Data that a connection is given in one moment travels together, but with a
  /// bandwidth only up to 1460 bytes. As with TCP, later data never arrives earlier: it waits for
  /// late data.
  distribution::quantiles jitter{};
  /// The number of bytes a second that leave, one after another, whatever they belong to; the
  /// latency begins when they have left. From 1 to 10^18, or 0: no limit. A write, which is no
  /// larger than the pipe, and a datagram arrive as a whole, with their last byte. So one write
  /// that fills the pipe leaves no room for another until 2920 bytes or half of it were read, and
  /// `max_piece` makes it several. Headers, dials, endings and datagrams that get lost count as no
  /// bytes.
  std::uint64_t bandwidth = 0;
  /// Whether everything under way, dials included, stays there, so that writers meet a full pipe in
  /// the end. Time passes nevertheless, as in a queue before a host that takes nothing. Parcels
  /// that would have arrived meanwhile arrive at once when the line is no longer stalled, however
  /// slow it is.
  bool stalled = false;
  /// The largest number of bytes that one read or write moves, at least 1. With a seed, each moves
  /// a random number of bytes up to that.
  std::size_t max_piece = unlimited;
  /// Datagram loss in percent. With a seed, random datagrams are lost; without one none is, unless
  /// this is 100.
  unsigned datagram_loss = 0;
  /// Loss on connections in percent, by the same rule: of writes, endings, dials and their answers,
  /// as jitter is drawn for them. Nothing is missing in the end: TCP repeats what was lost, and all
  /// that was written later waits for it. It repeats a write after the time there and back and 200
  /// ms, as Linux does on a quiet connection, and a dial after a second (RFC 6298). Each further
  /// wait is twice as long, but none longer than two minutes. After 15 repetitions of a write, or 6
  /// of a dial, nothing is lost any more. A repetition takes no bandwidth, and is not counted.
  unsigned loss = 0;

  friend bool operator==(const line_conditions&, const line_conditions&) = default;
};

/// Parcels that have left one host for another, in another process, in the order of their arrival.
struct outbound {
  /// The process of the receiving host.
  std::size_t where;
  std::string from;
  std::string to;
  std::list<segment> segments;
};

/// Any number of hosts, connected in memory: for tests and simulations.
///
/// Uses no thread and no clock. Its owner calls `run_one` and `advance_to`, on whose thread
/// everything happens, and the same calls have the same effects. Unless told otherwise, a byte that
/// is written can be read at once.
///
/// Streams behave like TCP where it shows: dials are answered by the backlog of a listener, and
/// writes meet a full pipe. An end that closes without having read everything, or that is sent
/// more, resets the connection: data that the other end has not read is lost. All that one host
/// knows of another has come over a line, also that a pipe has room again, or that a dial was given
/// up.
class memory_network {
public:
  /// The maximum number of connections that wait for one listener; further dials are refused.
  static constexpr std::size_t max_backlog = 128;
  /// The maximum number of datagrams under way from one host to another, and of those that wait at
  /// one port; further ones are lost.
  static constexpr std::size_t max_datagrams = 1024;

  /// `pipe_capacity`, at least 1, is the maximum number of bytes of one direction that are under
  /// way or unread. On lines that take time, a reader tells the writer of each 2920 bytes that it
  /// has read, or of half the capacity if that is less. With a `seed`, decisions that are left open
  /// are random, and the same for the same seed. With `in_order` the seed decides what the lines
  /// do, but not which callback runs next.
  explicit memory_network(std::size_t pipe_capacity = std::size_t{64} << 10,
                          std::optional<std::uint64_t> seed = std::nullopt, bool in_order = false);

  /// Ends the hosts, and drops the callbacks that have not run.
  ~memory_network();

  memory_network(const memory_network&) = delete;
  memory_network& operator=(const memory_network&) = delete;

  /// Returns the host that has the address `ip`; there from the first call on. It listens at that
  /// address or at all of its addresses (`0.0.0.0`, `::`), knows no names, and has no loops.
  network& host(const std::string& ip);

  /// Runs the callback that has been due for longest, or with a seed any that is due. Returns false
  /// if none was. A callback that is not waited for any more counts as run.
  bool run_one();

  /// Returns whether no callback is due.
  [[nodiscard]] bool idle() const;

  // Faults. The addresses need no host yet.

  /// Sets the conditions from now on, for all connections. Parcels under way arrive neither sooner
  /// nor, unless the line is stalled, later.
  void set_conditions(const std::string& from, const std::string& to,
                      const line_conditions& conditions);
  [[nodiscard]] line_conditions conditions(const std::string& from, const std::string& to) const;

  /// Resets every connection between the two hosts at both its ends, at once. Data under way or
  /// unread is lost, and so are datagrams under way. A dial under way is no connection yet.
  void cut(const std::string& one, const std::string& other);

  // NATs.

  /// Lets everything between that host and others pass a NAT from now on. The NAT has the host's
  /// own address: only ports are translated. Connections that are there go on. A dial that is not
  /// let in is repeated as TCP does it, 1, 3, 7, 15, 31 and 63 s after the first; after 127 s it
  /// fails with `errc::dial_timeout`. Datagrams that are not let in are lost.
  void put_behind(const std::string& ip, nat_kind kind);
  /// Lets the NAT of that host, if there is one, forget everything.
  void restart_nat(const std::string& ip);

  /// Returns the number of that host's dials that are not over: unanswered, or answered by a dial
  /// that is to come yet.
  [[nodiscard]] std::size_t dials(const std::string& ip) const;

  // Time, which passes only here.

  [[nodiscard]] std::chrono::nanoseconds now() const;

  /// Returns when time alone lets something arrive next; `nullopt` if all that is under way is
  /// stalled.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> next_due() const;

  /// Sets the time to `when`, which is not before `now`. Parcels that arrive until then arrive in
  /// order, and their callbacks become due. Runs no callback.
  void advance_to(std::chrono::nanoseconds when);

  // A network that is spread over processes. Parcels that arrive in one moment arrive in the same
  // order however it is spread, if all lines between two processes have a latency, and if time
  // passes in windows that are no longer than the smallest of them.

  /// Sets `where`, which returns the process of a host that is not in this one. For a network that
  /// has no line yet.
  void locate_by(std::function<std::optional<std::size_t>(const std::string& ip)> where);

  /// Returns what has been sent to hosts elsewhere since the last call, for `arrive` there.
  [[nodiscard]] std::vector<outbound> depart();

  /// Puts `what` on its way; no segment of it is due before now.
  void arrive(outbound what);

  /// Separates later writes from earlier ones of the same moment, which may have departed: they do
  /// not travel together. To be called, in one process as in several, before anything is done to
  /// the network from outside.
  void rest();

  // Counters and records.

  /// Returns the number of bytes that writers at `from` have handed over for `to`, on all
  /// connections.
  [[nodiscard]] std::uint64_t carried(const std::string& from, const std::string& to) const;
  /// Returns the number of bytes that the writers of all hosts have handed over.
  [[nodiscard]] std::uint64_t carried() const;
  /// Returns the number of bytes of `from` that readers at `to` have read.
  [[nodiscard]] std::uint64_t delivered(const std::string& from, const std::string& to) const;

  /// Keeps all data that connections write at `from` for `to` from now on.
  void tap(const std::string& from, const std::string& to);
  /// Returns the kept data, one entry for each connection, the oldest first. Connections on which
  /// nothing was written are left out.
  [[nodiscard]] std::vector<bytes> tapped(const std::string& from, const std::string& to) const;

  /// Records from now on what happens: what is written, read and run, what arrives, and when.
  void start_trace();
  /// Adds an event from outside to the record.
  void note(std::uint64_t what);
  /// Returns a hash of the record: the same only if the same has happened.
  [[nodiscard]] std::uint64_t trace_hash() const;

private:
  std::unique_ptr<memory_world> world_;
};

} // namespace devp2p::net
