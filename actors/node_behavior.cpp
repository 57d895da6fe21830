// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/node_behavior.hpp"

#include "devp2p/actors/self_description.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/send.hpp>

#include <utility>

namespace devp2p {

node::node(caf::actor_config& config, const std::shared_ptr<loop_unit>& unit, net::network& network,
           std::shared_ptr<const node_config> settings, admission_actor hook)
  : pinned(config, unit),
    network_(network),
    config_(std::move(settings)),
    units_(unit, config_->limits.hold_timeout),
    sessions_(config_->key.id(), config_->limits, config_->trusted),
    hook_(std::move(hook)) {}

node::behavior_type node::make_behavior() {
  // Without a reference the node would end silently once the sessions have dropped theirs.
  stay_alive();
  system_end_.watch(this);
  set_down_handler([this](const caf::down_msg& down) {
    survive([this](const caf::error& why) { on_failure(why); }, [&] { on_down(down); });
  });
  set_exit_handler([this](const caf::exit_msg&) {
    survive([this](const caf::error& why) { on_failure(why); }, [this] { shut_down(); });
  });
  // A refusal by a supervisor that is ending is no failure of the node.
  set_error_handler([](const caf::error&) {});
  return surviving<behavior_type>(
    this, [](auto& self, const caf::error& why) { self.on_failure(why); },
    // From users:
    [this](listen_atom, const endpoint& at) { return listen(at); },
    [this](dial_atom, const enode& target) { return dial(target); },
    [this](adopt_atom, const node_id& id, const connected_stream& x) { return adopt(id, x); },
    [this](close_atom, const node_id& id, disconnect_reason reason) { return close(id, reason); },
    [this](peers_atom) { return tell_peers(); }, [this](info_atom) { return tell_node(); },
    [this](ban_atom, const ban& what) { return add_ban(what); },
    [this](unban_atom, const ban_subject& what) { return lift_ban(what); },
    [this](bans_atom) { return bans_.list(clock().now()); },
    [this](trust_atom, const node_id& id) { return trust(id); },
    [this](untrust_atom, const node_id& id) { return untrust(id); },
    [this](limits_atom, const node_limits& to) { return change_limits(to); },
    [this](subscribe_atom, const subscriber_actor& who) {
      return answer_to(subscribers_.add(this, who));
    },
    [this](subscribe_atom, const mapping_subscriber_actor& who) { return watch_ports(who); },
    // From listeners and dials:
    [this](accept_atom, std::size_t index, shared_streams& x) { on_accepted(index, std::move(x)); },
    [this](accept_atom, std::size_t index, const caf::error& x) {
      listeners_.end_call(index);
      on_accept_failed(index, x);
    },
    [this](dial_atom, dial_number number, shared_stream& x) { on_dialled(number, std::move(x)); },
    [this](dial_atom, dial_number number, const caf::error& x) { on_dial_failed(number, x); },
    // From sessions:
    [this](admit_atom, const node_id& id) { return admit(id); },
    [this](admit_atom, const peer_info& peer) { return admit(peer); },
    [this](peer_info& peer) { on_running(peer); },
    [this](peer_dropped& over, const caf::error& why) { on_session_end(over, why); },
    [this](const message_event& what) {
      if (sessions_.peer(what.id)) // Subscribers know others as over.
        subscribers_.tell(what);
    },
    // From itself:
    [this](tick_atom, dial_number dial) { on_dial_failed(dial, errc::dial_timeout); },
    [this](tick_atom, const node_id& id, dial_number dial) { prefer_inbound(id, dial); },
    [this](accept_atom, std::size_t index) {
      listeners_.end_pause(index);
      accept(index);
    },
    [this](resume_atom) { look_again(); },
    // From the mapper:
    [this](const port_mapped& x) { on_mapped(x.mapping); }, [](const port_renewed&) {},
    [this](const port_lost& x) { ports_.external.erase(x.mapping.internal); },
    [this](const external_changed& x) { on_mapped(x.mapping); }, [](const mapping_failed&) {});
}

void node::on_failure(const caf::error& why) {
  auto nothing = [](const caf::error&) {};
  survive(nothing, [&] {
    if (config_->log)
      config_->log->warn("{}: what was asked for is dropped, and all else goes on",
                         why ? describe(why) : "out of memory");
  });
}

caf::error node::to_error(const session_table::refusal& why) {
  return why.text.empty() ? caf::make_error(why.code) : caf::make_error(why.code, why.text);
}

/// Asks listeners again that could not be asked, or could not report, for want of memory: until
/// asked, a listener accepts no connection.
caf::resumable::resume_result node::resume(execution_unit* unit, std::size_t max_throughput) {
  auto result = pinned::resume(unit, max_throughput);
  survive([&](const caf::error&) { result = once_more(result); },
          [this] {
            for (std::size_t i = 0; i < listeners_.size(); ++i)
              accept(i);
          });
  return result;
}

void node::on_exit() {
  // After `kill` the sessions still exist. They do not monitor the node: to end each of a thousand
  // monitors, CAF would search them all. Without memory for a message, another turn tells the rest.
  const auto how = at_once_ ? caf::exit_reason::kill : caf::exit_reason::user_shutdown;
  for (; !supervisors_.empty(); supervisors_.erase(supervisors_.begin()))
    caf::anon_send_exit(supervisors_.begin()->second, how);
  // Callers that wait for an answer would not notice.
  callers_.refuse_all(errc::shutting_down);
  for (auto& x : queries_)
    deliver(x->answer, caf::make_error(errc::shutting_down));
  queries_.clear();
  listeners_.clear();
  waiting_.clear();
  dials_.clear();
  sessions_.clear();
  subscribers_.clear(this);
  ports_.watchers.clear(this);
  asked_.clear();
  hook_ = nullptr; // It may hold this node.
  system_end_.forget();
  if (auto mapper = std::exchange(ports_.mapper, nullptr))
    survive([](const caf::error&) {}, [&] { caf::anon_send_exit(mapper, caf::exit_reason::kill); });
}

// Telling.

caf::result<std::vector<peer_info>> node::tell_peers() {
  auto all = std::make_shared<peers_query>();
  all->found.reserve(sessions_.peers().size());
  std::erase_if(queries_, [](const auto& x) { return x->missing == 0; });
  // Starts at one, so that `on_answer` below also completes a query without sessions.
  all->missing = 1;
  for (const auto* peer : sessions_.peers()) {
    ++all->missing;
    auto on_info = [all, trusted = sessions_.is_trusted(peer->id)](peer_info& x) {
      x.trusted = trusted;
      all->found.push_back(std::move(x));
      all->on_answer();
    };
    // A session that is ending right now is no longer a peer.
    request_from(this, supervisors_.at(peer->number),
                 answer_within(config_->limits.disconnect_timeout), info_atom_v)
      .then(on_info, [all](const caf::error&) { all->on_answer(); });
  }
  queries_.push_back(all);
  all->answer = make_response_promise<std::vector<peer_info>>();
  all->on_answer();
  return all->answer;
}

node_info node::tell_node() const {
  node_info out;
  out.id = sessions_.self();
  out.client_id = config_->limits.client_id;
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    out.listening.push_back({out.id, listeners_.local(i), listeners_.local(i).port});
  for (const auto& [port, where] : ports_.external)
    out.external.push_back({out.id, where, where.port});
  out.capabilities = own_hello(*config_).capabilities;
  for (const auto& x : config_->protocols)
    if (x.node_info)
      out.protocols[x.name] = told_by(x.node_info);
  out.peers = sessions_.peers().size();
  out.pending = sessions_.pending();
  out.banned = banned_;
  out.memory = config_->memory->held();
  out.max_memory = config_->memory->limit();
  out.connections = counts_;
  return out;
}

// The end.

void node::shut_down() {
  if (std::exchange(stopping_, true))
    return;
  // Sessions have deadlines of their own. But a session may be unable to report its end for want of
  // memory.
  const auto& limits = config_->limits;
  const auto longest =
    limits.disconnect_timeout + limits.linger_timeout + 3 * limits.handler_timeout;
  look_.due = clock().now() + longest;
  survive([](const caf::error&) {}, [&] { send_later(longest, resume_atom_v); });
  listeners_.clear();
  waiting_.clear();
  for (auto& [number, dial] : std::exchange(dials_, {}))
    deliver(callers_.take_dial(number), caf::make_error(errc::shutting_down));
  for (auto& [number, supervisor] : supervisors_)
    send_to(this, supervisor, close_atom_v, disconnect_reason::client_quitting);
  if (ports_.mapper)
    send_exit(ports_.mapper, caf::exit_reason::user_shutdown);
  end_if_done();
}

/// Kills the sessions that are left at the shutdown deadline: a working session ends sooner.
void node::abandon_sessions() {
  for (auto& [number, supervisor] : supervisors_) {
    if (auto* left = sessions_.find(number))
      answer_all(*left, caf::make_error(errc::shutting_down));
    send_exit(supervisor, caf::exit_reason::kill);
  }
  sessions_.clear();
  supervisors_.clear();
  asked_.clear();
  end_if_done();
}

/// Ends without a Disconnect: the actors that would send it are about to lose their system.
void node::end_at_once() {
  at_once_ = true;
  quit(caf::exit_reason::kill);
}

void node::end_if_done() {
  if (stopping_ && supervisors_.empty() && !ports_.mapper)
    quit();
}

} // namespace devp2p
