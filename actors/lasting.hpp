// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>

#include <utility>

namespace devp2p {

/// An actor that may live, even if no handle refers to it, until it decides to end. `Base` is the
/// actor's class.
template <class Base>
class lasting : public Base {
public:
  using Base::Base;

  bool cleanup(caf::error&& why, execution_unit* unit) override {
    auto out = Base::cleanup(std::move(why), unit);
    self_ = nullptr; // The caller has a reference of its own.
    return out;
  }

protected:
  /// Keeps this actor alive until it ends.
  void stay_alive() { self_ = this->ctrl(); }

private:
  /// A reference of the actor to itself.
  caf::strong_actor_ptr self_;
};

} // namespace devp2p
