// SPDX-License-Identifier: BSL-1.0
//
// The writing half of the peer.
#include "devp2p/actors/peer.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <utility>

namespace devp2p {

namespace {

/// The maximum number of bytes read after a write error: more than a socket's buffer holds.
constexpr std::size_t max_last_read = std::size_t{8} << 20;

} // namespace

caf::result<void> peer::write(writer_place from, std::span<packet> messages) {
  if (pending_writes_)
    pending_writes_->remove(pending_size(messages));
  auto is_request = current_mailbox_element()->mid.is_request();
  if (!life_.takes_writes()) {
    // A sender that made no request learns of the end by its exit message.
    if (is_request)
      return caf::make_error(errc::session_closed);
    return caf::unit;
  }
  if (auto why = routes_.refuse(from))
    return caf::make_error(*why);
  auto& route = routes_[from.index];
  for (auto& x : messages) {
    if (auto why = refuse(from.index, x))
      return *why == errc::memory_budget_exceeded ? memory_exceeded() : caf::make_error(*why);
    keepalive_.on_packet();
    route.counts->on_sent(x.payload.size());
    // Only a request is answered, so that a plain send costs no second message.
    auto is_last = &x == &messages.back();
    auto receipt = is_last && is_request ? answers_.add({}) : 0u;
    if (receipt != 0)
      answers_[receipt] = make_response_promise(); // It has a place, and is kept.
    outbox_.push({route.where.offset + x.code, std::move(x.payload), receipt, from.index});
    if (is_last)
      return caf::delegated<void>{};
  }
  return caf::unit;
}

std::optional<errc> peer::refuse(std::uint16_t index, const packet& message) const {
  if (auto why = routes_.refuse(index, message))
    return why;
  if (!outbox_.has_room_for(index, message.payload.size()))
    return errc::write_queue_full;
  if (!has_memory_for_write(message.payload.size()))
    return errc::memory_budget_exceeded;
  return std::nullopt;
}

void peer::seal(std::uint64_t id, byte_view payload) {
  if (auto why = session_->seal(id, payload, outbox_.frames(clock().now())))
    fail(*why);
}

/// Seals what is to be written next. Returns false if there is nothing.
bool peer::gather() {
  if (outbox_.is_in_frame())
    return seal_chunk();
  if (farewell_)
    seal(p2p::disconnect_id, p2p::encode_disconnect(*std::exchange(farewell_, std::nullopt)));
  else if (life_.is(phase::running))
    gather_messages();
  return outbox_.has_frames();
}

/// Seals what is due, and messages until they are enough for one write.
void peer::gather_messages() {
  auto now = clock().now();
  auto& frames = outbox_.frames(now);
  if (keepalive_.take_pong())
    seal(p2p::pong_id, p2p::ping_payload);
  if (keepalive_.take_ping(now))
    seal(p2p::ping_id, p2p::ping_payload);
  while (outbox_.wants_more() && seal_next(frames))
    continue;
  if (outbox_.can_begin_frame())
    seal_chunk();
}

/// Seals the next chunk of a large message. Returns false if the session has failed.
bool peer::seal_chunk() {
  auto why = outbox_.seal_chunk(*session_, clock().now());
  if (why) {
    answer_in_flight(*why);
    fail(*why);
  }
  return !why;
}

/// Seals the message whose turn it is. Returns false if the session has failed, or if the message
/// takes several turns.
bool peer::seal_next(bytes& frames) {
  auto next = outbox_.pop();
  if (next.payload.size() > max_sealed) {
    tell_of_sent(next);
    outbox_.begin_large(std::move(next), *session_);
    anon_send_to(this, resume_atom_v);
    return false;
  }
  if (auto why = session_->seal(next.id, next.payload.view(), frames)) {
    // Data that does not compress may not fit into a frame, if the protocol allows the largest.
    answer(next.receipt, *why);
    fail(*why);
    return false;
  }
  tell_of_sent(next);
  if (life_.is(phase::failed)) {
    answer(next.receipt, errc::session_closed);
    return false;
  }
  outbox_.on_sealed(next);
  return true;
}

void peer::tell_of_sent(const pending_write& what) {
  if (const auto& from = routes_[what.index].where; is_observed())
    tell_observers(from, what.id - from.offset, what.payload.size(), true);
}

void peer::flush() {
  if (life_.is_lame())
    return fail(errc::out_of_memory);
  if (outbox_.is_blocked() || !stream_ || life_.is(phase::failed) || life_.hears_out())
    return;
  std::size_t turn = 0;
  while (outbox_.has_frames() || gather()) {
    auto most_now = allowed_by(outbox_.limit());
    if (most_now == 0)
      return;
    auto next = outbox_.unwritten(most_now);
    auto put = stream_->write_some(next);
    outbox_.on_written(put.size, clock().now());
    turn += put.size;
    if (put.error)
      return on_write_error(*put.error);
    if (put.size < next.size())
      return await_writable();
    if (outbox_.has_frames())
      continue;
    if (!outbox_.is_in_frame())
      answer_in_flight(std::nullopt);
    if (turn >= max_turn)
      return await_writable();
  }
  outbox_.rest();
  if (life_.is(phase::closing))
    linger();
}

void peer::await_writable() {
  stream_->await_writable(*this);
  if (outbox_.on_blocked())
    send_later(node_->limits.write_timeout, tick_atom_v, write_deadline);
}

void peer::on_writable() {
  auto turn = enter_from_network();
  outbox_.on_writable();
  guarded([this] { end_turn(); });
}

void peer::on_write_error(errc why) {
  life_.on_write_failure();
  last_read_ = std::make_unique<last_read>(last_read{why});
  hear_out();
  if (has_work())
    anon_send_to(this, resume_atom_v);
}

/// Reads on in the hope of a Disconnect: the remote may have sent the reason why it stopped
/// reading, behind all its other data.
void peer::hear_out() {
  auto got = unpacking_ ? 0 : read();
  last_read_->size += got;
  if ((got == 0 && !unpacking_) || last_read_->size >= max_last_read)
    fail_network(last_read_->why);
}

void peer::on_write_deadline() {
  auto left = outbox_.on_timer(clock().now(), node_->limits.write_timeout);
  if (!left)
    return;
  if (*left == outbox::duration{0})
    return fail_network(errc::write_timeout);
  send_later(*left, tick_atom_v, write_deadline);
}

/// Tells the writer with that receipt, if there is one, that its message was written, or why not.
void peer::answer(std::uint32_t receipt, std::optional<errc> why) {
  if (receipt == 0)
    return;
  auto& promise = answers_[receipt];
  if (why)
    deliver(promise, caf::make_error(*why));
  else
    deliver(promise, caf::unit);
  answers_.remove(receipt);
}

void peer::answer_in_flight(std::optional<errc> why) {
  while (auto receipt = outbox_.in_flight()) {
    answer(receipt, why);
    outbox_.on_answered();
  }
}

void peer::refuse_writes() {
  answer_in_flight(errc::session_closed);
  while (auto receipt = outbox_.drop())
    answer(receipt, errc::session_closed);
  // The message of such a receipt is in no queue: memory ran out when it was on its way into one,
  // or to the stream.
  answers_.clear([](auto& left) { deliver(left, caf::make_error(errc::session_closed)); });
}

} // namespace devp2p
