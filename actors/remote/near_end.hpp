// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/fifo.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/messages/remote_ends.hpp"

#include <cstdint>
#include <memory>

namespace devp2p {

/// Represents a handler that lives in another process; peer and supervisor see no difference.
///
/// Asks the host for a far end, and sends it the messages of the peer, as far as the credit allows.
/// Keeps each payload until the remote handler has released it. So the peer's read window bounds
/// the data in transit and the data that is held. The peer sees a handler that is slow, hoards or
/// stalls as if it were local.
///
/// Ends with the far end's reason, which is the handler's own. Before the far end is known, ends
/// with the host's reason if the host ends. Ends with `errc::handler_failed` if the host does not
/// answer in time, or the far end reports impossible numbers. The far end monitors the near end,
/// and ends when it has.
///
/// Lives on the loop of its session, if there is one.
class near_end : public pinned<near_end_actor::base> {
public:
  near_end(caf::actor_config& config, std::shared_ptr<loop_unit> unit, handler_host_actor host,
           channel link, remote_handler_options options);

  const char* name() const override { return "near_end"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct sent_message {
    blob payload;
    /// The total cost of all messages sent so far, including this one.
    std::uint64_t end;
  };

  void ask_host();
  void on_far_end(const far_end_actor& far);
  void on_packet(const packet& message);
  void feed();
  void on_delivery(const delivery& now);
  void on_down(const caf::down_msg& down);

  handler_host_actor host_;
  const remote_handler_options options_;
  channel link_;
  /// Null before the host has answered.
  far_end_actor far_;
  /// Messages not sent yet. With `held_` they are bounded by the peer's read window.
  fifo<packet> waiting_;
  /// Messages sent, but not yet released.
  fifo<sent_message> held_;
  bool feed_due_ = false;
  std::uint64_t sent_ = 0;
  delivery known_;
};

} // namespace devp2p
