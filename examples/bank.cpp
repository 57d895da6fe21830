// SPDX-License-Identifier: BSL-1.0
//
// A simulator of one's own: banks that pay each other, over links that fail, between nodes that
// crash. Run it with one of the scenarios in `bank/`:
//
//     bank bank/sound.json --seeds 20                  # No money is made, whatever fails.
//     bank bank/forgetful.json --seeds 20 --shrink     # A planted defect, made small.
//
// `bank --help` names all options; they are those of `devp2p simulate`.
#include "devp2p/actors/typed/members.hpp"
#include "devp2p/actors/typed/typed_protocol.hpp"
#include "devp2p/simulator/link_index.hpp"
#include "devp2p/simulator/program/program.hpp"
#include "devp2p/simulator/simulation.hpp"

#include <caf/all.hpp>

#include <map>
#include <memory>
#include <set>

using namespace devp2p;

// The protocol, which knows nothing of simulations but where its books are.

struct payment {
  std::uint64_t number = 0; // The payer's.
  std::uint64_t amount = 0;
  friend auto inspect(auto& f, payment& x) {
    return inspect_fields(f, {"number", "amount"}, x.number, x.amount);
  }
};
struct receipt {
  std::uint64_t number = 0;
  friend auto inspect(auto& f, receipt& x) { return inspect_fields(f, {"number"}, x.number); }
};
using banking = typed_protocol<"bank", 1, message<0, payment>, message<1, receipt>>;

/// The books of a bank, which outlive a crash.
struct books {
  std::uint64_t balance = 100;
  std::uint64_t next_number = 0;
  std::map<std::uint64_t, std::pair<node_id, payment>> without_receipt;
  std::set<std::pair<node_id, std::uint64_t>> received;
};

struct bank {
  books& ledger;
  bool forgetful; // The defect: it forgets in a crash what it has received.
  std::set<std::pair<node_id, std::uint64_t>> memory = {};
  members<banking> others = {};

  void pay(const node_id& to, std::uint64_t amount) {
    if (amount > ledger.balance)
      return;
    ledger.balance -= amount;
    payment what{ledger.next_number++, amount};
    ledger.without_receipt.emplace(what.number, std::pair{to, what});
    others.send(to, what);
  }

  void receive(const node_id& from, const payment& what) {
    if ((forgetful ? memory : ledger.received).emplace(from, what.number).second)
      ledger.balance += what.amount;
    others.send(from, receipt{what.number});
  }
};

/// Serves one session. What has no receipt is paid again, since the last session may have lost it.
banking::behavior serve(banking::handler_pointer self, const banking::channel& link,
                        const std::shared_ptr<bank>& ours) {
  ours->others.join(self, link);
  for (const auto& [number, x] : ours->ledger.without_receipt)
    if (x.first == link.remote())
      link.send(self, x.second);
  return {
    [=](const payment& x) { ours->receive(link.remote(), x); },
    [=](const receipt& x) { ours->ledger.without_receipt.erase(x.number); },
  };
}

// The simulator.

/// `{"at_s": 1, "do": "pay", "node": 0, "to": 1, "amount": 10}`
struct pay {
  static constexpr auto name = "pay";
  static constexpr auto about = "The node pays another.";
  simulator::node_number node;
  simulator::node_number to;
  simulator::whole<1, 1000, 10> amount;

  std::optional<simulator::refusal> refuse(const simulator::simulation_options& network) const {
    return simulator::refuse_unlinked(network.links, node, to);
  }
  friend auto inspect(auto& f, pay& x) {
    return inspect_fields(f, {"node", "to", "amount"}, x.node, x.to, x.amount);
  }
};

/// `"bank": {"forgetful": true}`
struct settings_of_banks {
  bool forgetful = false;
  friend auto inspect(auto& f, settings_of_banks& x) {
    return inspect_fields(f, {"forgetful"}, x.forgetful);
  }
};

std::int64_t money_of(const simulator::network_view& all) {
  std::int64_t out = 0;
  for (std::size_t i = 0; i < all.nodes(); ++i)
    out += all.number(i, "balance").value_or(0); // A bank that is down has none.
  return out;
}

int main(int argc, char** argv) {
  simulator::simulated_protocol banks{
    "bank", [](const simulator::place& where) {
      auto ours = std::make_shared<bank>(
        bank{where.stored<books>(), where.settings<settings_of_banks>().forgetful});
      return simulator::offer{banking::handled_by(serve, ours), ours};
    }};
  banks.settings<settings_of_banks>();
  banks.action<pay>(
    [](const pay& x, const std::shared_ptr<bank>& payer, const simulator::occasion& now) {
      payer->pay(now.where.id_of(x.to), x.amount);
    });
  banks.observe(
    "balance", [](const std::shared_ptr<bank>& x) { return x->ledger.balance; },
    simulator::shown_as::each_and_sum);

  simulator::program mine{"bank"};
  mine.add(banks);
  mine.observe("money", money_of);
  mine.check("no_money_is_made", simulator::always, [](const simulator::network_view& all) {
    auto most = static_cast<std::int64_t>(100 * all.nodes());
    auto money = money_of(all);
    return money <= most ? "" : "all banks together have " + std::to_string(money);
  });
  return mine.run(argc, argv);
}
