// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/chance.hpp"
#include "devp2p/net/sim/event_queue.hpp"
#include "devp2p/net/sim/memory_network.hpp"
#include "devp2p/net/sim/parcel.hpp"
#include "devp2p/net/sim/trace.hpp"

#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace devp2p::net {

class connection_end;
struct memory_world;

/// The way from one host to another: all that goes there is under way in one queue.
///
/// If the one to which it leads is elsewhere, what is sent waits until somebody takes it there; if
/// the one from which it comes is, what comes is put into it. All else is the same for both.
class line {
public:
  /// `number` tells it from other lines; the world outlives it.
  line(memory_world& world, std::string from, std::string to, std::uint64_t number);
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  [[nodiscard]] const std::string& from() const { return from_; }
  [[nodiscard]] const std::string& to() const { return to_; }
  [[nodiscard]] std::uint64_t number() const { return number_; }

  void set(const line_conditions& conditions);
  [[nodiscard]] const line_conditions& conditions() const { return conditions_; }

  /// Whether what is sent now arrives now.
  [[nodiscard]] bool instant() const { return under_way_.empty() && !delays_; }

  /// Brings it to the other end when its octets have left and the latency and jitter have passed,
  /// but not before what was sent before has arrived.
  void send(parcel what);

  /// The same for what one end of a connection writes to the other, with that number.
  void write(std::uint64_t number, byte_view octets);

  /// The same, if it is not lost.
  void send_datagram(parcel what);

  /// How many octets one call may move that could move `size`.
  std::size_t read_piece(std::size_t size) { return piece(size, reading_); }
  std::size_t write_piece(std::size_t size) { return piece(size, sending_); }

  /// Loses all that is under way but dials; what had not left does not have to any more.
  void lose();

  // Where only one of the hosts is here.

  /// Nobody here is at its end: what is sent waits for `take_all`, which the world is told.
  void lead_elsewhere() { leads_elsewhere_ = true; }
  /// What was sent since the last call.
  [[nodiscard]] std::list<parcel> take_all() { return std::exchange(under_way_, {}); }
  /// What was sent elsewhere; not due before now.
  void put(parcel what);

  event_queue& events;
  trace& record;
  /// Octets that writers gave, and that readers got.
  std::uint64_t carried = 0;
  std::uint64_t delivered = 0;
  /// What writers gave, by the number of the end for which it was; kept only if somebody wants to
  /// know.
  std::optional<std::map<std::uint64_t, bytes>> tapped = {};
  /// Those that it leads to, by number.
  std::map<std::uint64_t, connection_end*> ends;

private:
  /// What was sent last, if octets that are sent at the same moment may travel with it.
  struct burst {
    std::uint64_t number;
    event_queue::time begin;
    std::uint64_t rest;
    event_queue::time travel;
    std::size_t size;
  };

  static std::size_t piece_of(std::size_t size, std::size_t most, chance& luck);
  std::size_t piece(std::size_t size, chance& luck) {
    if (size == 0 || conditions_.max_piece == line_conditions::unlimited)
      return size;
    return piece_of(size, conditions_.max_piece, luck);
  }

  event_queue::time transmit(std::size_t size);
  event_queue::time draw_jitter();
  /// When something arrives that leaves now and travels so long.
  event_queue::time arrival(news what, event_queue::time left, event_queue::time travel);
  [[nodiscard]] bool continues_burst(std::uint64_t number, std::size_t size) const;
  void enqueue(parcel what);
  void deliver();
  void schedule();
  /// Of datagrams that have arrived, for the bound of those that have not.
  void forget_arrived();

  memory_world& world_;
  const std::string from_;
  const std::string to_;
  const std::uint64_t number_;
  line_conditions conditions_;
  /// Whether they let nothing arrive at once.
  bool delays_ = false;
  bool leads_elsewhere_ = false;
  /// Of the one who sends, and of the one who reads: they may not be in the same process.
  chance sending_;
  chance reading_;
  /// When all that was sent has left: this, and so many parts of a nanosecond that `bandwidth`
  /// parts make one.
  event_queue::time free_at_{0};
  std::uint64_t fraction_ = 0;
  /// When the last parcel arrives that was sent, and the last one that a cut does not lose.
  event_queue::time last_due_{0};
  event_queue::time last_kept_due_{0};
  /// When datagrams arrive that were sent and may not have arrived.
  std::list<event_queue::time> datagrams_;
  std::list<parcel> under_way_;
  /// Gone when conditions change.
  std::optional<burst> burst_;
  std::optional<event_queue::timer> timer_;
};

} // namespace devp2p::net
