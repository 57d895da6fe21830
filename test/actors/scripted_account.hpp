// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/memory_account.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace devp2p::test {

/// An account that calls a function when it is woken.
class scripted_account final : public memory_account {
public:
  explicit scripted_account(std::shared_ptr<memory_budget> budget,
                            std::function<void()> on_wake = {})
    : memory_account(std::move(budget)),
      on_wake_(std::move(on_wake)) {}

  void wake() noexcept override {
    if (on_wake_)
      on_wake_();
  }

private:
  std::function<void()> on_wake_;
};

/// Returns an account of a budget without a limit.
inline std::shared_ptr<memory_account> unlimited_account(std::function<void()> on_wake = {}) {
  return std::make_shared<scripted_account>(std::make_shared<memory_budget>(0), std::move(on_wake));
}

} // namespace devp2p::test
