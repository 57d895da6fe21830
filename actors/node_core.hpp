// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/accepting.hpp"
#include "devp2p/actors/admission.hpp"
#include "devp2p/actors/fair_pool.hpp"
#include "devp2p/actors/node_config.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/subscribers.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/messages/session.hpp"
#include "devp2p/net/network.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace devp2p {

/// The actor behind a node: listens, dials, admits, limits and reports. Each session is run by a
/// supervisor.
///
/// Lives on the network's loop, if it has one.
class node_core : public pinned<node_core_actor::base> {
public:
  node_core(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
            std::shared_ptr<const node_config> settings);

  const char* name() const override { return "node"; }
  behavior_type make_behavior() override;
  void on_exit() override;
  resume_result resume(caf::execution_unit* unit, std::size_t max_throughput) override;

private:
  using shared_stream = std::shared_ptr<net::stream>;

  struct waiting_stream {
    shared_stream stream;
    caf::actor_clock::time_point since;
  };

  struct open_dial {
    enode target;
    std::unique_ptr<net::pending_dial> attempt;
    caf::typed_response_promise<peer_info> answer;
  };

  struct session;

  /// A dial under way. First `dials_` holds the attempt; then there is a connection.
  struct opening_dial {
    std::uint64_t number;
    session* connected = nullptr;
  };

  struct session {
    supervisor_actor handle;
    /// `handshake` until the session runs.
    session_phase phase = session_phase::handshake;
    /// The session counts in `peers_`.
    bool admitted = false;
    bool inbound = false;
    /// The connection was opened by a puncher, and the other end begins the handshake. The session
    /// counts as a dial of ours, and the remote must prove to be `id`.
    bool adopted = false;
    node_id id;
    endpoint remote;
    caf::actor_clock::time_point since = {};
    /// The answer to the caller that dialled.
    caf::typed_response_promise<peer_info> dialled;
    /// The answers to callers that asked to close the session.
    std::vector<caf::response_promise> closed;

    [[nodiscard]] bool is_ours() const { return !inbound || adopted; }
  };

  /// A session that the remote dialled and in which it has proved its identity.
  struct greeted_session {
    session* which;
    /// Pending while the supervisor waits for the end of our own dial.
    caf::response_promise held = {};
  };

  /// The answers of all sessions to one question.
  struct gathering {
    std::size_t missing = 0;
    std::vector<peer_info> found;
    caf::typed_response_promise<std::vector<peer_info>> answer;

    void on_answer() {
      if (--missing == 0)
        deliver(answer, std::move(found));
    }
  };

  using sessions = std::map<caf::actor_addr, session>;

  /// Hash and equality by node id. A set with them costs less memory than a map that holds a copy
  /// of each id.
  struct by_id {
    using is_transparent = void;

    static const node_id& of(const node_id& id) { return id; }
    static const node_id& of(const session* x) { return x->id; }

    std::size_t operator()(const auto& x) const noexcept { return std::hash<node_id>{}(of(x)); }
    bool operator()(const auto& x, const auto& y) const noexcept { return of(x) == of(y); }
  };

  // Listening.
  caf::result<enode> listen(const endpoint& at);
  void accept(std::size_t index);
  void accept_again();
  void admit_waiting();
  std::optional<std::uint64_t> next_waiting();
  void give_up_waiting();
  void drop_waiting(std::uint64_t which);
  void look_again();
  void on_accepted(std::size_t index, shared_stream stream);
  void take_in(shared_stream stream);
  void on_accept_failed(std::size_t index, const caf::error& why);

  // Dialling.
  caf::result<peer_info> dial(const enode& target);
  caf::typed_response_promise<peer_info> begin_dial(const enode& target, std::uint64_t number);
  void on_dialled(std::uint64_t number, shared_stream stream);
  caf::result<peer_info> adopt(const node_id& id, const connected_stream& punched);
  void on_dial_failed(std::uint64_t number, caf::error why);

