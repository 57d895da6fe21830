// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/type_ids.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace devp2p::detail {

/// Work for a turn of a typed protocol's handler, as a message to it. If the handler ends before,
/// `on_lost` is called instead, by whoever throws the message away. Does not leave the process.
class turn {
public:
  turn() = default;
  turn(std::function<void()> work, std::function<void()> on_lost)
    : state_(std::make_shared<state>(std::move(work), std::move(on_lost))) {}

  /// Does the work. Copies share it, and it is done once.
  void operator()() const {
    if (!state_ || !state_->work)
      return;
    std::exchange(state_->work, nullptr)();
    state_->on_lost = nullptr;
  }

private:
  struct state {
    std::function<void()> work;
    std::function<void()> on_lost;

    state(std::function<void()> work, std::function<void()> on_lost)
      : work(std::move(work)),
        on_lost(std::move(on_lost)) {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
      if (on_lost)
        on_lost();
    }
  };

  std::shared_ptr<state> state_;
};

} // namespace devp2p::detail

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(devp2p::detail::turn)

CAF_BEGIN_TYPE_ID_BLOCK(devp2p_turn, ::devp2p::first_type_id + 70)

CAF_ADD_TYPE_ID(devp2p_turn, (devp2p::detail::turn))

CAF_END_TYPE_ID_BLOCK(devp2p_turn)
