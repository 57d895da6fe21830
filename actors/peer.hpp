// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/intake.hpp"
#include "devp2p/actors/keepalive.hpp"
#include "devp2p/actors/liveness.hpp"
#include "devp2p/actors/memory_account.hpp"
#include "devp2p/actors/memory_wait.hpp"
#include "devp2p/actors/node_config.hpp"
#include "devp2p/actors/numbered.hpp"
#include "devp2p/actors/outbox.hpp"
#include "devp2p/actors/peer_life.hpp"
#include "devp2p/actors/pinged_sessions.hpp"
#include "devp2p/actors/route_table.hpp"
#include "devp2p/actors/uniform.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/session.hpp"
#include "devp2p/net/network.hpp"
#include "devp2p/net/rlpx/cleartext.hpp"
#include "devp2p/net/rlpx/compression.hpp"
#include "devp2p/net/rlpx/handshake.hpp"
#include "devp2p/net/rlpx/session.hpp"

#include <caf/response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <variant>

namespace devp2p {

/// The connection to one remote. Owns the stream and the RLPx session, answers the base protocol,
/// and routes the messages of sub-protocols straight into their handlers' mailboxes.
///
/// Talks to its supervisor (identity and Hello of the remote, failures) and to the handlers; a
/// pinger tells it of the time. The peer decides nothing: it reports a failure to the supervisor, a
/// silent remote, too, and waits to be closed. Ends after `close_atom`: at once, or when the
/// Disconnect is out and the remote has seen it.
///
/// Lives on the loop of its stream. Without a unit it may run only under a single-threaded
/// scheduler.
class peer : public uniform<peer, peer_actor::base>, private net::stream_observer {
public:
  /// `dialled` is the node that we dialled, or `nullopt` if the remote dialled us.
  peer(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
       std::shared_ptr<const node_config> node, supervisor_actor supervisor,
       std::shared_ptr<pinged_sessions> pinged, std::shared_ptr<net::stream> stream,
       const std::optional<node_id>& dialled);

  const char* name() const override { return "peer"; }
  behavior_type make_behavior() override;
  void on_exit() override;

  /// Handles a batch of messages, and writes what they have left to write in one go.
  resume_result resume(execution_unit* unit, std::size_t max_throughput) override;

private:
  using handshake = std::variant<rlpx::handshake, rlpx::cleartext_handshake>;
  using phase = peer_life::phase;

  /// The maximum number of bytes that one turn reads or writes. A newcomer on a loop with many busy
  /// peers waits several turns of each of them. Longer turns are no faster.
  static constexpr std::size_t max_turn = std::size_t{64} << 10;

  /// The maximum number of bytes that one turn uncompresses of a larger message.
  static constexpr std::size_t max_unpacked = std::size_t{256} << 10;

  /// The size in bytes from which on a message is sealed over several turns.
  static constexpr std::size_t max_sealed = std::size_t{128} << 10;
  /// The maximum number of bytes that one turn compresses of such a message.
  static constexpr std::size_t max_prepared = std::size_t{128} << 10;

  /// The number of the deadline of a blocked write. Other deadlines are numbered from 1.
  static constexpr std::uint64_t write_deadline = 0;
  /// The number of the next look for memory.
  static constexpr std::uint64_t memory_look = std::numeric_limits<std::uint64_t>::max();

  /// A large message that is uncompressed over several turns. No other is read meanwhile.
  struct unpacking {
    rlpx::uncompressor progress;
    /// The index of the sub-protocol.
    std::size_t index;
    packet message;
  };

  /// The reading that follows a failed write, and why that has failed.
  struct last_read {
    errc why;
    std::size_t size = 0;
  };

  /// The receiver of an event for every message, and the remote's name in these events.
  struct observer {
    message_observer_actor receiver;
    node_id remote;
  };

  /// A message for whose payload there is no memory yet. Its body is in the intake.
  struct held_message {
    std::size_t index;
    rlpx::session::message what;
  };

  // Reading: complete messages, as far as the phase allows them.
  void on_readable() override;
  void read_on();
  [[nodiscard]] bool is_reading() const {
    return !routes_.is_paused() && !held_back_ && !unpacking_ && life_.is_reading();
  }
  std::size_t read();
  void await_readable();
  void understand();
  void discard();

  // Memory: peer_memory.cpp.
  [[nodiscard]] std::shared_ptr<memory_account> open_account();
  [[nodiscard]] bool must_wait_for_memory();
  [[nodiscard]] bool must_wait_for_payload(std::size_t size);
  [[nodiscard]] bool must_wait_for(std::size_t more);
  void end_memory_wait();
  void take_back_memory();
  [[nodiscard]] std::size_t read_size() const;
  void take_held_back();
  [[nodiscard]] bool has_memory_for_write(std::size_t size) const;
  [[nodiscard]] bool must_end_at_once() const;
  void look_for_memory();
  [[nodiscard]] caf::error memory_exceeded() const;
  [[nodiscard]] std::size_t buffers() const { return outbox_.held() + intake_.held(); }

