// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peer.hpp"

#include "devp2p/actors/reason_for.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace devp2p {

namespace {

/// What one turn reads or writes at most before others have theirs: who comes to a loop with many
/// busy peers waits for a turn of each, several times over. Longer turns are no faster.
constexpr std::size_t max_turn = std::size_t{64} << 10;

/// What one read can bring, if nothing larger is waited for; and so much is held for a stranger.
constexpr std::size_t max_read = std::size_t{64} << 10;
constexpr std::size_t max_stranger_read = std::size_t{4} << 10;

/// Frames are gathered into writes of about this size.
constexpr std::size_t max_gathered = std::size_t{128} << 10;

/// In which base messages are counted.
constexpr auto base_message_period = std::chrono::seconds{15};

/// After a write error: more than a socket's buffer holds.
constexpr std::size_t max_last_read = std::size_t{8} << 20;

/// The deadline of a blocked write; the others count up from here.
constexpr std::uint64_t write_deadline = 0;

std::shared_ptr<rate_limit> make_limit(std::uint64_t rate) {
  return rate == 0 ? nullptr : std::make_shared<rate_limit>(rate);
}

} // namespace

peer::peer(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
           std::shared_ptr<const node_config> node, supervisor_actor supervisor,
           std::shared_ptr<net::stream> stream, const std::optional<node_id>& dialled)
  : pinned(config, std::move(unit)),
    node_(std::move(node)),
    supervisor_(std::move(supervisor)),
    stream_(std::move(stream)),
    dialled_(dialled.has_value()),
    handshake_(dialled ? rlpx::handshake::initiator(node_->key, *dialled, *node_->random)
                       : rlpx::handshake::recipient(node_->key, *node_->random)),
    in_limit_(make_limit(node_->limits.max_rate_in), node_->rate_in),
    out_limit_(make_limit(node_->limits.max_rate_out), node_->rate_out) {}

peer::behavior_type peer::make_behavior() {
  if (dialled_) {
    if (auto auth = handshake_->start())
      out_ = std::move(*auth);
    else
      fail(auth.error());
  }
  read(max_turn);
  return {
    [this](write_atom, std::uint16_t index, std::uint32_t restarts, packet& message) {
      return write(index, restarts, message);
    },
    [this](const hello& ours) {
      if (state_ != state::admission)
        return;
      seal(p2p::hello_id, p2p::encode_hello(ours));
      state_ = state::greeting;
      read(max_turn);
    },
    [this](const routing& routes) { prepare(routes); },
    [this](const handlers& all) { run(all); },
    [this](route_atom, std::uint16_t index) { give_up(index); },
    [this](route_atom, std::uint16_t index, handler_actor& next) {
      replace(index, std::move(next));
    },
    [this](ping_atom, const pinger_actor& pinger) { return on_interval(pinger); },
    [this](info_atom) {
      peer_counts out{{}, ignored_messages_};
      for (const auto& x : routes_)
        out.protocols.push_back(x.counts);
      return out;
    },
    [this](close_atom, disconnect_reason reason) { close(reason); },
    [this](close_atom) { close(std::nullopt); },
    [this](resume_atom) { read(max_turn); },
    [this](tick_atom, std::uint64_t deadline) { on_deadline(deadline); },
  };
}

void peer::on_exit() {
  state_ = state::gone;
  release();
  paused_by_ = nullptr;
  routes_.clear();
  observer_ = nullptr;
  pinger_ = nullptr;
  supervisor_ = nullptr;
}

caf::resumable::resume_result peer::resume(caf::execution_unit* unit, std::size_t max_throughput) {
  auto result = pinned::resume(unit, max_throughput);
  // One write for all that the batch of messages has left to write.
  flush();
  return result;
}

// -- reading ------------------------------------------------------------------

void peer::on_readable() {
  enter_from_network();
  awaiting_readable_ = false;
  if (state_ == state::lingering)
    discard();
  else
    read(max_turn);
  flush();
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
    auto most_now = allowed_by(in_limit_, in_waits_);
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
      break; // That was all; to ask again only costs time.
  }
  in_.rest();
  await_readable();
}

void peer::await_readable() {
  auto may_read = (is_reading() && !in_waits_) || state_ == state::lingering;
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
  byte_view rest = in_.view();
  auto outcome = handshake_->receive(rest);
  in_.consume(in_.size() - rest.size());
  if (auto* more = std::get_if<rlpx::handshake::incomplete>(&outcome)) {
    wanted_ = more->wanted;
    return false;
  }
  if (auto* why = std::get_if<errc>(&outcome)) {
    fail(*why);
    return false;
  }
  auto& established = std::get<rlpx::handshake::established>(outcome);
  out_.insert(out_.end(), established.reply.begin(), established.reply.end());
  session_.emplace(established.keys);
  handshake_.reset();
  wanted_ = 1;
  state_ = state::admission;
  remote_ = established.remote;
  caf::anon_send(supervisor_, remote_);
  return true;
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
  auto theirs = p2p::decode_hello(message.body);
  if (!theirs)
    return fail(theirs.error());
  // From here on both ends compress, the Disconnect of a refusal included.
  if (theirs->version >= hello::snappy_version)
    session_->enable_snappy();
  state_ = state::matching;
  caf::anon_send(supervisor_, std::move(*theirs));
}

