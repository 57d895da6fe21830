// SPDX-License-Identifier: BSL-1.0
//
// The reading half of the peer.
#include "devp2p/actors/peer.hpp"

#include "devp2p/actors/reason_for.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace devp2p {

namespace {

/// The maximum number of bytes of one read if no larger message is expected.
constexpr std::size_t max_read = std::size_t{64} << 10;
/// The maximum number of bytes of one read before the session runs: the remote is a stranger.
constexpr std::size_t max_stranger_read = std::size_t{4} << 10;

/// The period in which base messages are counted.
constexpr auto base_message_period = std::chrono::seconds{15};

bool has_ended(const handler_actor& handler) {
  return caf::actor_cast<caf::abstract_actor*>(handler)->getf(
    caf::abstract_actor::is_terminated_flag);
}

} // namespace

void peer::on_readable() {
  auto turn = enter_from_network();
  awaiting_readable_ = false;
  guarded([this] {
    read_on();
    end_turn();
  });
}

void peer::read_on() {
  if (is_lame())
    fail(errc::out_of_memory);
  else if (state_ == state::lingering)
    discard();
  else
    read();
}

bool peer::is_reading() const {
  return paused_by_ == nullptr &&
         (state_ == state::handshake || state_ == state::greeting || state_ == state::running);
}

void peer::read(std::size_t most) {
  std::size_t turn = 0;
  if (paused_by_ != nullptr && !paused_by_->window->must_wait())
    paused_by_ = nullptr;
  understand();
  while (is_reading() && turn < most) {
    auto most_now = allowed_by(in_limit_);
    if (most_now == 0)
      break;
    auto room = in_.prepare(wanted_, state_ == state::running ? max_read : max_stranger_read);
    room = room.first(std::min(room.size(), most_now));
    auto got = stream_->read_some(room);
    in_.commit(got.size);
    in_limit_.spend(got.size);
    turn += got.size;
    if (got.size > 0)
      understand();
    if (got.error)
      fail_network(*got.error);
    else if (got.size < room.size())
      break; // No more data is there; another read would only cost time.
  }
  in_.rest();
  await_readable();
}

void peer::await_readable() {
  auto may_read = (is_reading() || state_ == state::lingering) && !in_limit_.waits();
  if (awaiting_readable_ || !may_read)
    return;
  awaiting_readable_ = true;
  stream_->await_readable(*this);
}

void peer::understand() {
  while (is_reading() && in_.size() > 0)
    if (!(handshake_ ? take_handshake() : take_message()))
      return;
}

bool peer::take_handshake() {
  auto take = [this](auto& from) {
    byte_view rest = in_.view();
    auto outcome = from.receive(rest);
    in_.consume(in_.size() - rest.size());
    if (auto* more = std::get_if<rlpx::handshake::incomplete>(&outcome))
      wanted_ = more->wanted;
    else if (auto* why = std::get_if<errc>(&outcome))
      fail(*why);
    else
      establish(std::get<typename std::decay_t<decltype(from)>::established>(outcome));
  };
  std::visit(take, *handshake_);
  if (!session_)
    return false;
  handshake_.reset();
  return true;
}

template <class Established>
void peer::establish(const Established& what) {
  out_.insert(out_.end(), what.reply.begin(), what.reply.end());
  session_.emplace(what.keys);
  wanted_ = 1;
  state_ = state::admission;
  remote_ = what.remote;
  caf::anon_send(supervisor_, remote_);
}

bool peer::take_message() {
  mutable_byte_view rest = in_.view();
  auto outcome = session_->open(rest);
  in_.consume(in_.size() - rest.size());
  if (auto* more = std::get_if<rlpx::session::incomplete>(&outcome)) {
    wanted_ = more->wanted;
    return false;
  }
  wanted_ = 1;
  ++frames_;
  if (auto* why = std::get_if<errc>(&outcome)) {
    fail(*why);
    return false;
  }
  const auto& message = std::get<rlpx::session::message>(outcome);
  if (state_ == state::greeting)
    on_greeting(message);
  else if (message.id < p2p::base_length)
    on_base_message(message);
  else
    on_packet(message);
  return true;
}

void peer::on_greeting(const rlpx::session::message& message) {
  if (message.id == p2p::disconnect_id)
    return fail(remote_disconnect(p2p::decode_disconnect(message.body)));
  if (message.id != p2p::hello_id)
    return fail(errc::unexpected_message);
  // From here on both ends compress, the Disconnect of a refusal included, unless the remote's
  // version is too old. If its Hello cannot be read at all, our version decides, as in the clients
  // in use.
  auto version = p2p::version_of_hello(message.body).value_or(hello::snappy_version);
  if (version >= hello::snappy_version)
    session_->enable_snappy();
  else
    session_->compress_sealed(false);
  auto theirs = p2p::decode_hello(message.body);
  if (!theirs)
    return fail(theirs.error());
  state_ = state::matching;
  caf::anon_send(supervisor_, std::move(*theirs));
}

void peer::prepare(const routing& routes) {
  if (state_ != state::matching)
    return;
  routes_.reserve(routes.routes.size());
  std::size_t largest = p2p::max_hello_size;
  for (const auto& x : routes.routes) {
    largest = std::max(largest, x.max_message_size);
    routes_.push_back({.where = x, .window = make_window()});
  }
  queue_.open(routes_.size(), node_->limits.max_write_queue);
  observer_ = routes.observer;
  session_->limit_messages(largest);
}

