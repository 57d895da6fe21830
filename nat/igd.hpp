// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/mapping.hpp"
#include "devp2p/nat/http_relay.hpp"
#include "devp2p/nat/ssdp.hpp"

#include <optional>
#include <string>

/// An Internet Gateway Device, as miniupnpc speaks to it; every call goes through an `http_relay`.
namespace devp2p::nat::igd {

// What a device answers, beside 0 for success (WANIPConnection:2, sections 2.5.16 to 2.5.21).
// Negative is what miniupnpc says, which has no answer, or from -100 on the status of an HTTP reply
// that was none.
inline constexpr int action_failed = 501;
inline constexpr int not_authorized = 606;
inline constexpr int no_such_entry = 714;
inline constexpr int conflict = 718;
inline constexpr int same_ports_required = 724;
inline constexpr int only_permanent_leases = 725;

[[nodiscard]] errc code_for(int status);
/// For people.
[[nodiscard]] std::string text_for(int status);

/// A service that maps ports: WANIPConnection or WANPPPConnection, and where it is asked.
struct connection {
  ssdp::url control;
  std::string service;

  /// That of the device with its description there; of several, the first that has a public
  /// address, or else any. Its host must be the same.
  static expected<connection> describe(const ssdp::url& description, const interrupt& stop,
                                       deadline until);
};

/// What a device says of a mapping.
struct entry {
  int status = 0;
  /// Whose it is; some say no address, but a name or nothing.
  std::string client;
  std::uint16_t port = 0;
  bool enabled = false;
  /// Zero if it has no end.
  std::chrono::seconds lease{0};
};

/// Questions to one service. Each returns the status.
class call {
public:
  call(const connection& whom, const interrupt& stop, deadline until);

  /// Empty if it has none.
  int external_address(std::string& out);

  int add(local_port external, const std::string& client, std::uint16_t internal,
          std::chrono::seconds lease);
  /// Any external port will do; `port`, if it can be had. WANIPConnection:2 only.
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
