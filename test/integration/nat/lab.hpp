// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/endpoint.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace devp2p::test {

/// The network of `lab.sh`, in the namespaces that `run.sh` has made for this program: hosts `h1`,
/// `h2` behind the router `rA`, `hB` behind `rB`, and the public `inet`.
class lab {
public:
  static constexpr const char* public_host = "11.22.33.100";
  static constexpr const char* router = "11.22.33.2";

  /// There from the first call on; it goes with the program.
  static lab& instance();

  /// What `lab.sh` does, in one line.
  void run(const std::string& command);

  /// Something else, in that namespace.
  void run_at(const std::string& where, const std::string& command);

  /// Runs `what` on a thread that is at that host, with all threads that it starts; sockets stay
  /// where they were opened. Returns when it has returned, with what it throws.
  static void at(const std::string& where, const std::function<void()>& what);

  /// A router that does what it should: NAT of that kind, and no mappings.
  void reset(const std::string& kind = "cone");

  /// The router's external address, until it is reset.
  void set_external(const std::string& address);

  void start_upnpd(const std::string& more = "");
  /// Its rules stay, as they do when a daemon is killed.
  void stop_upnpd(const std::string& signal = "TERM");
  /// Forgets all: the rules, the connections and the daemon's own memory.
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

/// Whether a TCP connection from that host is answered there.
bool reaches(const std::string& from, const endpoint& to);

/// Sends one datagram from that host.
void send_datagram(const std::string& from, const endpoint& to, byte_view content);

/// Whether it becomes true in time.
bool within(std::chrono::milliseconds limit, const std::function<bool()>& done);

} // namespace devp2p::test
