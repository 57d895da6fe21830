// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/pipe.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace devp2p::net {

pipe::pipe(event_queue& events, std::size_t capacity) : events_(events), capacity_(capacity) {
  assert(capacity > 0);
}

io_result pipe::write_some(byte_view from) {
  if (reader_gone_ || ending_ != ending::none)
    return {0, errc::connection_reset};
  auto taken = from.first(std::min(from.size(), capacity_ - size()));
  data_.insert(data_.end(), taken.begin(), taken.end());
  wake_reader();
  return {taken.size(), std::nullopt};
}

void pipe::await_writable(stream_observer& observer) {
  assert(!writer_);
  writer_ = &observer;
  wake_writer();
}

void pipe::finish() {
  if (ending_ == ending::none)
    ending_ = ending::finished;
  wake_reader();
  wake_writer();
}

void pipe::close_writer() {
  writer_ = nullptr;
  finish();
}

void pipe::reset() {
  ending_ = ending::reset;
  wake_reader();
  wake_writer();
}

io_result pipe::read_some(mutable_byte_view into) {
  if (size() == 0 && ending_ != ending::none)
    return {0, ending_ == ending::finished ? errc::end_of_stream : errc::connection_reset};
  auto taken = byte_view{data_}.subspan(begin_, std::min(into.size(), size()));
  std::copy(taken.begin(), taken.end(), into.begin());
  auto count = taken.size();
  discard(count);
  wake_writer();
  return {count, std::nullopt};
}

void pipe::await_readable(stream_observer& observer) {
  assert(!reader_);
  reader_ = &observer;
  wake_reader();
}

void pipe::close_reader() {
  reader_ = nullptr;
  reader_gone_ = true;
  discard(size());
  wake_writer();
}

void pipe::discard(std::size_t count) {
  begin_ += count;
  if (size() == 0) {
    data_ = bytes{};
    begin_ = 0;
  } else if (begin_ >= capacity_) {
    // Not at each read: so what is moved is never more than what was read.
    data_.erase(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
}

void pipe::wake_reader() {
  if (!reader_ || !readable() || std::exchange(reader_due_, true))
    return;
  events_.push([self = shared_from_this()] {
    self->reader_due_ = false;
    if (auto* reader = std::exchange(self->reader_, nullptr))
      reader->on_readable();
  });
}

void pipe::wake_writer() {
  if (!writer_ || !writable() || std::exchange(writer_due_, true))
    return;
  events_.push([self = shared_from_this()] {
    self->writer_due_ = false;
    if (auto* writer = std::exchange(self->writer_, nullptr))
      writer->on_writable();
  });
}

} // namespace devp2p::net
