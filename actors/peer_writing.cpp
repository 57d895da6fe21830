// SPDX-License-Identifier: BSL-1.0
//
// The writing half of the peer.
#include "devp2p/actors/peer.hpp"

#include "devp2p/net/p2p/base.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace devp2p {

namespace {

/// Frames are gathered into writes of about this number of bytes.
constexpr std::size_t max_gathered = std::size_t{128} << 10;
/// The size of a write where the rate is limited: no message can overtake a frame that is sealed.
constexpr std::size_t max_gathered_slowly = std::size_t{4} << 10;

/// The maximum number of bytes read after a write error: more than a socket's buffer holds.
constexpr std::size_t max_last_read = std::size_t{8} << 20;

} // namespace

caf::result<void> peer::write(std::uint16_t index, std::uint32_t restarts,
                              std::span<packet> messages) {
  auto is_request = current_mailbox_element()->mid.is_request();
  // A handler may write while the state is still `matching`: it was spawned a moment ago.
  if (state_ != state::running && state_ != state::matching) {
    // A sender that made no request learns of the end by its exit message.
    if (is_request)
      return caf::make_error(errc::session_closed);
    return caf::unit;
  }
  if (index >= routes_.size())
    return caf::make_error(errc::invalid_message_code);
  auto& from = routes_[index];
  if (restarts != from.restarts)
    return caf::make_error(errc::handler_detached);
  for (auto& x : messages) {
    if (auto why = refuse(index, x))
      return caf::make_error(*why);
    busy_ = true;
    ++from.counts.messages_out;
    from.counts.bytes_out += x.payload.size();
    // Only a request is answered, so that a plain send costs no second message.
    auto is_last = &x == &messages.back();
    auto written = is_last && is_request ? make_response_promise() : caf::response_promise{};
    queue_.push(index, {from.where.offset + x.code, std::move(x.payload), written});
    if (is_last)
      return written;
  }
  return caf::unit;
}

std::optional<errc> peer::refuse(std::uint16_t index, const packet& message) const {
  const auto& from = routes_[index].where;
  if (message.code >= from.length)
    return errc::invalid_message_code;
  if (message.payload.size() > from.max_message_size)
    return errc::outgoing_message_too_large;
  if (!queue_.has_room_for(index, message.payload.size()))
    return errc::write_queue_full;
  return std::nullopt;
}

void peer::seal(std::uint64_t id, byte_view payload) {
  begin_write();
  if (auto why = session_->seal(id, payload, out_))
    fail(*why);
}

/// Takes a buffer if none is in use, and starts the write deadline anew.
void peer::begin_write() {
  if (!out_.empty())
    return;
  last_progress_ = clock().now();
  if (out_.capacity() == 0 && unit())
    out_ = unit()->loop().memory()->take_buffer();
}

bool peer::fill() {
  begin_write();
  if (std::exchange(pong_due_, false))
    seal(p2p::pong_id, p2p::ping_payload);
  if (std::exchange(ping_due_, false)) {
    seal(p2p::ping_id, p2p::ping_payload);
    // A late Pong belongs to the oldest Ping that waits for one.
    if (!ping_sent_)
      ping_sent_ = clock().now();
  }
  auto enough = out_limit_.is_limited() ? max_gathered_slowly : max_gathered;
  while (!queue_.empty() && out_.size() < enough) {
    auto next = queue_.pop();
    if (auto why = session_->seal(next.id, next.payload.view(), out_)) {
      // Data that does not compress may not fit into a frame, if the protocol allows the largest.
      if (next.written.pending())
        next.written.deliver(caf::make_error(*why));
      fail(*why);
      break;
    }
    if (observer_ || node_->meter)
      tell_observers(next.id, next.payload.size(), true);
    if (state_ == state::failed) {
      if (next.written.pending())
        next.written.deliver(caf::make_error(errc::session_closed));
      break;
    }
    if (next.written.pending())
      in_flight_.push_back({route_of(next.id), std::move(next.written)});
  }
  return !out_.empty();
}

void peer::flush() {
  if (is_lame())
    return fail(errc::out_of_memory);
  if (awaiting_writable_ || !stream_ || state_ == state::failed)
    return;
  std::size_t turn = 0;
  while (!out_.empty() || (state_ == state::running && fill())) {
    auto most_now = allowed_by(out_limit_);
    if (most_now == 0)
      return;
    auto rest = byte_view{out_}.subspan(written_);
    auto put = stream_->write_some(rest.first(std::min(rest.size(), most_now)));
    written_ += put.size;
    out_limit_.spend(put.size);
    turn += put.size;
    if (put.size > 0)
      last_progress_ = clock().now();
    if (put.error)
      return on_write_error(*put.error);
    if (put.size < std::min(rest.size(), most_now))
      return await_writable();
    if (written_ < out_.size())
      continue;
    on_written();
    if (turn >= max_turn)
      return await_writable();
  }
  if (unit() && out_.capacity() > 0)
    unit()->loop().memory()->give_back(std::move(out_));
  out_ = bytes{};
  if (state_ == state::closing) {
    stream_->shutdown_write();
    state_ = state::lingering;
    arm(node_->limits.linger_timeout);
    discard();
  }
}

/// Writes all pending messages. Frees the session's memory if no message of a sub-protocol has
/// passed: Pings alone, every few seconds, do not need to keep it.
void peer::end_turn() {
  flush();
  if (session_ && !busy_)
    session_->rest();
}

void peer::on_written() {
  out_.clear();
  written_ = 0;
  for (auto& x : in_flight_)
    x.written.deliver(caf::unit);
  in_flight_.clear();
}

void peer::await_writable() {
  awaiting_writable_ = true;
  stream_->await_writable(*this);
  if (!std::exchange(write_deadline_armed_, true))
    send_later(node_->limits.write_timeout, tick_atom::value, write_deadline);
}

void peer::on_writable() {
  auto turn = enter_from_network();
  awaiting_writable_ = false;
  guarded([this] { end_turn(); });
}

void peer::on_write_error(errc why) {
  broken_ = true;
  // The remote may have sent the reason why it stopped reading, behind all its other data.
  read(max_last_read);
  fail_network(why);
}

void peer::refuse_writes() {
  for (auto& x : in_flight_)
    x.written.deliver(caf::make_error(errc::session_closed));
  in_flight_.clear();
  while (!queue_.empty())
    if (auto next = queue_.pop(); next.written.pending())
      next.written.deliver(caf::make_error(errc::session_closed));
}

/// Returns the number of bytes that may be transferred now. If it is 0, a `resume_atom` follows
/// when there are some.
std::size_t peer::allowed_by(throttle& limit) {
  // The last message and reads after a failure are not limited.
  if (!limit.is_limited() || state_ == state::closing || broken_)
    return std::numeric_limits<std::size_t>::max();
  auto now = clock().now();
  auto out = limit.allowance(now);
  if (out == 0 && limit.needs_timer())
    send_later(limit.ready_at() - now, resume_atom::value);
  return out;
}

void peer::on_write_deadline() {
  write_deadline_armed_ = false;
  if (!awaiting_writable_)
    return;
  auto waited = clock().now() - last_progress_;
  if (waited >= node_->limits.write_timeout)
    return fail_network(errc::write_timeout);
  write_deadline_armed_ = true;
  send_later(node_->limits.write_timeout - waited, tick_atom::value, write_deadline);
}

} // namespace devp2p
