// SPDX-License-Identifier: BSL-1.0
#include "roster.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace devp2p::bench {

void roster::add(member who) {
  std::lock_guard guard{mutex_};
  if (closed_)
    return;
  members_.push_back(std::move(who));
  added_.notify_one();
}

std::vector<member> roster::wait_for(std::size_t count) {
  constexpr auto patience = std::chrono::seconds{30};
  std::unique_lock guard{mutex_};
  if (!added_.wait_for(guard, patience, [&] { return members_.size() >= count; }))
    throw std::runtime_error("not all handlers have come");
  return members_;
}

void roster::close() {
  std::vector<member> dropped;
  std::lock_guard guard{mutex_};
  closed_ = true;
  dropped.swap(members_);
}

} // namespace devp2p::bench
