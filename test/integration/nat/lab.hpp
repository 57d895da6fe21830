// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/endpoint.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace devp2p::test {

/// The network of `lab.sh`, in the namespaces that `run.sh` creates for this program. Its hosts are
/// `h1` and `h2` behind the router `rA`, `hB` behind `rB`, and the public `inet`.
class lab {
public:
  static constexpr const char* public_host = "11.22.33.100";
  static constexpr const char* router = "11.22.33.2";

  /// Returns the lab, which exists from the first call until the program ends.
  static lab& instance();

  /// Runs a command of `lab.sh`, given as one line.
  void run(const std::string& command);

  /// Runs any other command in that namespace.
  void run_at(const std::string& where, const std::string& command);

  /// Runs `what` on a thread in that host's namespace, as are all threads that it starts. Sockets
  /// stay in the namespace in which they were opened. Returns when `what` has returned, and
  /// rethrows its exception.
  static void at(const std::string& where, const std::function<void()>& what);

  /// Resets the router: correct behaviour, NAT of that kind, and no mappings.
  void reset(const std::string& kind = "cone");

  /// Changes the router's external address until the next reset.
  void set_external(const std::string& address);

  void start_upnpd(const std::string& more = "");
  /// Stops miniupnpd, but keeps its rules, as when a daemon is killed.
  void stop_upnpd(const std::string& signal = "TERM");
  /// Drops all state: the rules, the connections and the daemon's own memory.
  void reboot_router();

private:
  lab();
  bool upnpd_runs_ = false;
  bool moved_ = false;
};

/// Listens at a port of all addresses of `where`.
class listening_at {
public:
  listening_at(const std::string& where, std::uint16_t port, bool v6 = false);
  ~listening_at();
  listening_at(const listening_at&) = delete;
  listening_at& operator=(const listening_at&) = delete;

private:
  int socket_ = -1;
};

/// Returns whether a TCP connection from that host to `to` succeeds.
bool reaches(const std::string& from, const endpoint& to);

/// Sends one datagram from that host.
void send_datagram(const std::string& from, const endpoint& to, byte_view content);

/// Returns whether `done` becomes true within `limit`.
bool within(std::chrono::milliseconds limit, const std::function<bool()>& done);

} // namespace devp2p::test
