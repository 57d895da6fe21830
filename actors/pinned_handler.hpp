// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinned.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace devp2p {

/// A handler that lives on the loop of its session.
class pinned_handler : public pinned<handler_actor::base> {
public:
  using function = std::function<behavior_type(handler_actor::pointer)>;

  pinned_handler(caf::actor_config& config, std::shared_ptr<loop_unit> unit, function behavior)
    : pinned(config, std::move(unit)),
      behavior_(std::move(behavior)) {}

  const char* name() const override { return "handler"; }
  behavior_type make_behavior() override { return std::exchange(behavior_, nullptr)(this); }

private:
  function behavior_;
};

} // namespace devp2p
