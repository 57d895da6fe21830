// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/lasting.hpp"
#include "devp2p/actors/protocol.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/messages/remote_ends.hpp"

#include <caf/actor_addr.hpp>

#include <cstdint>
#include <map>

namespace devp2p {

/// Spawns a handler and its far end for each request. There are at most
/// `handler_host_options::max_handlers` of them at a time; further requests fail. Ends when it gets
/// an exit message, and then ends its far ends, too.
class handler_host : public lasting<handler_host_actor::base> {
public:
  handler_host(caf::actor_config& config, handler_factory spawn, handler_host_options options);

  const char* name() const override { return "handler_host"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<far_end_actor> host(const channel& link, const near_end_actor& near,
                                  std::uint64_t credit);

  handler_factory spawn_;
  const handler_host_options options_;
  std::map<caf::actor_addr, far_end_actor> far_ends_;
};

} // namespace devp2p
