// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peer.hpp"

#include "devp2p/net/p2p/base.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace devp2p {

namespace {

std::shared_ptr<std::pmr::memory_resource> memory_of(const std::shared_ptr<loop_unit>& unit) {
  if (unit)
    return unit->loop().memory();
  // The global resource has no owner.
  return {std::shared_ptr<void>{}, std::pmr::new_delete_resource()};
}

std::variant<rlpx::handshake, rlpx::cleartext_handshake>
make_handshake(const node_config& self, const std::optional<node_id>& dialled) {
  using rlpx::cleartext_handshake;
  if (self.cleartext)
    return dialled ? cleartext_handshake::initiator(self.key.id(), *dialled)
                   : cleartext_handshake::recipient(self.key.id());
  return dialled ? rlpx::handshake::initiator(self.key, *dialled, *self.random)
                 : rlpx::handshake::recipient(self.key, *self.random);
}

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
    handshake_(std::make_unique<handshake>(make_handshake(*node_, dialled))),
    in_limit_(make_limit(node_->limits.max_rate_in), node_->rate_in),
    out_limit_(make_limit(node_->limits.max_rate_out), node_->rate_out),
    memory_(memory_of(this->unit())) {}

peer::behavior_type peer::make_behavior() {
  if (dialled_) {
    if (auto auth = std::visit([](auto& x) { return x.start(); }, *handshake_))
      out_ = std::move(*auth);
    else
      fail(auth.error());
  }
  read();
  // An exception in a handler ends the peer, and the supervisor receives it. There are many peers,
  // and a guard around each of these functions would cost each peer 200 bytes.
  return {
    [this](write_atom, std::uint16_t index, std::uint32_t restarts, packet& message) {
      return write(index, restarts, {&message, 1});
    },
    [this](write_atom, std::uint16_t index, std::uint32_t restarts, std::vector<packet>& messages) {
      return write(index, restarts, messages);
    },
    [this](const hello& ours) {
      if (state_ != state::admission)
        return;
      seal(p2p::hello_id, p2p::encode_hello(ours));
      // Our Hello tells the remote that the messages after it are compressed, a Disconnect
      // included.
      session_->compress_sealed(true);
      state_ = state::greeting;
      read();
    },
    [this](const routing& routes) { prepare(routes); },
    [this](const handlers& all) { run(all); },
    [this](detach_atom, std::uint16_t index) { detach_handler(index); },
    [this](attach_atom, std::uint16_t index, handler_actor& next) {
      attach_handler(index, std::move(next));
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
    [this](resume_atom) { read_on(); },
    [this](failed_atom, std::uint16_t index, std::uint64_t lost) {
      if (index < routes_.size())
        routes_[index].counts.messages_discarded += lost;
    },
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
  // One write for all messages that the batch has left to write.
  try {
    guarded([this] { end_turn(); });
  } catch (const std::bad_alloc&) {
    return result; // The supervisor could not be told; a deadline will tell it.
  }
  return result;
}

// The end.

void peer::fail_network(errc why) {
  broken_ = true;
  if (state_ == state::closing || state_ == state::lingering)
    finish();
  else
    fail(why);
}

/// Fails without writing any more: the exception may have left any part of the state unfinished.
void peer::fail_at_once(caf::error why) {
  broken_ = true;
  // Frees memory first, for the message to the supervisor.
  in_.release();
  out_ = bytes{};
  written_ = 0;
  if (state_ > state::failed || asked_to_close_)
    finish();
  else
    fail(why ? std::move(why) : caf::make_error(errc::out_of_memory));
}

void peer::fail(caf::error why) {
  if (state_ >= state::failed)
    return;
  caf::anon_send(supervisor_, failed_atom::value, std::move(why));
  state_ = state::failed;
}

void peer::close(std::optional<disconnect_reason> reason) {
  if (state_ > state::failed)
    return;
  asked_to_close_ = true;
  refuse_writes();
  in_.release();
  if (broken_ || !session_ || !reason)
    return finish();
  seal(p2p::disconnect_id, p2p::encode_disconnect(*reason));
  state_ = state::closing;
  arm(node_->limits.disconnect_timeout);
}

void peer::discard() {
  std::array<std::uint8_t, 4096> nowhere;
  for (std::size_t turn = 0; turn < max_turn / nowhere.size(); ++turn) {
    auto most_now = std::min(nowhere.size(), allowed_by(in_limit_));
    if (most_now == 0)
      break;
    auto got = stream_->read_some({nowhere.data(), most_now});
    in_limit_.spend(got.size);
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

/// Releases all resources: timers and handlers may still hold a reference to this actor for a
/// while.
void peer::release() {
  stream_.reset();
  refuse_writes();
  handshake_.reset();
  session_.reset();
  in_.release();
  out_ = bytes{};
  written_ = 0;
}

void peer::arm(caf::timespan delay) {
  send_later(delay, tick_atom::value, ++deadline_);
}

void peer::on_deadline(std::uint64_t deadline) {
  if (deadline == write_deadline)
    return on_write_deadline();
  if (deadline == deadline_ && (state_ == state::closing || state_ == state::lingering))
    finish();
}

} // namespace devp2p
