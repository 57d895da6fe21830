// SPDX-License-Identifier: BSL-1.0
//
// The supervisor and the handlers of its session: how they are spawned, and what follows when one
// fails.
#include "devp2p/actors/spawn_guarded.hpp"
#include "devp2p/actors/spread.hpp"
#include "devp2p/actors/supervisor.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <utility>

namespace devp2p {

/// Spawns and returns a handler for the protocol at `index`. Returns null if the session does
/// without one, for now or for good, or is over.
handler_actor supervisor::start_handler(std::size_t index) {
  auto out = spawn_handler(index);
  if (out) {
    shared_.on_spawned(index);
    return *out;
  }
  if (shared_.on_not_spawned(index))
    end(reason_for(culprit::handler, out.error(), phase_, to_string(shared_.name(index))),
        out.error());
  else
    on_handler_end(index, out.error());
  return {};
}

caf::expected<handler_actor> supervisor::spawn_handler(std::size_t index) {
  channel link{peer_,
               {static_cast<std::uint16_t>(index), shared_.restarts(index)},
               shared_.name(index),
               info_.greeting,
               info_.remote,
               info_.inbound,
               unit(),
               node_->random,
               pending_writes_};
  auto out = spawn_guarded(shared_[index].spawn, home_system(), link, "no handler was spawned");
  if (out)
    adopt(culprit::handler, caf::actor_cast<caf::strong_actor_ptr>(*out), index);
  return out;
}

/// Returns the handler of the protocol at `index`, or null if there is none now.
supervisor::child* supervisor::handler_of(std::size_t index) {
  auto i = std::find_if(children_.begin(), children_.end(), [=](const child& x) {
    return x.role == culprit::handler && !x.given_up && x.index == index;
  });
  return i == children_.end() ? nullptr : &*i;
}

/// Spawns a handler in place of one that has failed.
void supervisor::replace_handler(std::size_t index) {
  if (phase_ != session_phase::running || shared_.is_detached(index) ||
      handler_of(index) != nullptr)
    return;
  if (auto next = start_handler(index))
    send_to(this, peer_, attach_atom_v, static_cast<std::uint16_t>(index), std::move(next));
}

/// Spawns the handler that is to come after a pause, unless there has been another since.
void supervisor::on_pause_over(std::size_t index, std::uint32_t restarts) {
  if (index < shared_.size() && shared_.restarts(index) == restarts)
    replace_handler(index);
}

void supervisor::on_handler_end(std::size_t index, const caf::error& why) {
  if (phase_ != session_phase::running)
    return;
  if (why == errc::handler_stalled)
    shared_.on_stalled(index);
  auto verdict = reason_for(culprit::handler, why, phase_, to_string(shared_.name(index)));
  auto then = shared_.on_handler_end(index, verdict, node_->limits, clock().now());
  if (then == supervision::strategy::end_session)
    return end(std::move(verdict), why);
  // The peer sends nothing more to the failed handler.
  send_to(this, peer_, detach_atom_v, static_cast<std::uint16_t>(index));
  if (then == supervision::strategy::restart)
    restart_handler(index, why);
  else
    log_failure(index, why, "the session goes on without it");
}

void supervisor::restart_handler(std::size_t index, const caf::error& why) {
  auto pause = shared_.pause(index, clock().now(), spread());
  auto delay = pause.value_or(settings::duration{0});
  log_failure(index, why,
              delay > settings::duration{0}
                ? "restarted in " + std::to_string(delay / std::chrono::milliseconds{1}) + " ms"
                : "restarted");
  // A further restart never happens in the same turn: other actors live on this thread, too.
  if (!pause)
    replace_handler(index);
  else
    send_later(delay, tick_atom_v, static_cast<std::uint16_t>(index), shared_.restarts(index));
}

/// Replaces a handler that has stalled, without waiting for its end: it may be stuck in a call.
void supervisor::on_stall(writer_place where) {
  auto* stalled = handler_of(where.index);
  // The handler may have been replaced already.
  if (stalled == nullptr || phase_ != session_phase::running ||
      shared_.restarts(where.index) != where.restarts)
    return;
  stalled->given_up = true;
  kill(*stalled);
  on_handler_end(where.index, caf::make_error(errc::handler_stalled));
}

/// Names a handler that holds a thread which others need.
void supervisor::on_stuck(std::size_t index, bool on_loop) const {
  if (!node_->log || index >= shared_.size())
    return;
  const auto* where = on_loop ? "on its loop, which goes on with another thread; the handler fails "
                                "when it returns; if it has to wait, use handled_on_scheduler_by"
                              : "and so are all threads of CAF's scheduler: all other actors wait";
  node_->log->warn("handler of {} with {} has been busy with one message for {} ms {}",
                   to_string(shared_.name(index)), remote_name(),
                   node_->limits.hold_timeout / std::chrono::milliseconds{1}, where);
}

void supervisor::log_failure(std::size_t index, const caf::error& why, const std::string& then) {
  if (!node_->log)
    return;
  auto more = shared_.log_failure(index, clock().now());
  if (!more)
    return;
  auto rest = *more == 0
                ? std::string{}
                : "; and " + std::to_string(*more) + " times more since the last such line";
  node_->log->warn("handler of {} with {} failed: {}; {}{}", to_string(shared_.name(index)),
                   remote_name(), describe(why), then, rest);
}

double supervisor::spread() const {
  return spread_by(*node_->random);
}

} // namespace devp2p
