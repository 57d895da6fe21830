// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/lasting.hpp"
#include "devp2p/actors/remote/lent_payloads.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/messages/remote_ends.hpp"

#include <caf/actor_clock.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace devp2p {

/// Represents a session that lives in another process. Passes its messages to the handler in this
/// process, and reports which have arrived and which the handler has released.
///
/// Ends with the handler's reason when the handler ends. When the near end has gone, with the
/// session or with its process, the handler gets an exit message with `errc::session_closed`. If it
/// does not end in time, it is killed. An exit message to the far end is passed on with its reason
/// in the same way.
class far_end : public lasting<far_end_actor::base> {
public:
  far_end(caf::actor_config& config, handler_actor handler, near_end_actor near,
          std::uint64_t credit, handler_host_options options);

  const char* name() const override { return "far_end"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using time_point = caf::actor_clock::time_point;

  void on_packets(const std::vector<packet>& batch);
  void report();
  void on_interval();
  void tick_later();
  void on_down(const caf::down_msg& down);
  void end_handler(const caf::error& why);
  void end_later();
  void on_deadline();

  handler_actor handler_;
  near_end_actor near_;
  const std::uint64_t credit_;
  const handler_host_options options_;
  std::shared_ptr<lent_payloads> lent_;
  delivery reported_;
  /// The time of the scheduled tick; empty if none is scheduled.
  std::optional<time_point> next_tick_;
  /// The time by which the handler must end, once it was told to.
  time_point deadline_;
  bool ending_ = false;
  bool killed_ = false;
};

} // namespace devp2p
