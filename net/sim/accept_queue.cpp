// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/accept_queue.hpp"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>
#include <vector>

namespace devp2p::net {

void accept_queue::push(std::unique_ptr<memory_stream> dialled) {
  backlog_.push_back(std::move(dialled));
  wake();
}

void accept_queue::accept(std::size_t most, accept_handler handler) {
  assert(!handler_ && most > 0);
  most_ = most;
  handler_ = std::move(handler);
  wake();
}

void accept_queue::close() {
  handler_ = nullptr;
  for (auto& dialled : backlog_)
    dialled->reset();
  backlog_.clear();
}

void accept_queue::wake() {
  if (handler_ && !backlog_.empty())
    delivery_.push<&accept_queue::deliver>(events_, *this);
}

void accept_queue::deliver() {
  if (!handler_)
    return; // Closed.
  auto handler = std::exchange(handler_, nullptr);
  try {
    handler(take());
  } catch (const std::bad_alloc&) {
    handler(errc::out_of_memory);
  }
}

/// Returns the connections that the handler takes. If it throws, they still wait.
accept_outcome accept_queue::take() {
  std::vector<std::unique_ptr<stream>> out;
  out.reserve(std::min(most_, backlog_.size()));
  while (out.size() < most_ && !backlog_.empty()) {
    out.push_back(std::move(backlog_.front()));
    backlog_.pop_front();
  }
  return out;
}

} // namespace devp2p::net
