// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/ban_list.hpp"
#include "devp2p/actors/listeners.hpp"
#include "devp2p/actors/node_callers.hpp"
#include "devp2p/actors/node_config.hpp"
#include "devp2p/actors/pinged_sessions.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/session_table.hpp"
#include "devp2p/actors/subscribers.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/actors/waiting_connections.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/session.hpp"
#include "devp2p/net/network.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace devp2p {

/// The actor behind a node: listens, dials, and reports sessions. Each session is run by a
/// supervisor; `session_table` decides who is admitted.
///
/// Lives on the network's loop, if it has one.
class node : public pinned<node_self_actor::base> {
public:
  node(caf::actor_config& config, const std::shared_ptr<loop_unit>& unit, net::network& network,
       std::shared_ptr<const node_config> settings, admission_actor hook);

  const char* name() const override { return "node"; }
  behavior_type make_behavior() override;
  void on_exit() override;
  resume_result resume(execution_unit* unit, std::size_t max_throughput) override;

private:
  using session = session_table::session;
  using session_number = session_table::session_number;
  using dial_number = session_table::dial_number;

  /// A dial that has no connection yet.
  struct open_dial {
    enode target;
    std::unique_ptr<net::pending_dial> attempt;
  };

  /// The timer for `look_again`.
  struct next_look {
    /// The timer runs for connections that wait.
    bool is_set = false;
    /// The time before which `look_again` has no work to do.
    caf::actor_clock::time_point due = {};
  };

  /// Our listening ports at the gateways.
  struct mapped_ports {
    /// Keeps the ports reachable. Spawned with the first listener if there are gateways.
    mapper_actor mapper;
    /// The external endpoints of the ports that are mapped.
    std::map<local_port, endpoint> external;
    /// Actors to which the mapper sends its events, as it does to this node.
    subscribers<mapping_subscriber_actor> watchers{
      subscribers<mapping_subscriber_actor>::max_subscribers - 1};
  };

  /// The answers of all sessions to one question.
  struct peers_query {
    std::size_t missing = 0;
    std::vector<peer_info> found;
    caf::typed_response_promise<std::vector<peer_info>> answer;

    void on_answer() {
      if (--missing == 0)
        deliver(answer, std::move(found));
    }
  };

  void on_failure(const caf::error& why);
  static caf::error to_error(const session_table::refusal& why);

  // Listening: node_listening.cpp.
  caf::result<enode> listen(const endpoint& at);
  void accept(std::size_t index);
  void on_accepted(std::size_t index, shared_streams streams);
  void on_accept_failed(std::size_t index, const caf::error& why);
  void take_in(shared_stream stream);
  void admit_waiting();
  void look_again();
  void map(const endpoint& listening);
  caf::result<void> watch_ports(const mapping_subscriber_actor& who);
  void on_mapped(const port_mapping& mapping);

  // Dialling: node_dialling.cpp.
  caf::result<peer_info> dial(const enode& target);
  void begin_dial(const enode& target, dial_number number);
  caf::result<peer_info> adopt(const node_id& id, const connected_stream& punched);
  void on_dialled(dial_number number, shared_stream stream);
  void on_dial_failed(dial_number number, const caf::error& why);
  caf::result<peer_info> answer_later(node_callers::place where);

  // Sessions: node_sessions.cpp.
  session* open_session(shared_stream stream, const std::optional<node_id>& dialled);
  std::shared_ptr<pinged_sessions> pinged_on(net::loop* loop);
  session* session_of(const caf::actor_addr& supervisor);
  session* current_session();
  caf::result<void> admit(const node_id& id);
  caf::result<void> admit(const peer_info& peer);
  void on_running(peer_info& peer);
  void on_session_end(peer_dropped& over, const caf::error& why);
  void end_session(session& which, peer_dropped over, const caf::error& why);
  void free_slot(session& which);
  void release(const node_id& id, const caf::error& refusal);
  void answer_dial(session& over, const caf::error& why);
  void answer_all(session& over, const caf::error& why);
  void answer_from(const session& running, dial_number caller);
  void on_down(const caf::down_msg& down);
  caf::result<void> close(const node_id& id, disconnect_reason reason);
  void prefer_inbound(const node_id& id, dial_number dial);

  // Bans, trust, limits and the user's admission: node_admission.cpp.
  caf::error ban_of(const node_id& id, const endpoint& remote);
  caf::error refused_by_ban(const node_id& id, const endpoint& remote);
  caf::result<void> add_ban(const ban& what);
  caf::result<void> lift_ban(const ban_subject& what);
  void enforce_bans();
  caf::result<void> trust(const node_id& id);
  caf::result<void> untrust(const node_id& id);
  caf::result<node_limits> change_limits(const node_limits& to);
  void lose_slot(session_number which, caf::error why);
  caf::result<void> ask_about(const session& who);
  void ask(session_number about, const stranger& who);
  void on_verdict(session_number about, verdict what);
  void on_no_verdict(session_number about, const caf::error& why);
  void let_in(session_number which);

  // Telling.
  caf::result<std::vector<peer_info>> tell_peers();
  node_info tell_node() const;

  // The end.
  void shut_down();
  void end_at_once();
  void abandon_sessions();
  void end_if_done();

  system_end system_end_;
  /// Whether the sessions end with the node without a Disconnect.
  bool at_once_ = false;
  net::network& network_;
  const std::shared_ptr<const node_config> config_;
  loop_units units_;
  /// The running sessions of each loop.
  std::map<net::loop*, std::shared_ptr<pinged_sessions>> pinged_;
  listeners listeners_;
  waiting_connections waiting_;
  next_look look_;
  mapped_ports ports_;
  std::map<dial_number, open_dial> dials_;
  session_table sessions_;
  /// The supervisors of all sessions, by their actor ids, which are the numbers of the sessions.
  std::map<session_number, supervisor_actor> supervisors_;
  node_callers callers_;
  ban_list bans_;
  /// See `node_info::banned`.
  std::uint64_t banned_ = 0;
  /// The user's part in the admission.
  admission_actor hook_;
  /// The sessions that wait for a verdict.
  std::set<session_number> asked_;
  /// The questions without an answer; some may be about sessions that are over.
  std::size_t questions_ = 0;
  /// The time from which on the log may say again that a question was not answered.
  caf::actor_clock::time_point next_complaint_ = {};
  subscribers<subscriber_actor> subscribers_;
  connection_counts counts_;
  /// Queries under way. Each ends within `disconnect_timeout`.
  std::vector<std::shared_ptr<peers_query>> queries_;
  bool stopping_ = false;
};

} // namespace devp2p
