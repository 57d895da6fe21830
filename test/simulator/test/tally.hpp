// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/members.hpp"
#include "devp2p/actors/typed/typed_protocol.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/model.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <caf/all.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A protocol as a user of the simulator has it.
namespace devp2p::test {

struct amount {
  std::uint64_t value = 0;

  friend auto inspect(auto& f, amount& x) { return inspect_fields(f, {"value"}, x.value); }
};

/// Nodes add up what their neighbours have.
using tally = typed_protocol<"tally", 1, message<0, amount>>;

/// The tally of one node: its sum is on its disk.
struct ledger {
  simulator::place where;
  members<tally> peers = {};

  void add(std::uint64_t what) const {
    auto& sum = where.stored<std::uint64_t>();
    sum += what;
    where.tell("sum", std::to_string(sum));
  }
};
using ledger_pointer = std::shared_ptr<ledger>;

inline tally::behavior count(tally::handler_pointer self, const tally::channel& link,
                             const ledger_pointer& ours) {
  ours->peers.join(self, link);
  return {[=](const amount& x) { ours->add(x.value); }};
}

/// Tells every second that it is there.
using ticker = caf::typed_actor<reacts_to<resume_atom>>;

inline ticker::behavior_type tick(ticker::pointer self, const simulator::place& where) {
  send_later_to(self, std::chrono::seconds{1}, ticker{self}, resume_atom_v);
  return {[=](resume_atom) {
    where.tell("tick");
    send_later_to(self, std::chrono::seconds{1}, ticker{self}, resume_atom_v);
  }};
}

/// The node has an amount, and sends it to its neighbours.
struct earn {
  static constexpr auto name = "earn";
  simulator::node_number node = {};
  simulator::whole<1, 100, 7> how_much = {};

  friend auto inspect(auto& f, earn& x) {
    return inspect_fields(f, {"node", "how_much"}, x.node, x.how_much);
  }
};

enum class tint { red, green };
constexpr std::array<std::string_view, 2> words_of(tint) {
  return {"red", "green"};
}

/// An action with a field of each type, which tells of itself.
struct note {
  static constexpr auto name = "note";
  simulator::node_number node = {};
  simulator::node_number to = {};
  std::vector<simulator::node_number> others = {};
  std::uint64_t number = 0;
  simulator::whole<3, 5> few = {};
  double share = 0;
  bool loud = false;
  std::string text = {};
  caf::timespan pause{0};
  disconnect_reason reason = {};
  tint paint = tint::red;

  [[nodiscard]] std::optional<simulator::refusal>
  refuse(const simulator::simulation_options& network) const {
    return simulator::refuse_unlinked(network.links, node, to);
  }

  friend auto inspect(auto& f, note& x) {
    return inspect_fields(f,
                          {"node", "to", "others", "number", "few", "share", "loud", "text",
                           "pause_s", "reason", "paint"},
                          x.node, x.to, x.others, x.number, x.few, x.share, x.loud, x.text, x.pause,
                          x.reason, x.paint);
  }
};

struct tally_settings {
  bool ticks = false;
  tint paint = tint::red;

  friend auto inspect(auto& f, tally_settings& x) {
    return inspect_fields(f, {"ticks", "paint"}, x.ticks, x.paint);
  }
};

/// Returns the model of a user. With `observed`, the sums of nodes that have one are observed.
inline simulator::model tally_model(bool observed = false) {
  simulator::simulated_protocol out{"tally", [](const simulator::place& where) {
                                      auto ours = std::make_shared<ledger>(ledger{where});
                                      if (where.settings<tally_settings>().ticks)
                                        where.adopt(where.system().spawn(tick, where));
                                      return simulator::offer{tally::handled_by(count, ours), ours};
                                    }};
  out.settings<tally_settings>();
  out.action<earn>([](const earn& x, const ledger_pointer& ours) {
    ours->add(x.how_much);
    ours->peers.send_all(amount{x.how_much});
  });
  out.action<note>([](const note& x, const ledger_pointer& ours, const simulator::occasion& now) {
    ours->where.tell("noted", std::to_string(now.number) + x.text, x.to);
  });
  if (observed)
    out.observe("total", [](const ledger_pointer& ours) -> std::optional<std::uint64_t> {
      auto sum = ours->where.stored<std::uint64_t>();
      return sum == 0 ? std::nullopt : std::optional{sum};
    });
  simulator::model all;
  all.add(out);
  return all;
}

} // namespace devp2p::test
