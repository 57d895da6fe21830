// SPDX-License-Identifier: BSL-1.0
#include "raft/raft_model.hpp"

#include "raft/raft_checks.hpp"
#include "raft/replica.hpp"

#include "devp2p/simulator/place.hpp"
#include "devp2p/simulator/simulated_protocol.hpp"

#include <caf/all.hpp>

#include <utility>
#include <variant>

namespace devp2p::raft {

namespace {

replica host(const simulator::place& where) {
  cluster others;
  for (auto x : where.neighbours())
    others.emplace(x, where.id_of(x));
  raft_config config{.self = where.node(), .nodes = where.nodes(), .seed = where.seed()};
  config.planted = where.settings<raft_settings>().planted;
  auto out = spawn_replica(where.system(), config, where.stored<durable>(), others,
                           [where](const notice& x) { tell(where, x); });
  where.adopt(out.actor);
  return out;
}

} // namespace

void add_raft(simulator::model& to) {
  simulator::simulated_protocol out{"raft", [](const simulator::place& where) {
                                      auto ours = host(where);
                                      return simulator::offer{protocols(ours), ours};
                                    }};
  out.settings<raft_settings>();
  out.action<propose>([](const propose& x, const replica& ours, const simulator::occasion& now) {
    anon_send_to(ours.actor, write_atom_v, x.command + ' ' + std::to_string(now.number));
  });
  out.action<read>([](const read&, const replica& ours, const simulator::occasion& now) {
    now.where.tell_with("reading", {{"number", now.number}});
    anon_send_to(ours.actor, info_atom_v, now.number);
  });
  out.observe("term", [](const replica& x) { return x.state->term(); });
  out.observe("role", [](const replica& x) { return static_cast<int>(x.state->role()); });
  out.observe("commit", [](const replica& x) { return x.state->commit_index(); });
  out.observe("applied", [](const replica& x) { return x.state->applied_index(); });
  out.observe("digest", [](const replica& x) { return x.state->digest(); });
  to.add(out).add(agreed{});
  add_checks(to);
}

} // namespace devp2p::raft
