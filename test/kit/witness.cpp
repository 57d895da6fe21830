// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/witness.hpp"

#include "devp2p/messages/caf.hpp"

#include <caf/sec.hpp>

#include <algorithm>

namespace devp2p::kit {

witness::witness(world& where, const node_actor& node, std::string name)
  : witness(std::move(name)) {
  anon_send_to(node, subscribe_atom_v, where.adopt(spawn(where.system())));
}

witness::witness(std::string name) {
  seen_->name = std::move(name);
}

subscriber_actor witness::spawn(caf::actor_system& system) const {
  return system.spawn(watch, seen_);
}

subscriber_actor::behavior_type witness::watch(subscriber_actor::pointer,
                                               std::shared_ptr<record> seen) {
  auto runs = [seen](const node_id& id) {
    return std::find(seen->running.begin(), seen->running.end(), id);
  };
  auto complain = [seen](const node_id& id, const std::string& what) {
    seen->wrong.push_back(seen->name + " says that its session with " + id.brief() + what);
  };
  return {
    [=](const peer_added& x) {
      if (runs(x.peer.id) != seen->running.end())
        complain(x.peer.id, " begins, though it runs");
      seen->running.push_back(x.peer.id);
      ++seen->added;
    },
    [=](const peer_dropped& x) {
      if (auto i = runs(x.id); i != seen->running.end())
        seen->running.erase(i);
      else
        complain(x.id, " ends, though it does not run");
      seen->ends.push_back({x.id, true, x.end});
    },
    [=](const session_failed& x) {
      seen->ends.push_back({x.id, false, x.end});
    },
    [=](const message_event& x) {
      if (runs(x.id) == seen->running.end())
        complain(x.id, " carries a message, though it does not run");
    },
  };
}

namespace {

/// Removes one element that fits. Returns false if there is none.
template <class Predicate>
bool strike(std::vector<witness::end>& from, Predicate fits) {
  auto found = std::find_if(from.begin(), from.end(), fits);
  if (found == from.end())
    return false;
  from.erase(found);
  return true;
}

} // namespace

std::vector<std::string> witness::miscounted(world& where, const node_actor& node) const {
  std::vector<std::string> out;
  auto x = where.ask(node, info_atom_v);
  if (!x && x.error() == caf::sec::request_timeout)
    return {seen_->name + " does not answer"};
  if (!x) // A node that has ended has nothing to count.
    return out;
  if (x->peers != running())
    out.push_back(seen_->name + " counts " + std::to_string(x->peers) + " sessions, but " +
                  std::to_string(running()) + " run");
  if (x->pending > 0)
    out.push_back(seen_->name + " has a session that is on its way for ever");
  return out;
}

std::vector<std::string> witness::invented(const witness& other) const {
  std::vector<std::string> out;
  auto said = other.ends();
  for (const auto& heard : ends()) {
    auto fits = [&](const end& x) {
      return x.why.sent && !x.why.remote_requested && x.why.reason == heard.why.reason;
    };
    if (heard.why.remote_requested && !strike(said, fits))
      out.push_back(seen_->name + " was told \"" + to_string(heard.why.reason) + "\", but " +
                    other.seen_->name + " has not said so");
  }
  return out;
}

std::vector<std::string> witness::missed(const witness& other) const {
  std::vector<std::string> out;
  auto mine = ends();
  for (const auto& said : other.ends()) {
    if (!said.why.sent || said.why.remote_requested || !said.ran)
      continue;
    auto heard = [&](const end& x) {
      return x.why.remote_requested && x.why.reason == said.why.reason;
    };
    auto ended_here = [](const end& x) {
      return !x.why.remote_requested && x.why.reason != disconnect_reason::network_error;
    };
    if (!strike(mine, heard) && !strike(mine, ended_here))
      out.push_back(other.seen_->name + " has said \"" + to_string(said.why.reason) + "\", but " +
                    seen_->name + " has not heard it");
  }
  return out;
}

} // namespace devp2p::kit
