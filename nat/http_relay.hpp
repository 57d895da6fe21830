// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/nat/http_reply.hpp"
#include "devp2p/nat/interrupt.hpp"

#include <memory>

namespace devp2p::nat {

/// Stands between miniupnpc and a gateway, and sees to it that a call ends.
///
/// The library waits five seconds for each packet, as often as there is one, and keeps whatever
/// comes. So it speaks to a port of this host instead, where a thread passes on what is said, one
/// request a connection, as long as it stays within bounds: at the deadline, when the interrupt is
/// raised and after `max_reply` bytes it hangs up, on both.
///
/// Nor does the library read all that HTTP and XML allow. It is given each reply with a
/// Content-Length, and as `plain_xml`. A reply to an action that is neither its response nor a
/// fault with a code becomes a fault, whose code is the HTTP status, negative.
class http_relay {
public:
  /// Bytes of one reply; the largest descriptions have a third of it.
  static constexpr std::size_t max_reply = http_reply::max_size;
  /// Connections at once; the library has one.
  static constexpr unsigned max_connections = 4;

  /// `stop` must live as long. Throws `std::system_error` if the system has no thread, port or
  /// descriptor to give.
  http_relay(endpoint target, const interrupt& stop, deadline until);
  ~http_relay();
  http_relay(const http_relay&) = delete;
  http_relay& operator=(const http_relay&) = delete;

  /// Where it listens, at 127.0.0.1.
  [[nodiscard]] const endpoint& local() const;

private:
  class relaying;
  std::unique_ptr<relaying> state_;
};

} // namespace devp2p::nat
