// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/fifo.hpp"
#include "devp2p/actors/throttle.hpp"
#include "devp2p/actors/write_queue.hpp"
#include "devp2p/net/block_cache.hpp"
#include "devp2p/net/rlpx/compression.hpp"
#include "devp2p/net/rlpx/large_message.hpp"
#include "devp2p/net/rlpx/session.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace devp2p {

/// Data that one session has to write: the queues of its sub-protocols, the sealed frames of the
/// write that is under way, and the receipts of writers that await an answer. A value that touches
/// no stream and reads no clock: its owner seals, writes, answers, and reports each event.
class outbox {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;

  /// A null limit allows any rate. Buffers for frames come from `buffers`, which must outlive the
  /// outbox; if it is null, they are allocated.
  outbox(std::shared_ptr<rate_limit> own, std::shared_ptr<rate_limit> shared,
         net::block_cache* buffers)
    : limit_(std::move(own), std::move(shared)),
      buffers_(buffers) {}

  [[nodiscard]] throttle& limit() { return limit_; }

  // Queues.

  /// Sets up `protocols` queues of at most `limit` bytes each.
  void open(std::size_t protocols, std::size_t limit) { queue_.open(protocols, limit); }
  [[nodiscard]] bool has_room_for(std::size_t index, std::size_t size) const {
    return queue_.has_room_for(index, size);
  }
  /// Appends a message to the queue of its sub-protocol. Precondition: there is room.
  void push(pending_write what) {
    auto next = sealed_size(what.payload.size());
    auto first = queue_.empty() && !has_to_prepare();
    auto largest = first ? next : std::max<std::size_t>(largest_, next);
    queue_.push(std::move(what));
    largest_ = static_cast<std::uint32_t>(largest);
  }

  // Gathering.

  /// Returns the frames of the write that is under way; its owner appends more. The first frame
  /// takes a buffer and starts the write deadline.
  [[nodiscard]] bytes& frames(time_point now);
  /// Returns true iff messages wait and the frames are not enough for a write yet.
  [[nodiscard]] bool wants_more() const {
    return !large_ && !queue_.empty() && frames_.size() < enough();
  }
  /// Removes and returns the message to be sealed next. Precondition: there is one.
  [[nodiscard]] pending_write pop() { return queue_.pop(); }
  /// Records that a message was sealed.
  void on_sealed(const pending_write& what) {
    if (what.receipt != 0)
      in_flight_.push({what.receipt, what.index});
  }

  // A large message: one at a time, prepared and sealed in slices.

  /// Takes up the message that `pop` has returned, which `session` will seal.
  void begin_large(pending_write what, const rlpx::session& session);
  /// Returns true iff a large message is to be prepared.
  [[nodiscard]] bool has_to_prepare() const { return large_ && !large_->frame.is_prepared(); }
  /// Prepares the next part, `max_bytes` of it, at `now`.
  void prepare(std::size_t max_bytes, time_point now);
  /// Returns true iff the frame of a large message can begin: all other frames have been written.
  [[nodiscard]] bool can_begin_frame() const {
    return large_ && !large_->begun && large_->frame.is_prepared() && frames_.empty();
  }
  /// Returns true iff a part of a large message's frame was sealed, so that the rest must follow.
  [[nodiscard]] bool is_in_frame() const { return large_ && large_->begun; }
  /// Seals the next chunk. If that fails, the message is dropped and its receipt is in flight.
  [[nodiscard]] std::optional<errc> seal_chunk(rlpx::session& session, time_point now);

  // Writing.

  [[nodiscard]] bool has_frames() const { return !frames_.empty() || chunk_is_sealed_; }
  /// Returns the bytes to be written next, at most `most`.
  [[nodiscard]] byte_view unwritten(std::size_t most) const {
    auto rest = sealed().subspan(written_);
    return rest.first(std::min(rest.size(), most));
  }
  /// Records that the first `size` of these bytes were written. When all are, there are no frames,
  /// and the writers of those in flight are to be answered.
  void on_written(std::size_t size, time_point now);

  // Answers.

  /// Returns the receipt of the oldest message in flight; 0 if there is none.
  [[nodiscard]] std::uint32_t in_flight() const {
    return in_flight_.empty() ? 0 : in_flight_.front().receipt;
  }
  /// Records that its writer was answered.
  void on_answered() { static_cast<void>(in_flight_.pop()); }
  /// Drops waiting messages up to the next one whose writer awaits an answer, and returns its
  /// receipt; 0 if there is none. A large message waits until its frame has begun.
  [[nodiscard]] std::uint32_t drop();

