// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"
#include "devp2p/net/sim/event_queue.hpp"

namespace devp2p::net {

/// One direction of a connection in memory: octets go in at the writing end, at most `capacity` are
/// under way, and come out at the reading end in the same order.
///
/// Empty, it holds no memory. Owned by the streams at both its ends.
class pipe : public std::enable_shared_from_this<pipe> {
public:
  /// `events` outlives the pipe.
  pipe(event_queue& events, std::size_t capacity);

  // The writing end.

  io_result write_some(byte_view from);
  void await_writable(stream_observer& observer);

  /// Nothing follows what is under way.
  void finish();

  /// The same, and the writing end is gone: forgets who waits there.
  void close_writer();

  /// Nothing follows, because the connection broke.
  void reset();

  // The reading end.

  io_result read_some(mutable_byte_view into);
  void await_readable(stream_observer& observer);

  /// The reading end is gone: forgets who waits there and what is under way.
  void close_reader();

  // Queries.

  /// How many octets are under way.
  [[nodiscard]] std::size_t size() const { return data_.size() - begin_; }

private:
  enum class ending { none, finished, reset };

  [[nodiscard]] bool readable() const { return size() > 0 || ending_ != ending::none; }
  [[nodiscard]] bool writable() const {
    return size() < capacity_ || ending_ != ending::none || reader_gone_;
  }

  /// Forgets the oldest `count` octets.
  void discard(std::size_t count);

  /// Queues the callback that somebody waits for, if it is due.
  void wake_reader();
  void wake_writer();

  event_queue& events_;
  std::size_t capacity_;
  /// What is under way stands behind what was read already.
  bytes data_;
  std::size_t begin_ = 0;
  ending ending_ = ending::none;
  bool reader_gone_ = false;
  /// Who waits, and whether the callback is queued.
  stream_observer* reader_ = nullptr;
  stream_observer* writer_ = nullptr;
  bool reader_due_ = false;
  bool writer_due_ = false;
};

} // namespace devp2p::net
