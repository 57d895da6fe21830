// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/pipe.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace devp2p::net {

pipe::pipe(line& way, std::uint64_t number, std::size_t capacity)
  : way_(way),
    number_(number),
    capacity_(capacity) {
  assert(capacity > 0);
  way_.pipes.emplace(number_, this);
}

pipe::~pipe() {
  way_.pipes.erase(number_);
}

io_result pipe::write_some(byte_view from) {
  if (reader_gone_ || ended_)
    return {0, errc::connection_reset};
  auto taken = from.first(way_.piece(std::min(from.size(), capacity_ - size())));
  if (taken.empty())
    return {};
  data_.insert(data_.end(), taken.begin(), taken.end());
  way_.carried += taken.size();
  if (way_.tapped) {
    auto& kept = (*way_.tapped)[number_];
    kept.insert(kept.end(), taken.begin(), taken.end());
  }
  way_.record.add(number_);
  way_.record.add(taken);
  way_.send(shared_from_this(), news::octets, taken.size());
  return {taken.size(), std::nullopt};
}

void pipe::await_writable(stream_observer& observer) {
  assert(!writer_);
  writer_ = &observer;
  wake_writer();
}

void pipe::finish() {
  if (!std::exchange(ended_, true))
    way_.send(shared_from_this(), news::finished);
  wake_writer();
}

void pipe::close_writer() {
  writer_ = nullptr;
  finish();
}

void pipe::reset() {
  ended_ = true;
  way_.send(shared_from_this(), news::broken);
  wake_writer();
}

io_result pipe::read_some(mutable_byte_view into) {
  if (arrived_ == 0 && ending_ != ending::none)
    return {0, ending_ == ending::finished ? errc::end_of_stream : errc::connection_reset};
  auto count = way_.piece(std::min(into.size(), arrived_));
  if (count == 0)
    return {};
  auto taken = byte_view{data_}.subspan(begin_, count);
  std::copy(taken.begin(), taken.end(), into.begin());
  way_.delivered += count;
  way_.record.add(number_);
  way_.record.add(count);
  discard(count);
  wake_writer();
  return {count, std::nullopt};
}

void pipe::await_readable(stream_observer& observer) {
  assert(!reader_);
  reader_ = &observer;
  wake_reader();
}

void pipe::close_reader(const std::shared_ptr<pipe>& back) {
  reader_ = nullptr;
  back_ = back;
  back->way_.send(shared_from_this(), news::reader_gone);
}

void pipe::cut() {
  way_.record.add(number_);
  ended_ = true;
  ending_ = ending::reset;
  clear();
  wake_reader();
  wake_writer();
}

void pipe::arrive(news what, std::size_t size) {
  switch (what) {
  case news::octets:
    if (!reader_gone_)
      arrived_ += size;
    if (auto back = std::exchange(back_, {}).lock())
      back->reset();
    break;
  case news::finished:
    ending_ = ending::finished;
    break;
  case news::broken:
    ending_ = ending::reset;
    clear(); // As RFC 9293 has it, 3.10.7.4: "All segment queues should be flushed."
    break;
  case news::reader_gone:
    reader_gone_ = true;
    clear();
    wake_writer();
    break;
  case news::errand:
  case news::datagram:
    assert(false);
  }
  wake_reader();
}

void pipe::discard(std::size_t count) {
  begin_ += count;
  arrived_ -= count;
  if (size() == 0) {
    clear();
  } else if (begin_ >= capacity_) {
    // Not at each read: so what is moved is never more than what was read.
    data_.erase(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
}

void pipe::clear() {
  data_ = bytes{};
  begin_ = 0;
  arrived_ = 0;
}

void pipe::wake_reader() {
  if (!reader_ || !readable() || std::exchange(reader_due_, true))
    return;
  way_.events.push([self = shared_from_this()] {
    self->reader_due_ = false;
    if (auto* reader = std::exchange(self->reader_, nullptr))
      reader->on_readable();
  });
}

void pipe::wake_writer() {
  if (!writer_ || !writable() || std::exchange(writer_due_, true))
    return;
  way_.events.push([self = shared_from_this()] {
    self->writer_due_ = false;
    if (auto* writer = std::exchange(self->writer_, nullptr))
      writer->on_writable();
  });
}

} // namespace devp2p::net