  // Sessions.
  session* open_session(shared_stream stream, std::optional<node_id> dialled);
  session& open_session(shared_stream stream, std::optional<node_id> dialled,
                        supervisor_actor& handle);
  std::shared_ptr<loop_unit> unit_of(const net::stream& stream);
  sessions::iterator current_session() { return sessions_.find(current_sender_address()); }
  caf::actor_addr current_sender_address();
  [[nodiscard]] source source_of(const endpoint& remote) const;
  [[nodiscard]] source source_of(const session& from) const { return source_of(from.remote); }
  caf::result<void> admit(const node_id& id);
  [[nodiscard]] bool must_wait(session& inbound);
  void end_wait(const node_id& id, const caf::error& outcome);
  void prefer_inbound(const node_id& id, std::uint64_t dial);
  caf::result<void> admit(const peer_info& peer);
  void on_running(peer_info& peer);
  void count_running(session& which, peer_info& peer);
  void on_failure(const caf::error& why);
  void displace(const node_id& id);
  void on_session_end(session_end& end, const caf::error& why);
  void end_session(session& which, session_end end, const caf::error& why);
  void on_down(const caf::down_msg& down);
  caf::result<void> close(const node_id& id, disconnect_reason reason);
  void answer_dial(session& failed, const caf::error& why);
  void answer_all(session& which, const caf::error& why);
  void answer_with(session& running, caf::typed_response_promise<peer_info> answer);
  caf::result<peer_info> answer_from(const session& running);
  void leave_opening(session& from, session_phase to);
  void stop_counting(session& from);

  // Telling.
  caf::result<std::vector<peer_info>> tell_peers();
  node_info tell_node() const;

  // NAT.
  void map(const endpoint& listening);
  void is_reached(const port_mapping& mapping);

  // The end.
  void shut_down();
  void end_at_once();
  void abandon_sessions();
  void end_if_done();

  /// A reference to this actor. Without one the actor would end silently once the sessions have
  /// dropped theirs. It is cleared when the node ends.
  node_core_actor alive_;
  system_end system_end_;
  net::network& network_;
  std::shared_ptr<const node_config> config_;
  const node_id self_;
  admission peers_;

  std::vector<accepting> listeners_;
  /// Accepted connections that wait for a place among `pending_`, by number.
  fair_pool<std::uint64_t> waiting_;
  std::map<std::uint64_t, waiting_stream> accepted_;
  std::uint64_t next_accepted_ = 0;
  /// True while a `resume_atom` is on its way, to look whether a pending session has used up its
  /// time.
  bool looking_ = false;
  /// The time before which `look_again` has no work to do.
  caf::actor_clock::time_point look_at_ = {};
  std::map<std::uint64_t, open_dial> dials_;
  std::uint64_t next_dial_ = 0;
  sessions sessions_;
  /// Accepted sessions that do not run yet.
  fair_pool<caf::actor_addr> pending_;
  /// Our dials that do not run yet, by node.
  std::unordered_map<node_id, opening_dial> dialling_;
  /// Inbound sessions that have proved an identity and do not run yet, by node.
  std::unordered_multimap<node_id, greeted_session> greeted_;
  std::unordered_set<session*, by_id, by_id> running_;
  /// Sessions that are over, but whose supervisors have not ended.
  fair_pool<caf::actor_addr> lingering_;
  /// Units of the network's other loops.
  std::map<net::loop*, std::shared_ptr<loop_unit>> units_;
  subscribers<subscriber_actor> subscribers_;
  subscribers<mapping_subscriber_actor> mapping_subscribers_;
  /// Keeps our listening ports reachable. Spawned with the first listener if there are gateways.
  mapper_actor mapper_;
  /// External endpoints of our mapped ports.
  std::map<local_port, endpoint> external_;
  /// Queries under way. Each ends within `disconnect_timeout`.
  std::vector<std::shared_ptr<gathering>> gatherings_;
  std::map<std::uint64_t, caf::typed_response_promise<peer_info>> asked_;
  std::uint64_t next_asked_ = 0;
  bool stopping_ = false;
};

} // namespace devp2p
