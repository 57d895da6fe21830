// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/mapping.hpp"

#include <optional>
#include <string>

/// NAT traversal. `gateway.hpp` is the interface: all code above uses UPnP, NAT-PMP, PCP and a
/// user-configured address in the same way.
namespace devp2p::nat {

/// The reason why a gateway did not do what it was asked.
struct failure {
  errc code;
  /// Human-readable: which gateway answered what.
  std::string detail;

  friend bool operator==(const failure&, const failure&) = default;
};

template <class T>
using outcome = expected<T, failure>;

/// A device or service that makes a port of this host reachable from outside, or reports that it
/// is.
///
/// Calls block, for a few seconds at most. Each call first looks for the gateway if it is unknown
/// or no longer answers. One thread makes the calls; any other thread may call them off.
class gateway {
public:
  virtual ~gateway() = default;

  /// A human-readable name: the protocol and, once it was found, the gateway's address.
  [[nodiscard]] virtual std::string name() const = 0;

  /// Returns whether calls may have to wait for the network.
  [[nodiscard]] virtual bool blocks() const { return true; }

  /// Looks for the gateway anew, without asking it to change anything.
  virtual std::optional<failure> find() = 0;

  /// Returns the address that others see. Fails with `errc::address_not_public` if it is not
  /// public.
  virtual outcome<std::string> external_address() = 0;

  /// Maps the port `wish.internal` for `wish.lifetime`, or renews the existing mapping. The port of
  /// `wish.external`, unless 0, is a preference; the granted port may differ. The result is
  /// verified as far as the protocol allows.
  virtual outcome<port_mapping> map(const port_mapping& wish) = 0;

  /// Removes the mapping. A mapping that no longer exists is not a failure.
  virtual std::optional<failure> unmap(const port_mapping& granted) = 0;

  /// Returns whether an answer since the last call showed that the gateway has lost its mappings.
  [[nodiscard]] virtual bool has_restarted() { return false; }

  /// Makes the current call and the following ones fail at once, until `resume`. Callable from any
  /// thread.
  virtual void call_off() {}
  virtual void resume() {}
};

} // namespace devp2p::nat