  // Work in slices: what takes long for a large message.
  [[nodiscard]] bool has_work() const {
    return life_.hears_out() ||
           (life_.is(phase::running) && (unpacking_ || outbox_.has_to_prepare()));
  }
  void work();
  void unpack();
  void drop_input();

  // The way to a running session.
  void shake_hands();
  bool take_handshake();
  void establish(const node_id& remote, byte_view reply);
  void open_session();
  void greet(const hello& ours);
  void on_greeting(const rlpx::session::message& message);
  void prepare(const routing& routes);
  [[nodiscard]] std::shared_ptr<read_window> make_window();
  void run(const handlers& all);

  // Messages of the remote.
  bool take_message();
  void on_base_message(const rlpx::session::message& message);
  void on_pong(std::chrono::nanoseconds taken);
  void on_packet(const rlpx::session::message& message);
  void take_in(std::size_t index, const rlpx::session::message& message);
  void hand_over(std::size_t index, packet message);
  void begin_unpacking(std::size_t index, const rlpx::session::message& message,
                       mutable_byte_view out, packet complete);
  void tell_observers(const route& where, std::uint64_t code, std::size_t size, bool sent);
  [[nodiscard]] bool is_observed() const { return observer_ || node_->meter; }

  // Handlers, and what follows from each interval.
  void detach_handler(std::uint16_t index);
  void attach_handler(std::uint16_t index, handler_actor next);
  void on_lost(std::uint16_t index, std::uint64_t count);
  void on_interval();
  void look_for_stalls();
  [[nodiscard]] peer_counts counts() const;

  // Writing: control messages first, many frames in one write, one write at a time.
  caf::result<void> write(writer_place from, std::span<packet> messages);
  [[nodiscard]] std::optional<errc> refuse(std::uint16_t index, const packet& message) const;
  void seal(std::uint64_t id, byte_view payload);
  bool gather();
  void gather_messages();
  bool seal_next(bytes& frames);
  bool seal_chunk();
  void tell_of_sent(const pending_write& what);
  void flush();
  void end_turn();
  void await_writable();
  void on_writable() override;
  void on_write_error(errc why);
  void hear_out();
  void on_write_deadline();
  void answer(std::uint32_t receipt, std::optional<errc> why);
  void answer_in_flight(std::optional<errc> why);
  void refuse_writes();

  // Rates.
  std::size_t allowed_by(throttle& limit);

  // The end.
  /// Runs `task` where CAF guards nothing: in a callback of the network, or at the end of a turn.
  /// An exception ends this session, and no other of the loop.
  template <class Task>
  void guarded(const Task& task);
  void fail_at_once(caf::error why);
  void fail_network(errc why);
  void fail(caf::error why);
  void close(std::optional<disconnect_reason> reason);
  void linger();
  void finish();
  void release();
  void end_pings();
  void set_deadline(caf::timespan delay);
  void on_deadline(std::uint64_t deadline);

  std::shared_ptr<const node_config> node_;
  supervisor_actor supervisor_;
  std::shared_ptr<pinged_sessions> pinged_;
  /// The number of this session among those that are pinged; 0 if it is none of them.
  pinged_sessions::schedule::number pinged_as_ = 0;
  std::shared_ptr<net::stream> stream_;
  peer_life life_;

  /// Null once the session has its keys, to free its memory.
  std::unique_ptr<handshake> handshake_;
  /// Set once the session has its keys: after the handshake, when our ack was written.
  std::optional<rlpx::session> session_;

  intake intake_;
  /// Null if no message is being uncompressed. Reads from `intake_`.
  std::unique_ptr<unpacking> unpacking_;
  /// Null if no write has failed.
  std::unique_ptr<last_read> last_read_;
  outbox outbox_;
  /// Null until the session has routes: a stranger holds little.
  std::shared_ptr<memory_account> account_;
  /// The messages that handlers have written, and this actor has not taken.
  std::shared_ptr<pending_writes> pending_writes_;
  /// The counters of the routes; null until there are some. The supervisor reads them.
  std::shared_ptr<session_counts> counts_;
  /// Null if the session does not wait for memory.
  std::unique_ptr<memory_wait> memory_wait_;
  bool looks_for_memory_ = false;
  /// Null if no message waits for memory. Reads from `intake_`.
  std::unique_ptr<held_message> held_back_;
  /// The reason that the remote is told when the frame under way is written.
  std::optional<disconnect_reason> farewell_;
  /// The writers that await an answer, by the receipts in `outbox_`.
  numbered<caf::response_promise> answers_;
  keepalive keepalive_;
  liveness remote_;
  route_table<handler_actor> routes_;
  /// Null if no actor receives an event for every message.
  std::unique_ptr<observer> observer_;
};

template <class Task>
void peer::guarded(const Task& task) {
  try {
    task();
  } catch (...) {
    fail_at_once(error_of(std::current_exception(), errc::callback_failed));
  }
}

} // namespace devp2p
