// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/accept_queue.hpp"

#include <cassert>
#include <utility>

namespace devp2p::net {

void accept_queue::push(std::unique_ptr<memory_stream> dialled) {
  backlog_.push_back(std::move(dialled));
  wake();
}

void accept_queue::accept(stream_handler handler) {
  assert(!handler_);
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
  std::unique_ptr<stream> oldest = std::move(backlog_.front());
  backlog_.pop_front();
  handler(std::move(oldest));
}

} // namespace devp2p::net