void peer::prepare(const routing& routes) {
  if (state_ != state::matching)
    return;
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
    if (auto alive = self.lock())
      caf::anon_send(caf::actor_cast<peer_actor>(alive), resume_atom::value);
  };
  return std::make_shared<read_window>(node_->limits.max_read_window, std::move(reopened));
}

void peer::run(const handlers& all) {
  if (state_ != state::matching || all.size() != routes_.size())
    return;
  for (std::size_t i = 0; i < all.size(); ++i)
    routes_[i].handler = all[i];
  state_ = state::running;
  read(max_turn);
}

void peer::give_up(std::uint16_t index) {
  if (index >= routes_.size())
    return;
  auto& route = routes_[index];
  route.handler = nullptr;
  // It may be stuck in a call, and go on to write when it comes back.
  ++route.restarts;
  // What the last one still holds is none of the next one's.
  route.window = make_window();
  route.given_back_full.reset();
  route.stalled_intervals = 0;
  if (paused_by_ == &route)
    paused_by_ = nullptr;
  // Not before the supervisor has had its say: another may take its place at once.
  caf::anon_send(this, resume_atom::value);
}

void peer::replace(std::uint16_t index, handler_actor next) {
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
    // However many Pings come in one read, one Pong shows that we live.
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
  pinger_ = pinger;
  ping_due_ = state_ == state::running;
  look_for_stalls();
  if (paused_by_ != nullptr || in_waits_)
    ++paused_intervals_;
  return frames_ + paused_intervals_;
}

void peer::look_for_stalls() {
  for (std::uint16_t i = 0; i < routes_.size(); ++i) {
    auto& route = routes_[i];
    auto before = std::exchange(route.given_back_full, std::nullopt);
    if (route.window->is_full())
      route.given_back_full = route.window->given_back();
    // What waits to be written is held by us, and has a deadline of its own.
    auto stalls = before && route.given_back_full == before && !awaiting_writable_;
    route.stalled_intervals = stalls ? route.stalled_intervals + 1 : 0;
    if (route.stalled_intervals < node_->limits.max_missed_pings)
      continue;
    route.stalled_intervals = 0;
    caf::anon_send(supervisor_, failed_atom::value, i, route.restarts);
  }
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
  ++to->counts.messages_in;
  to->counts.bytes_in += message.size;
  if (!to->handler) {
    ++to->counts.messages_discarded;
    return;
  }
  // Full it takes one message more: what comes before that, of the base protocol and of others, is
  // none of its business.
  if (to->window->must_wait())
    paused_by_ = to;
  auto payload = to->window->allocate(message.size);
  if (auto why = rlpx::session::read(message, {payload.get(), message.size}))
    return fail(*why);
  auto code = message.id - to->where.offset;
  if (observer_)
    tell_observer(message.id, message.size, false);
  caf::anon_send(to->handler, packet{code, blob{std::move(payload), message.size}});
}

void peer::tell_observer(std::uint64_t id, std::size_t size, bool sent) {
  const auto& where = route_of(id)->where;
  caf::anon_send(observer_, message_event{remote_, where.protocol, id - where.offset, size, sent});
}

// -- writing ------------------------------------------------------------------

caf::result<void> peer::write(std::uint16_t index, std::uint32_t restarts, packet& message) {
  // A handler may write before it can be read to: it was spawned a moment ago.
  if (state_ != state::running && state_ != state::matching) {
    // Who merely sends learns of the end by its exit message.
    if (current_mailbox_element()->mid.is_request())
      return caf::make_error(errc::session_closed);
    return caf::unit;
  }
  if (index >= routes_.size() || message.code >= routes_[index].where.length)
    return caf::make_error(errc::invalid_message_code);
  auto& from = routes_[index];
  if (restarts != from.restarts)
    return caf::make_error(errc::handler_detached);
  if (message.payload.size() > from.where.max_message_size)
    return caf::make_error(errc::outgoing_message_too_large);
  auto size = message.payload.size();
  if (!queue_.has_room_for(index, size))
    return caf::make_error(errc::write_queue_full);
  ++from.counts.messages_out;
  from.counts.bytes_out += size;
  // Who merely sends is not told, so that a message costs no second one.
  auto written =
    current_mailbox_element()->mid.is_request() ? make_response_promise() : caf::response_promise{};
  queue_.push(index, {from.where.offset + message.code, std::move(message.payload), written});
  return written;
}

void peer::seal(std::uint64_t id, byte_view payload) {
  begin_write();
  if (auto why = session_->seal(id, payload, out_))
    fail(*why);
}