  /// Returns true iff a message that this sub-protocol has written still waits, or its answer does.
  /// Then its handler may well wait, too: for the remote, which has a deadline of its own, for a
  /// rate, or for the turns of others.
  [[nodiscard]] bool holds(std::size_t index) const;

  // The write deadline.

  /// Returns true iff a write is under way that the network could not take as a whole.
  [[nodiscard]] bool is_blocked() const { return blocked_; }
  /// Records that the network takes no more. Returns true iff the owner must set the deadline's
  /// timer.
  [[nodiscard]] bool on_blocked() {
    blocked_ = true;
    return !std::exchange(timer_is_set_, true);
  }
  /// Records that the network takes more.
  void on_writable() { blocked_ = false; }
  /// Records that the deadline's timer has fired. Returns the time for which the owner must set it
  /// again: zero if the remote has taken nothing for `timeout`, `nullopt` if nothing is blocked.
  [[nodiscard]] std::optional<duration> on_timer(time_point now, duration timeout);

  // Memory.

  /// The number of bytes in the queue of that sub-protocol, each message's overhead included.
  [[nodiscard]] std::size_t waiting(std::size_t index) const { return queue_.held(index); }
  /// The number of bytes held: messages that wait, and the frames. A message may take as much again
  /// when it is sealed, so large frames count in advance.
  [[nodiscard]] std::size_t held() const {
    auto payload = large_ ? large_->message.payload.size() : 0;
    return queue_.held() + payload + frames_.capacity() + large_frame_held();
  }
  /// The number of bytes that such a message adds to those held.
  [[nodiscard]] std::size_t growth(std::size_t size) const {
    return size + write_queue::overhead + frames_growth(size);
  }
  /// The part of them that is not held any more when the message is sealed.
  [[nodiscard]] std::size_t frames_growth(std::size_t size) const {
    auto now = large_frame_held();
    return std::max(now, sealed_size(size)) - now;
  }
  /// Gives the buffer back. Precondition: there are no frames.
  void rest();
  /// Drops all frames and releases their memory.
  void release();

private:
  /// Frames are gathered into writes of about this number of bytes.
  static constexpr std::size_t max_gathered = std::size_t{128} << 10;
  /// The size of a write where the rate is limited: no message can overtake a frame that is sealed.
  static constexpr std::size_t max_gathered_slowly = std::size_t{4} << 10;

  struct large_write {
    /// The message, without its payload once the frame is prepared.
    pending_write message;
    rlpx::large_message frame;
    bool begun = false;
  };

  /// A message in `frames_` whose writer awaits an answer.
  struct awaited_write {
    std::uint32_t receipt;
    std::uint16_t index;
  };

  [[nodiscard]] byte_view sealed() const {
    return chunk_is_sealed_ ? byte_view{large_->frame.chunk()} : byte_view{frames_};
  }
  /// The largest size of the frame of a large message; 0 for others.
  static std::size_t sealed_size(std::size_t size) {
    return size < max_gathered ? 0 : rlpx::max_compressed_size(size);
  }
  /// The size of the frame of a large message, at its largest if there is one to be prepared.
  [[nodiscard]] std::size_t large_frame_held() const {
    auto now = large_ ? large_->frame.held() : 0;
    return queue_.empty() && !has_to_prepare() ? now : std::max<std::size_t>(now, largest_);
  }
  [[nodiscard]] std::size_t enough() const {
    return limit_.is_limited() ? max_gathered_slowly : max_gathered;
  }

  throttle limit_;
  net::block_cache* buffers_;
  write_queue queue_;
  /// Sealed frames, empty if `chunk_is_sealed_`. The first `written_` bytes of these, or of the
  /// chunk, have been written.
  bytes frames_;
  /// Null if there is none.
  std::unique_ptr<large_write> large_;
  bool chunk_is_sealed_ = false;
  std::size_t written_ = 0;
  time_point last_progress_;
  fifo<awaited_write> in_flight_;
  bool blocked_ = false;
  bool timer_is_set_ = false;
  /// The largest `sealed_size` of the messages that wait, or have waited since there was none.
  std::uint32_t largest_ = 0;
};

} // namespace devp2p
