// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/remote/near_end.hpp"

#include "devp2p/actors/remote/lent_payloads.hpp"
#include "devp2p/messages/caf.hpp"

#include <utility>
#include <vector>

namespace devp2p {

near_end::near_end(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                   handler_host_actor host, channel link, remote_handler_options options)
  : pinned(config, std::move(unit)),
    host_(std::move(host)),
    options_(options),
    link_(std::move(link)) {}

near_end::behavior_type near_end::make_behavior() {
  set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  ask_host();
  return {
    [this](const packet& message) { on_packet(message); },
    [this](const delivery& now) { on_delivery(now); },
    [this](resume_atom) { feed(); },
  };
}

void near_end::on_exit() {
  // The host lives on, and its reference would keep our memory.
  if (host_)
    demonitor(host_.address());
  if (far_)
    demonitor(far_.address());
  host_ = nullptr;
  far_ = nullptr;
}

void near_end::ask_host() {
  // A request to a process that has gone is never answered.
  monitor(host_);
  auto on_error = [this](const caf::error& why) {
    if (why == caf::sec::request_timeout)
      quit(caf::make_error(errc::handler_failed, "the host of its handler does not answer"));
    else
      quit(why);
  };
  request_from(this, host_, options_.spawn_timeout, spawn_atom_v, std::exchange(link_, {}),
               near_end_actor{this}, options_.credit)
    .then([this](const far_end_actor& far) { on_far_end(far); }, on_error);
}

void near_end::on_far_end(const far_end_actor& far) {
  if (!far)
    return quit(
      caf::make_error(errc::handler_failed, "the host of its handler has returned no handler"));
  demonitor(host_.address());
  host_ = nullptr;
  far_ = far;
  monitor(far_);
  feed();
}

void near_end::on_packet(const packet& message) {
  waiting_.push(message);
  // Several messages of our mailbox are sent as one, because each message between processes has a
  // cost.
  if (far_ && !std::exchange(feed_due_, true))
    anon_send_to(this, resume_atom_v);
}

void near_end::feed() {
  feed_due_ = false;
  if (!far_)
    return;
  std::vector<packet> batch;
  while (!waiting_.empty() && sent_ - known_.arrived < options_.credit) {
    auto next = waiting_.pop();
    sent_ += message_cost(next);
    held_.push({next.payload, sent_});
    batch.push_back(std::move(next));
  }
  if (!batch.empty())
    anon_send_to(far_, std::move(batch));
}

void near_end::on_delivery(const delivery& now) {
  if (now.arrived > sent_ || now.released > now.arrived)
    return quit(caf::make_error(errc::handler_failed,
                                "the process of its handler has received more than it was sent"));
  // Both counters only grow; a smaller one is from an older report.
  known_.arrived = std::max(known_.arrived, now.arrived);
  known_.released = std::max(known_.released, now.released);
  while (!held_.empty() && held_.front().end <= known_.released)
    held_.pop();
  feed();
}

void near_end::on_down(const caf::down_msg& down) {
  if (down.source == host_ || down.source == far_)
    quit(down.reason);
}

} // namespace devp2p
