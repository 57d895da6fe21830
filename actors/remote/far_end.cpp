// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/remote/far_end.hpp"

#include "devp2p/messages/caf.hpp"

#include <caf/send.hpp>

#include <utility>

namespace devp2p {

far_end::far_end(caf::actor_config& config, handler_actor handler, near_end_actor near,
                 std::uint64_t credit, handler_host_options options)
  : lasting(config),
    handler_(std::move(handler)),
    near_(std::move(near)),
    credit_(credit),
    options_(options) {}

far_end::behavior_type far_end::make_behavior() {
  stay_alive(); // No actor in this process need refer to it.
  set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  set_exit_handler([this](const caf::exit_msg& exit) { end_handler(exit.reason); });
  auto report_due = [self = caf::weak_actor_ptr{ctrl()}] {
    if (auto alive = self.lock())
      anon_send_to(caf::actor_cast<far_end_actor>(alive), resume_atom_v);
  };
  lent_ = std::make_shared<lent_payloads>(credit_, std::move(report_due));
  monitor(handler_);
  monitor(near_);
  return {
    [this](const std::vector<packet>& batch) { on_packets(batch); },
    [this](resume_atom) { report(); },
    [this](tick_atom) { on_interval(); },
    [this](close_atom) { on_deadline(); },
  };
}

void far_end::on_exit() {
  caf::anon_send_exit(handler_, caf::exit_reason::kill);
  demonitor(near_.address());
  handler_ = nullptr;
  near_ = nullptr;
}

void far_end::on_packets(const std::vector<packet>& batch) {
  if (ending_)
    return;
  for (const auto& x : batch)
    anon_send_to(handler_, lent_->lend(x));
  if ((lent_->lent() - reported_.arrived) * 4 >= credit_)
    report();
  if (!next_tick_)
    tick_later();
}

void far_end::tick_later() {
  next_tick_ = clock().now() + options_.report_interval;
  send_later_to(this, options_.report_interval, this, tick_atom_v);
}

void far_end::report() {
  if (ending_)
    return;
  auto released = lent_->report();
  reported_ = {lent_->lent(), released};
  anon_send_to(near_, reported_);
}

/// Reports as long as the handler holds any message, however few it has released.
void far_end::on_interval() {
  // Another process may send a tick, too; one that comes too early is ignored.
  if (!next_tick_ || clock().now() < *next_tick_)
    return;
  next_tick_.reset();
  if (ending_ || reported_.released == lent_->lent())
    return;
  report();
  tick_later();
}

void far_end::on_down(const caf::down_msg& down) {
  if (down.source == handler_)
    return quit(down.reason);
  if (down.source != near_)
    return;
  // A killed near end means that the handler had stalled: an exit message would not suffice.
  if (down.reason == caf::exit_reason::kill && !ending_)
    caf::anon_send_exit(handler_, caf::exit_reason::kill);
  end_handler(caf::make_error(errc::session_closed));
}

void far_end::end_handler(const caf::error& why) {
  if (std::exchange(ending_, true))
    return;
  send_exit(handler_, why);
  end_later();
}

void far_end::end_later() {
  deadline_ = clock().now() + options_.handler_timeout;
  send_later_to(this, options_.handler_timeout, this, close_atom_v);
}

/// A handler that is stuck in a call does not end even when killed. It is left behind.
void far_end::on_deadline() {
  if (!ending_ || clock().now() < deadline_)
    return; // A message from another process, or an early one.
  if (killed_)
    return quit(caf::make_error(errc::session_closed));
  killed_ = true;
  caf::anon_send_exit(handler_, caf::exit_reason::kill);
  end_later();
}

} // namespace devp2p
