// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peer.hpp"

#include "devp2p/actors/progress.hpp"
#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>

#include <limits>
#include <new>
#include <utility>

namespace devp2p {

namespace {

std::shared_ptr<std::pmr::memory_resource> memory_of(const std::shared_ptr<loop_unit>& unit) {
  if (unit)
    return unit->loop().memory();
  // The global resource has no owner.
  return {std::shared_ptr<void>{}, std::pmr::new_delete_resource()};
}

/// Returns the keys that the loop has made ahead; null if there is no loop, or if the node has a
/// random source of its own, as in tests.
crypto::key_reserve* keys_of(const std::shared_ptr<loop_unit>& unit, const node_config& self) {
  return unit && is_system_random(self.random) ? &unit->loop().keys() : nullptr;
}

std::variant<rlpx::handshake, rlpx::cleartext_handshake>
make_handshake(const node_config& self, const std::optional<node_id>& dialled,
               crypto::key_reserve* ahead) {
  using rlpx::cleartext_handshake;
  if (self.cleartext)
    return dialled ? cleartext_handshake::initiator(self.key.id(), *dialled)
                   : cleartext_handshake::recipient(self.key.id());
  return dialled ? rlpx::handshake::initiator(self.key, *dialled, *self.random, ahead)
                 : rlpx::handshake::recipient(self.key, *self.random, ahead);
}

/// Returns the number of the message that the handler is busy with, if there is a handler, and one
/// that tells.
std::optional<std::uint32_t> busy_with(const handler_actor& handler) {
  if (!handler)
    return std::nullopt;
  auto* actor = caf::actor_cast<caf::abstract_actor*>(handler);
  auto* told = dynamic_cast<const detail::progress*>(actor);
  return told != nullptr ? told->busy_with() : std::nullopt;
}

std::shared_ptr<rate_limit> make_limit(std::uint64_t rate) {
  return rate == 0 ? nullptr : std::make_shared<rate_limit>(rate);
}

} // namespace

peer::peer(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
           std::shared_ptr<const node_config> node, supervisor_actor supervisor,
           std::shared_ptr<pinged_sessions> pinged, std::shared_ptr<net::stream> stream,
           const std::optional<node_id>& dialled)
  : uniform(config, std::move(unit)),
    node_(std::move(node)),
    supervisor_(std::move(supervisor)),
    pinged_(std::move(pinged)),
    stream_(std::move(stream)),
    life_(dialled ? phase::dialling : phase::handshake),
    handshake_(
      std::make_unique<handshake>(make_handshake(*node_, dialled, keys_of(this->unit(), *node_)))),
    intake_(memory_of(this->unit()), make_limit(node_->limits.max_rate_in), node_->rate_in),
    outbox_(make_limit(node_->limits.max_rate_out), node_->rate_out,
            this->unit() ? this->unit()->loop().memory().get() : nullptr),
    keepalive_(node_->limits.max_base_messages) {}

peer::behavior_type peer::make_behavior() {
  if (life_.is(phase::dialling))
    shake_hands();
  read();
  // An exception in a handler ends the peer, and the supervisor receives it.
  static const behavior_type for_all{
    [](write_atom, writer_place from, packet& message) {
      return self->write(from, {&message, 1});
    },
    [](write_atom, writer_place from, std::vector<packet>& messages) {
      return self->write(from, messages);
    },
    [](const hello& ours) { self->greet(ours); },
    [](const routing& routes) { self->prepare(routes); },
    [](const handlers& all) { self->run(all); },
    [](detach_atom, std::uint16_t index) { self->detach_handler(index); },
    [](attach_atom, std::uint16_t index, handler_actor& next) {
      self->attach_handler(index, std::move(next));
    },
    [](ping_atom) { self->on_interval(); },
    [](info_atom) { return self->counts(); },
    [](close_atom, disconnect_reason reason) { self->close(reason); },
    [](close_atom) { self->close(std::nullopt); },
    [](resume_atom) { self->read_on(); },
    [](failed_atom, std::uint16_t index, std::uint64_t lost) { self->on_lost(index, lost); },
    [](stalled_atom, std::uint16_t index, bool on_loop) {
      anon_send_to(self->supervisor_, stalled_atom_v, index, on_loop);
    },
    [](tick_atom, std::uint64_t deadline) { self->on_deadline(deadline); },
  };
  return for_all;
}

void peer::on_exit() {
  life_.enter(phase::gone);
  release();
  routes_.clear();
  observer_ = nullptr;
  pinged_ = nullptr;
  supervisor_ = nullptr;
}

caf::resumable::resume_result peer::resume(execution_unit* unit, std::size_t max_throughput) {
  auto result = uniform::resume(unit, max_throughput);
  // One write for all messages that the batch has left to write.
  try {
    guarded([this] {
      work();
      end_turn();
    });
  } catch (const std::bad_alloc&) {
    return result; // The supervisor could not be told; a deadline will tell it.
  }
  return has_work() ? once_more(result) : result;
}

/// Does a slice of the work on a large message. The others of the loop have their turns before the
/// next slice.
void peer::work() {
  if (unpacking_ && life_.is(phase::running))
    unpack();
  if (life_.hears_out())
    hear_out();
  if (outbox_.has_to_prepare() && life_.is(phase::running))
    outbox_.prepare(max_prepared, clock().now());
}

/// Writes all pending messages. Frees the session's memory if no message of a sub-protocol has
/// passed: Pings alone, every few seconds, do not need to keep it.
void peer::end_turn() {
  flush();
  if (account_) {
    account_->set_buffers(buffers());
    account_->set_intake(intake_.read(), intake_.outstanding(), intake_.is_slow());
  }
  if (session_ && keepalive_.is_idle())
    session_->rest();
}

void peer::detach_handler(std::uint16_t index) {
  if (index >= routes_.size())
    return;
  routes_.detach(index, make_window());
  // Reading resumes only after messages that the supervisor has sent: a new handler may come at
  // once.
  anon_send_to(this, resume_atom_v);
}

void peer::attach_handler(std::uint16_t index, handler_actor next) {
  if (index < routes_.size())
    routes_[index].handler = std::move(next);
}

/// Counts messages that the handler at `index` has left unhandled.
void peer::on_lost(std::uint16_t index, std::uint64_t count) {
  if (index < routes_.size())
    routes_[index].counts->on_discarded(count);
}

void peer::on_interval() {
  look_for_stalls();
  if (account_ && account_->must_end()) // Its wake-up was lost, for want of memory.
    return fail(memory_exceeded());
  if (routes_.may_go_on())
    anon_send_to(this, resume_atom_v);
  auto paused = routes_.is_paused() || intake_.limit().waits() || memory_wait_;
  remote_.on_interval(keepalive_.on_interval(life_.is(phase::running), paused));
  if (remote_.silent_intervals() >= node_->limits.max_missed_pings)
    fail(errc::ping_timeout);
}

void peer::look_for_stalls() {
  for (std::size_t i = 0; i < routes_.size(); ++i)
    if (routes_.on_interval(i, outbox_.holds(i), busy_with(routes_[i].handler),
                            node_->limits.max_missed_pings))
      anon_send_to(supervisor_, stalled_atom_v,
                   writer_place{static_cast<std::uint16_t>(i), routes_[i].restarts});
}

peer_counts peer::counts() const {
  peer_counts out{
    {}, {}, keepalive_.ignored_messages(), account_ ? account_->held() : 0, remote_.times()};
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    out.protocols.push_back(routes_[i].counts->read());
    out.fills.push_back({routes_[i].window->held(), outbox_.waiting(i)});
  }
  return out;
}

/// Returns the number of bytes that may be transferred now. If it is 0, a `resume_atom` follows
/// when there are some.
std::size_t peer::allowed_by(throttle& limit) {
  if (!limit.is_limited() || !life_.is_held_back())
    return std::numeric_limits<std::size_t>::max();
  auto now = clock().now();
  auto out = limit.allowance(now);
  if (out == 0 && limit.needs_timer())
    send_later(limit.ready_at() - now, resume_atom_v);
  return out;
}

} // namespace devp2p
