// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "fault.hpp"
#include "stage.hpp"

#include <caf/actor_addr.hpp>

namespace devp2p::trials {

/// The address of the struck node.
inline const std::string here = "10.0.0.1";
/// The address of the other node.
inline const std::string there = "10.0.0.2";

/// A node, what it reports, and the handlers of its sessions.
struct party {
  crypto::private_key key;
  enode url;
  node_actor node = {};
  std::optional<kit::witness> seen = {};
  std::vector<channel> links = {};
  std::vector<handler_actor> handlers = {};
};

/// Two nodes, their session, the fault that strikes it, and the checks after that.
class fault_stage : public stage {
public:
  fault_stage(const trial& what, const fault& fault);

  outcome run();

  // Parts of faults.

  void set_stalled(bool in, bool out);
  void exit_handlers(const caf::error& why);
  void exit(const node_actor& node, caf::exit_reason why);
  void close(const party& which, const party& with, disconnect_reason why);
  void kill_victim();
  /// Sends messages from the other node to the handlers of the struck one.
  void send_all(std::size_t messages, std::size_t size);
  void send(const channel& link, std::size_t messages, std::size_t size);

  // Checks of faults.

  /// Returns the node's session, if one runs.
  std::optional<peer_info> ask(const party& which);
  /// Checks that there is one session: the first, or, if both dialled each other, that of the
  /// larger id.
  void check_dialled_back();

  party struck{crypto::private_key::generate(random), {}};
  party other{crypto::private_key::generate(random), {}};
  std::shared_ptr<kit::handler_record> record = std::make_shared<kit::handler_record>();

private:
  // The way to the phase.
  void open_party(party& out, const std::string& address,
                  const std::function<handler_factory(std::size_t)>& handler);
  handler_factory handler_of_struck(std::size_t index);
  void reach(const std::string& phase);
  bool reach_session();
  bool reach_mid_message(bool in);
  bool run_until(const std::function<bool()>& done);
  void look_for_victims();
  void require(bool reached, const std::string& what_for);
  void write(const channel& link, const blob& payload);
  void stall(const std::string& from, const std::string& to, bool stalled);

  // Checks after the fault.
  void check_fates();
  void check_fate(const party& which, const fates& allowed);
  void check_ends();
  void check_goodbyes();
  void check_goodbye(const party& by, const std::vector<std::uint64_t>& written);
  void check_windows();
  const channel& link_to(const kit::handler_life& life) const;
  void check_newcomer(party& host);
  void end_party(party& which);
  void check_handlers();

  const fault& fault_;
  bool struck_dials_ = false;
  std::vector<caf::actor_addr> victims_;
};

} // namespace devp2p::trials
