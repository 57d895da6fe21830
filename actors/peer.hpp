// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node_config.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/read_buffer.hpp"
#include "devp2p/actors/read_window.hpp"
#include "devp2p/actors/throttle.hpp"
#include "devp2p/actors/write_queue.hpp"
#include "devp2p/messages/session.hpp"
#include "devp2p/net/network.hpp"
#include "devp2p/net/rlpx/cleartext.hpp"
#include "devp2p/net/rlpx/handshake.hpp"
#include "devp2p/net/rlpx/session.hpp"

#include <caf/actor_clock.hpp>

#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace devp2p {

/// The connection to one remote. Owns the stream and the RLPx session, answers the base protocol,
/// and routes the messages of sub-protocols straight into their handlers' mailboxes.
///
/// Talks to its supervisor (identity and Hello of the remote, failures), to the handlers and to the
/// pinger. The peer decides nothing: it reports a failure to the supervisor, and waits to be
/// closed. Ends after `close_atom`: at once, or when the Disconnect is out and the remote has seen
/// it.
///
/// Lives on the loop of its stream. Without a unit it may run only under a single-threaded
/// scheduler.
class peer : public pinned<peer_actor::base>, private net::stream_observer {
public:
  /// `dialled` is the node that we dialled, or `nullopt` if the remote dialled us.
  peer(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
       std::shared_ptr<const node_config> node, supervisor_actor supervisor,
       std::shared_ptr<net::stream> stream, const std::optional<node_id>& dialled);

  const char* name() const override { return "peer"; }
  behavior_type make_behavior() override;
  void on_exit() override;

  /// Handles a batch of messages, and writes what they have left to write in one go.
  resume_result resume(caf::execution_unit* unit, std::size_t max_throughput) override;

private:
  using handshake = std::variant<rlpx::handshake, rlpx::cleartext_handshake>;

  /// The maximum number of bytes that one turn reads or writes. A newcomer on a loop with many busy
  /// peers waits several turns of each of them. Longer turns are no faster.
  static constexpr std::size_t max_turn = std::size_t{64} << 10;

  /// The number of the deadline of a blocked write. Other deadlines are numbered from 1.
  static constexpr std::uint64_t write_deadline = 0;

  enum class state : std::uint8_t {
    /// Auth and ack are exchanged.
    handshake,
    /// The supervisor asks whether the remote is welcome; nothing is read.
    admission,
    /// Our Hello is sealed, and the remote's is awaited.
    greeting,
    /// The supervisor finds the handlers; nothing is read.
    matching,
    running,
    /// The session has failed. No data is read or written until the supervisor says how to end.
    failed,
    /// The last write is under way.
    closing,
    /// Writing is shut down. Incoming data is discarded until the remote closes.
    lingering,
    gone,
  };

  struct live_route {
    route where;
    /// Null if the handler has failed and none has taken its place.
    handler_actor handler = {};
    traffic counts = {};
    std::shared_ptr<read_window> window;
    /// If the window was full at the last ping interval: `given_back()` at that time.
    std::optional<std::uint64_t> given_back_full = {};
    /// The number of consecutive intervals in which the window stayed full and gave no memory back.
    unsigned stalled_intervals = 0;
    /// The number of handlers that the protocol has lost.
    std::uint32_t restarts = 0;
  };

  /// A message in `out_` whose writer wants to know when it has been written.
  struct awaited_write {
    const live_route* from;
    caf::response_promise written;
  };

  // Reading: complete messages, as far as the state allows them.
  void on_readable() override;
  void read_on();
  [[nodiscard]] bool is_reading() const;
  void read(std::size_t most = max_turn);
  void await_readable();
  void understand();
  bool take_handshake();
  template <class Established>
  void establish(const Established& what);
  bool take_message();
  void on_greeting(const rlpx::session::message& message);
  void prepare(const routing& routes);
  std::shared_ptr<read_window> make_window();
  void run(const handlers& all);
  void detach_handler(std::uint16_t index);
  void attach_handler(std::uint16_t index, handler_actor next);
  void on_base_message(const rlpx::session::message& message);
  std::uint64_t on_interval(const pinger_actor& pinger);
  void look_for_stalls();
  [[nodiscard]] bool is_writing(std::size_t index) const;
  void on_pong();
  live_route* route_of(std::uint64_t id);
  void on_packet(const rlpx::session::message& message);
  void tell_observers(std::uint64_t id, std::size_t size, bool sent);

