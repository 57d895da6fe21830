// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"
#include "devp2p/net/sim/line.hpp"

#include <memory>

namespace devp2p::net {

/// One end of a connection in memory. It knows of the other only what has come over the line, so
/// that may be in another process.
///
/// At most `capacity` octets are under way to the other end or unread there. Who reads tells the
/// writer what room there is again when it is half of that or two segments; or at once, where that
/// takes no time. Idle, an end holds no memory for octets.
class connection_end : public std::enable_shared_from_this<connection_end> {
public:
  /// Takes what comes for `number` along `in`, and writes along `out` to the other end, whose
  /// number differs in the lowest bit. Both lines outlive it. `capacity` is at least 1.
  connection_end(line& in, line& out, std::uint64_t number, std::size_t capacity);
  ~connection_end();
  connection_end(const connection_end&) = delete;
  connection_end& operator=(const connection_end&) = delete;

  // Of the stream.

  io_result read_some(mutable_byte_view into);
  io_result write_some(byte_view from);
  void await_readable(stream_observer& observer);
  void await_writable(stream_observer& observer);
  /// Nothing follows what is under way.
  void finish();
  /// The stream is gone: forgets who waits, and tells the other end; that the connection broke if
  /// something has come that nobody has read (RFC 2525, section 2.17).
  void close();
  /// The connection is to break: tells the other end.
  void reset();

  // Of the line.

  /// Runs no callback of a user.
  void arrive(parcel& what);
  /// The connection broke, and the other end knows.
  void cut();

private:
  enum class ending : std::uint8_t { none, finished, reset };

  [[nodiscard]] std::size_t unread() const { return data_.size() - begin_; }
  [[nodiscard]] bool readable() const { return unread() > 0 || ending_ != ending::none; }
  [[nodiscard]] bool writable() const {
    return sent_ < capacity_ || ended_ || reader_gone_ || ending_ == ending::reset;
  }

  void send(news what, std::size_t size = 0);
  void take(bytes& octets);
  void forget_unread();
  /// `count` octets more were read.
  void make_room(std::size_t count);

  /// Queues the callback that somebody waits for, if it is due.
  void wake_reader();
  void wake_writer();

  line& in_;
  line& out_;
  const std::uint64_t number_;
  const std::size_t capacity_;
  /// What has come; what was read stands at its beginning.
  bytes data_;
  std::size_t begin_ = 0;
  /// What was read and the writer does not know yet.
  std::size_t read_ = 0;
  /// What was written and, as far as we know, not read.
  std::size_t sent_ = 0;
  /// Who waits, and whether the callback is queued.
  stream_observer* reader_ = nullptr;
  stream_observer* writer_ = nullptr;
  bool reader_due_ = false;
  bool writer_due_ = false;
  /// What we have told.
  bool ended_ = false;
  /// What we have heard.
  bool reader_gone_ = false;
  ending ending_ = ending::none;
};

} // namespace devp2p::net
