// SPDX-License-Identifier: BSL-1.0
//
// The reading half of the peer.
#include "devp2p/actors/peer.hpp"
#include "devp2p/actors/reason_for.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <utility>

namespace devp2p {

namespace {

/// The maximum number of bytes of one read if no larger message is expected.
constexpr std::size_t max_read = std::size_t{64} << 10;
/// The maximum number of bytes of one read of a larger message. All of them are decrypted at once.
constexpr std::size_t max_large_read = std::size_t{128} << 10;
/// The maximum number of bytes of one read before the session runs, as the remote is a stranger, or
/// when there is no memory for more.
constexpr std::size_t max_small_read = intake::small;

bool has_ended(const handler_actor& handler) {
  return caf::actor_cast<caf::abstract_actor*>(handler)->getf(
    caf::abstract_actor::is_terminated_flag);
}

} // namespace

void peer::on_readable() {
  auto turn = enter_from_network();
  intake_.on_readable();
  guarded([this] {
    read_on();
    end_turn();
  });
}

void peer::read_on() {
  if (life_.is_lame())
    fail(errc::out_of_memory);
  else if (life_.is(phase::lingering))
    discard();
  else if (account_ && account_->must_end())
    fail(memory_exceeded());
  else
    read();
}

/// Reads and handles what has come. Returns the number of bytes that were read.
std::size_t peer::read() {
  std::size_t turn = 0;
  routes_.go_on();
  take_held_back();
  understand();
  auto must_give_back = account_ && account_->must_give_back();
  while (is_reading() && turn < max_turn && !must_wait_for_memory()) {
    auto most_now = std::min(allowed_by(intake_.limit()), max_large_read);
    if (most_now == 0)
      break;
    auto room = intake_.room(read_size(), most_now);
    auto got = stream_->read_some(room);
    intake_.on_read(got.size);
    turn += got.size;
    if (got.size > 0)
      understand();
    if (got.error) {
      fail_network(*got.error);
    } else if (got.size <
               room.size()) { // No more data is there; another read would only cost time.
      if (must_give_back)
        take_back_memory();
      break;
    } else {
      must_give_back = false; // It comes as fast as it is read.
    }
  }
  if (!held_back_ && !unpacking_)
    intake_.rest();
  await_readable();
  return turn;
}

/// Returns the size of a buffer to read into, if no larger message is expected.
std::size_t peer::read_size() const {
  return life_.is(phase::running) && account_->is_allowed(max_read) ? max_read : max_small_read;
}

void peer::await_readable() {
  if (((is_reading() && !memory_wait_) || life_.is(phase::lingering)) && intake_.must_await())
    stream_->await_readable(*this);
}

void peer::understand() {
  while (is_reading() && !intake_.empty())
    if (!(handshake_ ? take_handshake() : take_message()))
      return;
}

void peer::discard() {
  std::array<std::uint8_t, 4096> nowhere;
  auto& limit = intake_.limit();
  for (std::size_t turn = 0; turn < max_turn / nowhere.size(); ++turn) {
    auto most_now = std::min(nowhere.size(), allowed_by(limit));
    if (most_now == 0)
      break;
    auto got = stream_->read_some({nowhere.data(), most_now});
    limit.spend(got.size);
    if (got.error)
      return finish();
    if (got.size == 0)
      break;
  }
  await_readable();
}

bool peer::take_message() {
  mutable_byte_view rest = intake_.view();
  auto outcome = session_->open(rest);
  if (auto* more = std::get_if<rlpx::session::incomplete>(&outcome)) {
    intake_.on_parsed(rest.size(), more->wanted);
    return false;
  }
  intake_.on_parsed(rest.size());
  keepalive_.on_frame();
  if (auto* why = std::get_if<errc>(&outcome)) {
    fail(*why);
    return false;
  }
  const auto& message = std::get<rlpx::session::message>(outcome);
  if (life_.is(phase::greeting))
    on_greeting(message);
  else if (message.id < p2p::base_length)
    on_base_message(message);
  else
    on_packet(message);
  return true;
}

void peer::on_base_message(const rlpx::session::message& message) {
  if (message.id == p2p::hello_id)
    return fail(errc::unexpected_message);
  if (message.id == p2p::disconnect_id)
    return fail(remote_disconnect(p2p::decode_disconnect(message.body)));
  auto round_trip = keepalive_.on_base_message(message.id, clock().now());
  if (!round_trip)
    fail(round_trip.error());
  else if (*round_trip)
    on_pong(**round_trip);
}

void peer::on_pong(std::chrono::nanoseconds taken) {
  remote_.on_pong(taken);
  if (counts_)
    counts_->set_ping(remote_.times());
}

void peer::on_packet(const rlpx::session::message& message) {
  auto index = routes_.find(message.id);
  if (!index)
    return fail(caf::make_error(errc::message_code_out_of_range, std::to_string(message.id)));
  auto& route = routes_[*index];
  const auto& where = route.where;
  if (message.size > where.max_message_size)
    return fail(caf::make_error(errc::message_too_large, to_string(where.protocol)));
  keepalive_.on_packet();
  route.counts->on_received(message.size);
  take_in(*index, message);
}

/// Gives a message to its handler, or holds it back until there is memory for its payload.
void peer::take_in(std::size_t index, const rlpx::session::message& message) {
  auto& route = routes_[index];
  const auto& where = route.where;
  // A handler that has just ended gets no message. The supervisor has yet to report its end.
  if (!route.handler || has_ended(route.handler)) {
    route.counts->on_discarded(1);
    return;
  }
  if (must_wait_for_payload(message.size)) {
    held_back_ = std::make_unique<held_message>(held_message{index, message});
    return;
  }
  // A full window accepts one more message. Earlier messages of the base protocol and of other
  // sub-protocols are not held up.
  if (route.window->must_wait())
    routes_.pause_for(index);
  auto payload = route.window->allocate(message.size);
  mutable_byte_view out{payload.get(), message.size};
  packet complete{message.id - where.offset, blob{std::move(payload), message.size}};
  if (message.size > max_unpacked)
    return begin_unpacking(index, message, out, std::move(complete));
  if (auto why = rlpx::session::read(message, out))
    return fail(*why);
  hand_over(index, std::move(complete));
}

/// Gives a message whose payload is complete to its handler.
void peer::hand_over(std::size_t index, packet message) {
  const auto& route = routes_[index];
  if (is_observed())
    tell_observers(route.where, message.code, message.payload.size(), false);
  anon_send_to(route.handler, std::move(message));
}

/// Has the next turns write the payload, `out`. The peer reads nothing meanwhile, so that the body
/// of `message` stays where it is.
void peer::begin_unpacking(std::size_t index, const rlpx::session::message& message,
                           mutable_byte_view out, packet complete) {
  using rlpx::uncompressor;
  auto progress =
    message.compressed ? uncompressor{message.body, out} : uncompressor::copying(message.body, out);
  unpacking_ = std::make_unique<unpacking>(unpacking{progress, index, std::move(complete)});
  anon_send_to(this, resume_atom_v);
}

void peer::unpack() {
  using progress = rlpx::uncompressor::progress;
  switch (unpacking_->progress.run(max_unpacked)) {
  case progress::more:
    return;
  case progress::malformed:
    unpacking_ = nullptr;
    return fail(errc::snappy_malformed);
  case progress::done:
    auto done = std::exchange(unpacking_, nullptr);
    auto& route = routes_[done->index];
    if (route.handler && !has_ended(route.handler))
      hand_over(done->index, std::move(done->message));
    else
      route.counts->on_discarded(1);
    done = nullptr;
    read();
  }
}

/// Releases what was read and is not handled yet.
void peer::drop_input() {
  unpacking_ = nullptr;
  held_back_ = nullptr;
  memory_wait_ = nullptr;
  intake_.release();
  if (account_)
    account_->end_wait();
}

void peer::tell_observers(const route& where, std::uint64_t code, std::size_t size, bool sent) {
  try {
    if (node_->meter && sent)
      node_->meter->on_sent(where.protocol, size);
    else if (node_->meter)
      node_->meter->on_received(where.protocol, size);
  } catch (const std::exception& what) {
    fail(caf::make_error(errc::callback_failed, "the traffic meter: " + std::string{what.what()}));
  } catch (...) {
    fail(caf::make_error(errc::callback_failed, "the traffic meter"));
  }
  if (observer_)
    anon_send_to(observer_->receiver,
                 message_event{observer_->remote, where.protocol, code, size, sent});
}

} // namespace devp2p