  // Writing: control messages first, many frames in one write, one write at a time.
  caf::result<void> write(std::uint16_t index, std::uint32_t restarts, std::span<packet> messages);
  [[nodiscard]] std::optional<errc> refuse(std::uint16_t index, const packet& message) const;
  void seal(std::uint64_t id, byte_view payload);
  void begin_write();
  bool fill();
  void flush();
  void end_turn();
  void on_written();
  void await_writable();
  void on_writable() override;
  void on_write_error(errc why);
  void refuse_writes();

  // Rates.
  std::size_t allowed_by(throttle& limit);

  // The end.
  /// Runs `task` where CAF guards nothing: in a callback of the network, or at the end of a turn.
  /// An exception ends this session, and no other of the loop.
  template <class Task>
  void guarded(const Task& task);
  void fail_at_once(caf::error why);
  /// Returns true if the peer has failed at once, and there was no memory to tell the supervisor.
  [[nodiscard]] bool is_lame() const { return broken_ && state_ < state::failed; }
  void fail_network(errc why);
  void fail(caf::error why);
  void close(std::optional<disconnect_reason> reason);
  void discard();
  void finish();
  void release();
  void arm(caf::timespan delay);
  void on_deadline(std::uint64_t deadline);
  void on_write_deadline();

  std::shared_ptr<const node_config> node_;
  supervisor_actor supervisor_;
  std::shared_ptr<net::stream> stream_;
  const bool dialled_;
  state state_ = state::handshake;
  bool asked_to_close_ = false;
  /// No message can be sent to the remote any more.
  bool broken_ = false;

  /// Null after the handshake, to free its memory.
  std::unique_ptr<handshake> handshake_;
  /// Set after the handshake.
  std::optional<rlpx::session> session_;
  /// Known when the handshake is over.
  node_id remote_;

  throttle in_limit_;
  throttle out_limit_;

  std::shared_ptr<std::pmr::memory_resource> memory_;
  read_buffer in_{*memory_};
  /// The number of bytes at the front of `in_` that are needed to go on.
  std::size_t wanted_ = 1;
  /// The route whose window was full when another message came. Reading stops until it has room.
  live_route* paused_by_ = nullptr;
  bool awaiting_readable_ = false;

  bool awaiting_writable_ = false;
  bool write_deadline_armed_ = false;
  /// Sealed frames. The first `written_` bytes have been written.
  bytes out_;
  std::size_t written_ = 0;
  caf::actor_clock::time_point last_progress_;
  write_queue queue_;
  /// Answered when all of `out_` has been written.
  std::vector<awaited_write> in_flight_;

  /// True if a message of a sub-protocol was received or sent since the last ping interval.
  bool busy_ = false;
  bool ping_due_ = false;
  bool pong_due_ = false;
  /// The number of Pings, unexpected Pongs and reserved messages since `base_period_`.
  unsigned base_messages_ = 0;
  caf::actor_clock::time_point base_period_;
  pinger_actor pinger_;
  std::optional<caf::actor_clock::time_point> ping_sent_;

  std::uint64_t frames_ = 0;
  /// Intervals in which this peer had paused reading, so that the silence is not the remote's.
  std::uint64_t paused_intervals_ = 0;
  std::uint64_t ignored_messages_ = 0;
  /// Sorted by offset.
  std::vector<live_route> routes_;
  caf::typed_actor<caf::reacts_to<message_event>> observer_;

  /// Only the deadline armed last counts.
  std::uint64_t deadline_ = 0;
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