/// What is written next has its whole deadline before it.
void peer::begin_write() {
  if (out_.empty())
    last_progress_ = clock().now();
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
  auto enough = out_limit_.is_limited() ? max_turn / 16 : max_gathered;
  while (!queue_.empty() && out_.size() < enough) {
    auto next = queue_.pop();
    if (auto why = session_->seal(next.id, next.payload.view(), out_)) {
      // Data that does not compress may not fit into a frame, if the protocol allows the largest.
      if (next.written.pending())
        next.written.deliver(caf::make_error(*why));
      fail(*why);
      break;
    }
    if (observer_)
      tell_observer(next.id, next.payload.size(), true);
    if (next.written.pending())
      in_flight_.push_back(std::move(next.written));
  }
  return !out_.empty();
}

void peer::flush() {
  if (awaiting_writable_ || !stream_ || state_ == state::failed)
    return;
  std::size_t turn = 0;
  while (!out_.empty() || (state_ == state::running && fill())) {
    auto most_now = allowed_by(out_limit_, out_waits_);
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
  if (out_.capacity() > 0)
    out_ = bytes{};
  if (state_ == state::closing) {
    stream_->shutdown_write();
    state_ = state::lingering;
    arm(node_->limits.linger_timeout);
    discard();
  }
}

void peer::on_written() {
  out_.clear();
  written_ = 0;
  for (auto& x : in_flight_)
    x.deliver(caf::unit);
  in_flight_.clear();
}

void peer::await_writable() {
  awaiting_writable_ = true;
  stream_->await_writable(*this);
  if (!std::exchange(write_deadline_armed_, true))
    delayed_send(this, node_->limits.write_timeout, tick_atom::value, write_deadline);
}

void peer::on_writable() {
  enter_from_network();
  awaiting_writable_ = false;
  flush();
}

void peer::on_write_error(errc why) {
  // The remote may have said why it does not read any more, behind all else that it had sent.
  read(max_last_read);
  fail_network(why);
}

void peer::refuse_writes() {
  for (auto& x : in_flight_)
    x.deliver(caf::make_error(errc::session_closed));
  in_flight_.clear();
  while (!queue_.empty())
    if (auto next = queue_.pop(); next.written.pending())
      next.written.deliver(caf::make_error(errc::session_closed));
}

/// How many octets may be moved now; if none, we shall be told when there are some.
std::size_t peer::allowed_by(throttle& limit, bool& waits) {
  // What is to be said last is not held back.
  if (!limit.is_limited() || state_ == state::closing)
    return std::numeric_limits<std::size_t>::max();
  auto now = clock().now();
  auto out = limit.allowance(now);
  if (out > 0)
    waits = false;
  else if (!std::exchange(waits, true))
    delayed_send(this, limit.ready_at() - now, resume_atom::value);
  return out;
}

// -- the end ------------------------------------------------------------------

void peer::fail_network(errc why) {
  broken_ = true;
  if (state_ == state::closing || state_ == state::lingering)
    finish();
  else
    fail(why);
}

void peer::fail(caf::error why) {
  if (state_ >= state::failed)
    return;
  state_ = state::failed;
  caf::anon_send(supervisor_, failed_atom::value, std::move(why));
}

void peer::close(std::optional<disconnect_reason> reason) {
  if (state_ > state::failed)
    return;
  refuse_writes();
  in_ = read_buffer{};
  if (broken_ || !session_ || !reason)
    return finish();
  seal(p2p::disconnect_id, p2p::encode_disconnect(*reason));
  state_ = state::closing;
  arm(node_->limits.disconnect_timeout);
}

void peer::discard() {
  std::array<std::uint8_t, 4096> nowhere;
  for (std::size_t turn = 0; turn < max_turn / nowhere.size(); ++turn) {
    auto got = stream_->read_some(nowhere);
    if (got.error)
      return finish();
    if (got.size == 0)
      break;
  }
  await_readable();
}

void peer::finish() {
  state_ = state::gone;
  release();
  // An actor cannot quit in a callback of the network.
  caf::anon_send_exit(this, caf::exit_reason::user_shutdown);
}

/// Holds nothing any more, though timers and handlers may hold us for a while.
void peer::release() {
  stream_.reset();
  refuse_writes();
  handshake_.reset();
  session_.reset();
  in_ = read_buffer{};
  out_ = bytes{};
  written_ = 0;
}

void peer::arm(caf::timespan delay) {
  delayed_send(this, delay, tick_atom::value, ++deadline_);
}

void peer::on_deadline(std::uint64_t deadline) {
  if (deadline == write_deadline)
    return on_write_deadline();
  if (deadline == deadline_ && (state_ == state::closing || state_ == state::lingering))
    finish();
}

void peer::on_write_deadline() {
  write_deadline_armed_ = false;
  if (!awaiting_writable_)
    return;
  auto waited = clock().now() - last_progress_;
  if (waited >= node_->limits.write_timeout)
    return fail_network(errc::write_timeout);
  write_deadline_armed_ = true;
  delayed_send(this, node_->limits.write_timeout - waited, tick_atom::value, write_deadline);
}

} // namespace devp2p
