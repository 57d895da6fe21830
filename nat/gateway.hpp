// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/mapping.hpp"

#include <optional>
#include <string>

/// Getting through network address translation. `gateway.hpp` is the seam: everything above it asks
/// the same of UPnP, NAT-PMP, PCP and of an address that a person has given.
namespace devp2p::nat {

/// Why a gateway did not do what it was asked.
struct failure {
  errc code;
  /// For people: who said what.
  std::string detail;

  friend bool operator==(const failure&, const failure&) = default;
};

template <class T>
using outcome = expected<T, failure>;

/// Whoever can make a port of this host reachable from outside, or says that it is.
///
/// Calls block, for a few seconds at most; each looks for the gateway first if it is not known, or
/// no longer answers. One thread calls, and any other may call it off.
class gateway {
public:
  virtual ~gateway() = default;

  /// For people: the protocol and, once it was found, the address.
  [[nodiscard]] virtual std::string name() const = 0;

  /// Whether calls may have to wait for the network.
  [[nodiscard]] virtual bool blocks() const { return true; }

  /// Looks for the gateway anew. Asks for nothing that would change it.
  virtual std::optional<failure> find() = 0;

  /// The address that others see, which is a public one; `errc::address_not_public` otherwise.
  virtual outcome<std::string> external_address() = 0;

  /// Maps the port `wish.internal` for `wish.lifetime`, or renews the mapping that there is. The
  /// port of `wish.external`, unless 0, is what we would like; what is granted may differ. It is
  /// believed only as far as it can be checked.
  virtual outcome<port_mapping> map(const port_mapping& wish) = 0;

  /// Takes the mapping back. It is no failure if there is none any more.
  virtual std::optional<failure> unmap(const port_mapping& granted) = 0;

  /// Whether an answer since the last time told that the gateway has lost the mappings that it had.
  [[nodiscard]] virtual bool has_restarted() { return false; }

  /// Makes the call that is under way, and the next ones, fail at once, until `resume`. Callable
  /// from any thread.
  virtual void call_off() {}
  virtual void resume() {}
};

} // namespace devp2p::nat
