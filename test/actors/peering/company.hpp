// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../two_nodes.hpp"

#include "devp2p/actors/peering/dialer.hpp"
#include "devp2p/actors/peering/reputation.hpp"
#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/messages/on_events.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace devp2p::test {

/// A network in virtual time, in which each host has one node with the protocol `plain`, which
/// says nothing.
struct company {
  static constexpr std::uint16_t port = 30303;

  kit::seeded_random random{7};
  kit::world world{{.seed = 7, .in_order = true}};

  struct member {
    crypto::private_key key;
    node_actor node;
    [[nodiscard]] node_id id() const { return key.id(); }
  };
  std::map<std::string, member> members;

  /// Returns the URL of the node at that host, which need not be there yet.
  enode url(const std::string& host) { return {key_of(host).id(), {host, port}, port}; }

  /// Begins the node at that host, or begins it again.
  const node_actor& begin(const std::string& host, const settings& limits = {},
                          const std::vector<node_id>& trusted = {}) {
    auto& x = members.at((static_cast<void>(key_of(host)), host));
    node_config setup{x.key, &random};
    setup.limits = limits;
    setup.trusted = trusted;
    setup.protocols = {make_protocol("plain", 1, 1, handled_by(ignore))};
    x.node = world.adopt(spawn_node(world.system(), world.host(host), std::move(setup)));
    world.send(x.node, listen_atom_v, endpoint{host, port});
    return x.node;
  }

  void end(const std::string& host) {
    caf::anon_send_exit(members.at(host).node, caf::exit_reason::user_shutdown);
    world.advance(std::chrono::seconds{5});
    members.at(host).node = nullptr;
  }

  [[nodiscard]] std::size_t peers_of(const std::string& host) {
    auto found = world.ask(members.at(host).node, peers_atom_v);
    return found ? found->size() : 0;
  }

  bool are_peers(const std::string& host, const std::string& other) {
    auto found = world.ask(members.at(host).node, peers_atom_v);
    if (!found)
      return false;
    for (const auto& x : *found)
      if (x.id == key_of(other).id())
        return true;
    return false;
  }

private:
  const crypto::private_key& key_of(const std::string& host) {
    auto found = members.find(host);
    if (found == members.end())
      found = members.emplace(host, member{crypto::private_key::generate(random), {}}).first;
    return found->second.key;
  }

  static handler_actor::behavior_type ignore(handler_actor::pointer, const channel&) {
    return {[](const packet&) {}};
  }
};

/// Returns true iff the answer is no error.
bool is_done(const auto& answer) {
  return static_cast<bool>(answer);
}

/// Names these nodes, in this order, each once for each time that it was added.
inline candidate_source_actor::behavior_type
name_nodes(candidate_source_actor::pointer, std::shared_ptr<std::vector<enode>> nodes,
           std::shared_ptr<std::vector<std::uint32_t>> questions) {
  return {[=](find_atom, std::uint32_t most) {
    questions->push_back(most);
    std::vector<enode> out;
    while (out.size() < most && !nodes->empty()) {
      out.push_back(nodes->front());
      nodes->erase(nodes->begin());
    }
    return out;
  }};
}

} // namespace devp2p::test
