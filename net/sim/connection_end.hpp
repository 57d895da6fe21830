// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"
#include "devp2p/net/sim/line.hpp"

#include <memory>

namespace devp2p::net {

/// One end of a connection in memory. It knows of the other end only what has come over the line,
/// so that the other end may be in another process.
///
/// At most `capacity` bytes are under way to the other end or unread there. The reader tells the
/// writer of room when that is half of the capacity or two segments, or at once if the line takes
/// no time. Idle, an end holds no memory for data.
class connection_end : public std::enable_shared_from_this<connection_end> {
public:
  /// Takes the segments for `number` along `in`, and writes along `out` to the other end, whose
  /// number differs in the lowest bit. Both lines must outlive it. `capacity` is at least 1.
  connection_end(line& in, line& out, std::uint64_t number, std::size_t capacity);
  ~connection_end();
  connection_end(const connection_end&) = delete;
  connection_end& operator=(const connection_end&) = delete;

  // For the stream.

  io_result read_some(mutable_byte_view into);
  io_result write_some(byte_view from);
  void await_readable(stream_observer& observer);
  void await_writable(stream_observer& observer);
  /// Tells the other end that no data follows.
  void finish();
  /// Forgets the observers, as the stream is gone, and tells the other end. If unread data has
  /// come, the other end is told that the connection broke (RFC 2525, section 2.17).
  void close();
  /// Breaks the connection, and tells the other end.
  void reset();

  // For the line.

  /// Takes a segment for this end. Runs no callback of a user.
  void arrive(segment& what);
  /// Breaks the connection; the other end knows.
  void cut();

private:
  enum class ending : std::uint8_t { none, finished, reset };

  [[nodiscard]] std::size_t unread() const { return data_.size() - begin_; }
  [[nodiscard]] bool readable() const { return unread() > 0 || ending_ != ending::none; }
  [[nodiscard]] bool writable() const {
    return sent_ < capacity_ || ended_ || reader_gone_ || ending_ == ending::reset;
  }

  void send(segment_kind what, std::size_t size = 0);
  void take(bytes& arrived);
  void forget_unread();
  /// Counts `count` more bytes as read, and tells the writer of them when that is due.
  void make_room(std::size_t count);

  /// Queues the callback that the reader waits for, if it is due.
  void wake_reader();
  /// Queues the callback that the writer waits for, if it is due.
  void wake_writer();
  void call_reader();
  void call_writer();

  line& in_;
  line& out_;
  const std::uint64_t number_;
  const std::size_t capacity_;
  /// Bytes that have come; the first `begin_` of them were read.
  bytes data_;
  std::size_t begin_ = 0;
  /// The number of bytes that were read, and of which the writer does not know yet.
  std::size_t read_ = 0;
  /// The number of bytes that were written and, as far as this end knows, not read.
  std::size_t sent_ = 0;
  /// The observer that waits to read, or null.
  stream_observer* reader_ = nullptr;
  /// The observer that waits to write, or null.
  stream_observer* writer_ = nullptr;
  single_event reading_;
  single_event writing_;
  /// Whether this end has finished or closed, or the connection broke.
  bool ended_ = false;
  /// Whether the other end has closed, and so reads no more.
  bool reader_gone_ = false;
  /// The way in which the data of the other end has ended.
  ending ending_ = ending::none;
};

} // namespace devp2p::net
