// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/connection_end.hpp"

#include "devp2p/net/sim/memory_world.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace devp2p::net {

namespace {

/// Two segments, in bytes: TCP acknowledges each second segment at once (RFC 9293, section
/// 3.8.6.3).
constexpr std::size_t two_segments = 2920;

} // namespace

connection_end::connection_end(line& in, line& out, std::uint64_t number, std::size_t capacity)
  : in_(in),
    out_(out),
    number_(number),
    capacity_(capacity) {
  assert(capacity > 0);
  in_.ends.emplace(number_, this);
}

connection_end::~connection_end() {
  in_.ends.erase(number_);
}

io_result connection_end::read_some(mutable_byte_view into) {
  if (unread() == 0 && ending_ != ending::none)
    return {0, ending_ == ending::finished ? errc::end_of_stream : errc::connection_reset};
  auto count = in_.read_piece(std::min(into.size(), unread()));
  if (count == 0)
    return {};
  auto taken = byte_view{data_}.subspan(begin_, count);
  std::copy(taken.begin(), taken.end(), into.begin());
  in_.delivered += count;
  in_.record.add(number_);
  in_.record.add(count);
  begin_ += count;
  if (unread() == 0)
    forget_unread();
  make_room(count);
  return {count, std::nullopt};
}

io_result connection_end::write_some(byte_view from) {
  if (reader_gone_ || ended_ || ending_ == ending::reset)
    return {0, errc::connection_reset};
  auto taken = from.first(out_.write_piece(std::min(from.size(), capacity_ - sent_)));
  if (taken.empty())
    return {};
  sent_ += taken.size();
  out_.write(number_ ^ 1, taken);
  return {taken.size(), std::nullopt};
}

void connection_end::await_readable(stream_observer& observer) {
  assert(!reader_);
  reader_ = &observer;
  wake_reader();
}

void connection_end::await_writable(stream_observer& observer) {
  assert(!writer_);
  writer_ = &observer;
  wake_writer();
}

void connection_end::finish() {
  if (!std::exchange(ended_, true) && ending_ != ending::reset)
    send(segment_kind::finished);
  wake_writer();
}

void connection_end::close() {
  reader_ = nullptr;
  writer_ = nullptr;
  if (ending_ != ending::reset)
    send(unread() > 0 ? segment_kind::broken : segment_kind::closed);
  ended_ = true;
  in_.ends.erase(number_);
}

void connection_end::reset() {
  send(segment_kind::broken);
  ended_ = true;
  ending_ = ending::reset;
  forget_unread();
  wake_reader();
  wake_writer();
}

void connection_end::arrive(segment& what) {
  switch (what.what) {
  case segment_kind::data:
    if (ending_ == ending::none)
      take(what.content);
    break;
  case segment_kind::closed:
    reader_gone_ = true;
    [[fallthrough]];
  case segment_kind::finished:
    if (ending_ == ending::none)
      ending_ = ending::finished;
    break;
  case segment_kind::broken:
    ending_ = ending::reset;
    forget_unread(); // RFC 9293, 3.10.7.4: "All segment queues should be flushed."
    break;
  case segment_kind::room:
    sent_ -= std::min<std::size_t>(sent_, what.size);
    wake_writer();
    return;
  case segment_kind::dial:
  case segment_kind::answer:
  case segment_kind::unheard:
  case segment_kind::datagram:
    assert(false);
  }
  wake_reader();
  wake_writer();
}

void connection_end::cut() {
  in_.record.add(number_);
  ended_ = true;
  ending_ = ending::reset;
  forget_unread();
  wake_reader();
  wake_writer();
}

void connection_end::send(segment_kind what, std::size_t size) {
  out_.send({.what = what, .number = number_ ^ 1, .size = size});
}

void connection_end::take(bytes& arrived) {
  if (unread() == 0) {
    data_.swap(arrived);
    begin_ = 0;
    return;
  }
  if (begin_ >= capacity_) {
    // Not at each read, so that never more is moved than was read.
    data_.erase(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  data_.insert(data_.end(), arrived.begin(), arrived.end());
}

void connection_end::forget_unread() {
  data_ = bytes{};
  begin_ = 0;
}

void connection_end::make_room(std::size_t count) {
  read_ += count;
  if (reader_gone_ && ending_ != ending::none)
    return; // The other end writes no more.
  if (out_.instant() || read_ >= std::clamp<std::size_t>(capacity_ / 2, 1, two_segments))
    send(segment_kind::room, std::exchange(read_, 0));
}

void connection_end::wake_reader() {
  if (reader_ && readable())
    reading_.push<&connection_end::call_reader>(in_.events, *this);
}

void connection_end::wake_writer() {
  if (writer_ && writable())
    writing_.push<&connection_end::call_writer>(out_.events, *this);
}

void connection_end::call_reader() {
  if (auto* reader = std::exchange(reader_, nullptr))
    reader->on_readable();
}

void connection_end::call_writer() {
  if (auto* writer = std::exchange(writer_, nullptr))
    writer->on_writable();
}

} // namespace devp2p::net
