// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/mapping.hpp"
#include "devp2p/nat/http_relay.hpp"
#include "devp2p/nat/ssdp.hpp"

#include <optional>
#include <string>

/// An Internet Gateway Device, reached by miniupnpc; every call goes through an `http_relay`.
namespace devp2p::nat::igd {

// Error codes of a device; 0 is success (WANIPConnection:2, sections 2.5.16 to 2.5.21). Negative
// codes come from miniupnpc if there is no answer. Codes from -100 down are the negated status of
// an HTTP reply that was no answer.
inline constexpr int action_failed = 501;
inline constexpr int not_authorized = 606;
inline constexpr int no_such_entry = 714;
inline constexpr int conflict = 718;
inline constexpr int same_ports_required = 724;
inline constexpr int only_permanent_leases = 725;

[[nodiscard]] errc code_for(int status);
/// Returns a human-readable text for the status.
[[nodiscard]] std::string text_for(int status);

/// A service that maps ports, WANIPConnection or WANPPPConnection, and its control URL.
struct connection {
  ssdp::url control;
  std::string service;

  /// Reads a device's description and returns its service. If there are several, returns the first
  /// with a public address, or else any. The service's host must be that of the description.
  static expected<connection> describe(const ssdp::url& where, const interrupt& stop,
                                       deadline until);
};

/// A mapping as a device reports it.
struct entry {
  int status = 0;
  /// The owner of the mapping; some devices give a host name or nothing instead of an address.
  std::string client;
  std::uint16_t port = 0;
  bool enabled = false;
  /// Zero if the mapping does not expire.
  std::chrono::seconds lease{0};
};

/// Requests to one service. Each function returns the status.
class call {
public:
  call(const connection& whom, const interrupt& stop, deadline until);

  /// Sets `out` to the external address; empty if the device has none.
  int external_address(std::string& out);

  int add(local_port external, const std::string& client, std::uint16_t internal,
          std::chrono::seconds lease);
  /// Maps any free external port, preferably `port`, and sets `port` to it. WANIPConnection:2 only;
  /// otherwise returns `conflict`.
  int add_any(std::uint16_t& port, local_port internal, const std::string& client,
              std::chrono::seconds lease);
  [[nodiscard]] entry find(local_port external);
  int remove(local_port external);

private:
  http_relay relay_;
  std::string url_;
  std::string service_;
};

} // namespace devp2p::nat::igd