std::shared_ptr<read_window> peer::make_window() {
  auto reopened = [self = caf::weak_actor_ptr{ctrl()}] {
    auto alive = self.lock();
    if (!alive)
      return;
    try {
      caf::anon_send(caf::actor_cast<peer_actor>(alive), resume_atom::value);
    } catch (const std::bad_alloc&) {
      return; // Called when a payload is released. The next interval checks again.
    }
  };
  return std::make_shared<read_window>(node_->limits.max_read_window, memory_, std::move(reopened));
}

void peer::run(const handlers& all) {
  if (state_ != state::matching || all.size() != routes_.size())
    return;
  // A handler that is missing may have been replaced already.
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i])
      routes_[i].handler = all[i];
  state_ = state::running;
  read();
}

void peer::detach_handler(std::uint16_t index) {
  if (index >= routes_.size())
    return;
  auto& route = routes_[index];
  route.handler = nullptr;
  // The old handler may be stuck in a call, and write when it returns: this refuses its writes.
  ++route.restarts;
  // Payloads that the old handler still holds do not count against the next one.
  route.window = make_window();
  route.given_back_full.reset();
  route.stalled_intervals = 0;
  if (paused_by_ == &route)
    paused_by_ = nullptr;
  // Reading resumes only after messages that the supervisor has sent: a new handler may come at
  // once.
  caf::anon_send(this, resume_atom::value);
}

void peer::attach_handler(std::uint16_t index, handler_actor next) {
  if (index < routes_.size())
    routes_[index].handler = std::move(next);
}

void peer::on_base_message(const rlpx::session::message& message) {
  switch (message.id) {
  case p2p::hello_id:
    return fail(errc::unexpected_message);
  case p2p::disconnect_id:
    return fail(remote_disconnect(p2p::decode_disconnect(message.body)));
  case p2p::ping_id:
    // One Pong answers all Pings of one read.
    pong_due_ = true;
    break;
  case p2p::pong_id:
    if (ping_sent_)
      return on_pong();
    break;
  default:
    ++ignored_messages_;
  }
  auto now = clock().now();
  if (now - base_period_ >= base_message_period) {
    base_period_ = now;
    base_messages_ = 0;
  }
  if (++base_messages_ > node_->limits.max_base_messages)
    fail(errc::base_message_flood);
}

std::uint64_t peer::on_interval(const pinger_actor& pinger) {
  if (pinger)
    pinger_ = pinger;
  ping_due_ = state_ == state::running;
  busy_ = false;
  look_for_stalls();
  if (paused_by_ != nullptr && !paused_by_->window->must_wait())
    caf::anon_send(this, resume_atom::value);
  if (paused_by_ != nullptr || in_limit_.waits())
    ++paused_intervals_;
  return frames_ + paused_intervals_;
}

void peer::look_for_stalls() {
  for (std::uint16_t i = 0; i < routes_.size(); ++i) {
    auto& route = routes_[i];
    auto before = std::exchange(route.given_back_full, std::nullopt);
    if (route.window->is_full())
      route.given_back_full = route.window->given_back();
    auto stalls = before && route.given_back_full == before && !is_writing(i);
    route.stalled_intervals = stalls ? route.stalled_intervals + 1 : 0;
    if (route.stalled_intervals < node_->limits.max_missed_pings)
      continue;
    route.stalled_intervals = 0;
    caf::anon_send(supervisor_, stalled_atom::value, i, route.restarts);
  }
}

/// Returns true iff a message that this sub-protocol has written still waits. Then its handler may
/// well wait, too: for the remote, which has a deadline of its own, for a rate, or for the turns of
/// others.
bool peer::is_writing(std::size_t index) const {
  return !queue_.empty(index) ||
         std::any_of(in_flight_.begin(), in_flight_.end(),
                     [from = &routes_[index]](const auto& x) { return x.from == from; });
}

void peer::on_pong() {
  auto round_trip = clock().now() - *ping_sent_;
  ping_sent_.reset();
  caf::anon_send(pinger_, pong_atom::value, std::chrono::duration_cast<caf::timespan>(round_trip));
}

peer::live_route* peer::route_of(std::uint64_t id) {
  for (auto& x : routes_)
    if (id >= x.where.offset && id - x.where.offset < x.where.length)
      return &x;
  return nullptr;
}

void peer::on_packet(const rlpx::session::message& message) {
  auto* to = route_of(message.id);
  if (to == nullptr)
    return fail(caf::make_error(errc::message_code_out_of_range, std::to_string(message.id)));
  if (message.size > to->where.max_message_size)
    return fail(caf::make_error(errc::message_too_large, to_string(to->where.protocol)));
  busy_ = true;
  ++to->counts.messages_in;
  to->counts.bytes_in += message.size;
  // A handler that has just ended gets no message. The supervisor has yet to report its end.
  if (!to->handler || has_ended(to->handler)) {
    ++to->counts.messages_discarded;
    return;
  }
  // A full window accepts one more message. Earlier messages of the base protocol and of other
  // sub-protocols are not held up.
  if (to->window->must_wait())
    paused_by_ = to;
  auto payload = to->window->allocate(message.size);
  if (auto why = rlpx::session::read(message, {payload.get(), message.size}))
    return fail(*why);
  auto code = message.id - to->where.offset;
  if (observer_ || node_->meter)
    tell_observers(message.id, message.size, false);
  caf::anon_send(to->handler, packet{code, blob{std::move(payload), message.size}});
}

void peer::tell_observers(std::uint64_t id, std::size_t size, bool sent) {
  const auto& where = route_of(id)->where;
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
    caf::anon_send(observer_,
                   message_event{remote_, where.protocol, id - where.offset, size, sent});
}

} // namespace devp2p
