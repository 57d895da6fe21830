// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"
#include "devp2p/net/sim/line.hpp"

namespace devp2p::net {

/// One direction of a connection in memory: octets go in at the writing end, at most `capacity` are
/// in it, travel over a line, and come out at the reading end in the same order. Room that a reader
/// makes is known to the writer at once.
///
/// Empty, it holds no memory. Owned by the streams at both its ends.
class pipe final : public addressee, public std::enable_shared_from_this<pipe> {
public:
  /// `way` outlives the pipe; `number` tells the pipe from others.
  pipe(line& way, std::uint64_t number, std::size_t capacity);
  ~pipe();
  pipe(const pipe&) = delete;
  pipe& operator=(const pipe&) = delete;

  // The writing end.

  io_result write_some(byte_view from);
  void await_writable(stream_observer& observer);

  /// Nothing follows what is under way.
  void finish();

  /// The same, and the writing end is gone: forgets who waits there.
  void close_writer();

  /// The connection broke: nothing follows, and what the reader has not read by then is lost.
  void reset();

  // The reading end.

  io_result read_some(mutable_byte_view into);
  void await_readable(stream_observer& observer);

  /// The reading end is gone: forgets who waits there. The writer hears of it along `back`, the
  /// other direction; until then nobody makes room, and what still comes resets `back`.
  void close_reader(const std::shared_ptr<pipe>& back);

  // Both.

  /// The connection broke, here and there: nothing is under way any more.
  void cut();

  /// How many octets have come and were not read.
  [[nodiscard]] std::size_t unread() const { return arrived_; }

private:
  enum class ending { none, finished, reset };

  void arrive(news what, std::size_t size) override;

  /// How many octets are under way or unread.
  [[nodiscard]] std::size_t size() const { return data_.size() - begin_; }
  [[nodiscard]] bool readable() const { return arrived_ > 0 || ending_ != ending::none; }
  [[nodiscard]] bool writable() const { return size() < capacity_ || ended_ || reader_gone_; }

  /// Forgets the oldest `count` octets, which have arrived.
  void discard(std::size_t count);
  void clear();

  /// Queues the callback that somebody waits for, if it is due.
  void wake_reader();
  void wake_writer();

  line& way_;
  std::uint64_t number_;
  std::size_t capacity_;
  /// What is unread and, behind it, what is under way stand behind what was read already.
  bytes data_;
  std::size_t begin_ = 0;
  std::size_t arrived_ = 0;
  /// What the writer has said or heard.
  bool ended_ = false;
  bool reader_gone_ = false;
  /// What is to be reset if more comes; nothing while there is a reader.
  std::weak_ptr<pipe> back_;
  /// What the reader has heard.
  ending ending_ = ending::none;
  /// Who waits, and whether the callback is queued.
  stream_observer* reader_ = nullptr;
  stream_observer* writer_ = nullptr;
  bool reader_due_ = false;
  bool writer_due_ = false;
};

} // namespace devp2p::net
