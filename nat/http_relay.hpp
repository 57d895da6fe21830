// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/nat/http_reply.hpp"
#include "devp2p/nat/interrupt.hpp"

#include <memory>

namespace devp2p::nat {

/// Stands between miniupnpc and a gateway, and bounds the duration and the size of a call.
///
/// The library waits up to five seconds for each packet, however many come, and keeps all received
/// data. Therefore it connects to a port of this host, where a thread relays the traffic, one
/// request per connection, within bounds. At the deadline, when the interrupt is raised, and after
/// `max_reply` bytes, the relay closes both connections.
///
/// The library also reads only a part of what HTTP and XML allow. It receives each reply with a
/// Content-Length, and as `plain_xml`. A reply to an action that is neither its response nor a
/// fault with a code becomes a fault whose code is the negated HTTP status.
class http_relay {
public:
  /// The maximum number of bytes of one reply; the largest descriptions have a third of it.
  static constexpr std::size_t max_reply = http_reply::max_size;
  /// The maximum number of simultaneous connections; the library uses one.
  static constexpr unsigned max_connections = 4;

  /// `stop` must outlive the relay. Throws `std::system_error` if the system has no thread, port or
  /// descriptor left.
  http_relay(endpoint target, const interrupt& stop, deadline until);
  ~http_relay();
  http_relay(const http_relay&) = delete;
  http_relay& operator=(const http_relay&) = delete;

  /// The endpoint at 127.0.0.1 on which the relay listens.
  [[nodiscard]] const endpoint& local() const;

private:
  class relaying;
  std::unique_ptr<relaying> state_;
};

} // namespace devp2p::nat
