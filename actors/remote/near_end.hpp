// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/fifo.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/messages/remote_handler.hpp"
#include "devp2p/remote/remote_handler.hpp"

#include <cstdint>
#include <memory>

namespace devp2p {

/// Stands in for a handler that lives in another process: peer and supervisor see no difference.
///
/// Asks the host for a far end, and sends it what the peer brings, as far as the credit goes. It
/// holds on to each payload until the handler over there has let go of it: so the peer's read
/// window bounds what is on its way and what is held, and the peer sees a handler that is slow,
/// hoards or stalls as if it were here.
///
/// Ends with the far end's reason, which is the handler's own; with the host's, if that goes before
/// it has answered; or with `errc::handler_failed` if it does not answer in time, or reports what
/// cannot be. The far end watches us, and ends when we have.
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
    /// All that was sent until then, this message included.
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
  /// None before the host has answered.
  far_end_actor far_;
  /// Not sent yet, and sent, but not released: bounded by the peer's read window.
  fifo<packet> waiting_;
  fifo<sent_message> held_;
  bool feed_due_ = false;
  std::uint64_t sent_ = 0;
  delivery known_;
};

} // namespace devp2p
