// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/datagram_queue.hpp"

#include "devp2p/net/sim/memory_network.hpp"

#include <cassert>
#include <utility>

namespace devp2p::net {

void datagram_queue::push(datagram what) {
  if (waiting_.size() < memory_network::max_datagrams)
    waiting_.push_back(std::move(what));
  wake();
}

void datagram_queue::receive(datagram_handler handler) {
  assert(!handler_);
  handler_ = std::make_shared<datagram_handler>(std::move(handler));
  wake();
}

void datagram_queue::close() {
  handler_ = nullptr;
  waiting_.clear();
}

void datagram_queue::wake() {
  if (handler_ && !waiting_.empty())
    delivery_.push<&datagram_queue::deliver>(events_, *this);
}

void datagram_queue::deliver() {
  if (waiting_.empty())
    return; // Closed.
  auto handler = handler_;
  auto oldest = std::move(waiting_.front());
  waiting_.pop_front();
  (*handler)(oldest.from, oldest.content);
  wake();
}

} // namespace devp2p::net
