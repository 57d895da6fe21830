// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/event_queue.hpp"
#include "devp2p/net/sim/memory_network.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"
#include "devp2p/net/sim/segment.hpp"
#include "devp2p/net/sim/trace.hpp"

#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace devp2p::net {

class connection_end;
struct memory_world;

/// The way from one host to another: everything that goes there is under way in one queue.
///
/// If the receiving host is in another process, segments wait until they are taken there. If the
/// sending host is, its segments are put into the line. All else is the same for both.
class line {
public:
  /// `number` tells the line from other lines. The world must outlive the line.
  line(memory_world& world, std::string from, std::string to, std::uint64_t number);
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  [[nodiscard]] const std::string& from() const { return from_; }
  [[nodiscard]] const std::string& to() const { return to_; }
  [[nodiscard]] std::uint64_t number() const { return number_; }

  void set(const line_conditions& conditions);
  [[nodiscard]] const line_conditions& conditions() const { return conditions_; }

  /// Returns whether a segment that is sent now arrives now.
  [[nodiscard]] bool instant() const { return under_way_.empty() && !delays_; }

  /// Brings `what` to the other end when its bytes have left and the latency and jitter have
  /// passed, but not before earlier segments have arrived.
  void send(segment what);

  /// Sends data of a connection, likewise, to the end with that number.
  void write(std::uint64_t number, byte_view content);

  /// Sends a datagram, likewise, unless it is lost.
  void send_datagram(segment what);

  /// Returns how many bytes one read moves that could move `size`.
  std::size_t read_piece(std::size_t size) { return piece(size, reading_); }
  /// Returns how many bytes one write moves that could move `size`.
  std::size_t write_piece(std::size_t size) { return piece(size, sending_); }

  /// Loses everything under way but dials. Bytes that had not left delay no later ones.
  void lose();

  // For a line with one of its hosts in another process.

  /// Lets segments wait for `take_all`, because the receiving host is elsewhere. The world is told
  /// of them.
  void lead_elsewhere() { leads_elsewhere_ = true; }
  /// Returns the segments that were sent since the last call.
  [[nodiscard]] std::list<segment> take_all() { return std::exchange(under_way_, {}); }
  /// Takes a segment that was sent elsewhere and is not due before now.
  void put(segment what);

  event_queue& events;
  trace& record;
  /// The number of bytes that writers gave.
  std::uint64_t carried = 0;
  /// The number of bytes that readers got.
  std::uint64_t delivered = 0;
  /// Data that writers gave, by the number of the receiving end; kept only if that was asked for.
  std::optional<std::map<std::uint64_t, bytes>> tapped = {};
  /// The connection ends at the receiving host, by number.
  std::map<std::uint64_t, connection_end*> ends;

private:
  /// The last write, if bytes that are sent at the same moment may travel with it.
  struct burst {
    std::uint64_t number;
    event_queue::time begin;
    std::uint64_t rest;
    event_queue::time travel;
    std::size_t size;
  };

  static std::size_t piece_of(std::size_t size, std::size_t most, seeded_rng& rng);
  std::size_t piece(std::size_t size, seeded_rng& rng) {
    if (size == 0 || conditions_.max_piece == line_conditions::unlimited)
      return size;
    return piece_of(size, conditions_.max_piece, rng);
  }

  /// Draws whether a segment is lost, of which `percent` are.
  bool is_lost(unsigned percent);
  event_queue::time transmit(std::size_t size);
  event_queue::time draw_jitter();
  /// Returns the time for which TCP repeats what is lost, until it is not lost.
  event_queue::time draw_repetitions(segment_kind what);
  /// Returns when a segment arrives that leaves at `left` and then travels for `travel`.
  event_queue::time arrival(segment_kind what, event_queue::time left, event_queue::time travel);
  [[nodiscard]] bool continues_burst(std::uint64_t number, std::size_t size) const;
  void enqueue(segment what);
  void deliver();
  void schedule();
  /// Forgets the datagrams that have arrived: only those under way are bounded.
  void forget_arrived();

  memory_world& world_;
  const std::string from_;
  const std::string to_;
  const std::uint64_t number_;
  line_conditions conditions_;
  /// Whether the conditions let no segment arrive at once.
  bool delays_ = false;
  bool leads_elsewhere_ = false;
  /// Decides for the sending host, which need not be in the process of the receiving one.
  seeded_rng sending_;
  /// Decides for the receiving host.
  seeded_rng reading_;
  /// The time at which everything that was sent has left, but for a fraction of a nanosecond.
  event_queue::time free_at_{0};
  /// The fraction, in parts of which `bandwidth` make a nanosecond.
  std::uint64_t fraction_ = 0;
  /// When the last segment arrives that was sent.
  event_queue::time last_due_{0};
  /// When the last segment arrives that a cut does not lose.
  event_queue::time last_kept_due_{0};
  /// The arrival times of datagrams that were sent and may not have arrived.
  std::list<event_queue::time> datagrams_;
  std::list<segment> under_way_;
  /// Empty once conditions change.
  std::optional<burst> burst_;
  std::optional<event_queue::timer> timer_;
};

} // namespace devp2p::net
