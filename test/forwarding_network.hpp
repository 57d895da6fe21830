// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"

#include <memory>
#include <utility>

namespace devp2p::test {

/// A network that passes each call on to another network. A base for networks that change some of
/// the calls.
class forwarding_network : public net::network {
public:
  /// `inner` must outlive this network.
  explicit forwarding_network(net::network& inner) : inner_(inner) {}

  [[nodiscard]] net::loop* loop() const override { return inner_.loop(); }

  expected<std::unique_ptr<net::listener>> listen(const endpoint& at) override {
    return inner_.listen(at);
  }

  [[nodiscard]] std::unique_ptr<net::pending_dial> dial(const endpoint& to,
                                                        net::stream_handler handler) override {
    return inner_.dial(to, std::move(handler));
  }

  [[nodiscard]] std::unique_ptr<net::pending_dial>
  dial_from(const endpoint& from, const endpoint& to, net::stream_handler handler) override {
    return inner_.dial_from(from, to, std::move(handler));
  }

  expected<std::unique_ptr<net::datagram_socket>> bind(const endpoint& at) override {
    return inner_.bind(at);
  }

private:
  net::network& inner_;
};

} // namespace devp2p::test
