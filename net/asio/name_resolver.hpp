// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"

#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace devp2p::net {

using tcp_endpoints = std::vector<asio::ip::tcp::endpoint>;

/// Asks the system for the addresses of names. A lookup blocks for as long as the system likes,
/// half a minute if a server is dead, and cannot be called off. So each name has a thread of its
/// own, and none waits for another until `max_threads` of them are being looked up.
class name_resolver {
public:
  /// Enough for the default of `settings::max_dialing`, and for as many lookups again whose dial
  /// was given up meanwhile.
  static constexpr std::size_t max_threads = 128;

  /// Receives the addresses of a name, unless it is destroyed first.
  class client {
  public:
    /// Called on a thread of the resolver, with at least one address or an error. Must not call the
    /// resolver.
    virtual void on_resolved(expected<tcp_endpoints> result) = 0;

  protected:
    ~client() = default;
  };

  name_resolver();

  /// Waits for no lookup: the threads end by themselves.
  ~name_resolver();

  name_resolver(const name_resolver&) = delete;
  name_resolver& operator=(const name_resolver&) = delete;

  /// Looks up the host of `what`, which must be a valid one. Callable from any thread.
  void resolve(const endpoint& what, std::weak_ptr<client> who);

private:
  class state;

  std::shared_ptr<state> state_;
};

/// Returns `all` with the families of addresses taking turns, beginning with the family of the
/// first one. The addresses of one family keep their order (RFC 8305, section 4).
[[nodiscard]] tcp_endpoints interleaved(const tcp_endpoints& all);

} // namespace devp2p::net
