// SPDX-License-Identifier: BSL-1.0
#include "raft/raft_checks.hpp"

#include "raft/raft_model.hpp"

#include "devp2p/simulator/disturbances.hpp"
#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/nat_links.hpp"
#include "devp2p/simulator/network_view.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace devp2p::raft {

namespace {

using simulator::event;
using simulator::finding;
using simulator::network_view;

/// Reads the numbers in these fields of an event.
template <class... Names>
std::array<std::uint64_t, sizeof...(Names)> numbers_in(const event& x, Names... names) {
  return {x.get<std::uint64_t>(names).value_or(0)...};
}

struct teller {
  const simulator::place& where;

  void operator()(const elected& x) const { where.tell_with("elected", {{"term", x.term}}); }
  void operator()(const logged& x) const {
    where.tell_with("logged", {{"index", x.index}, {"term", x.term}, {"digest", x.digest}});
  }
  void operator()(const applied& x) const {
    where.tell_with("done", {{"index", x.index}, {"digest", x.digest}, {"at_term", x.at_term}});
  }
  void operator()(const read_done& x) const {
    if (x.index)
      where.tell_with("read", {{"number", x.number}, {"index", *x.index}});
    else
      where.tell_with("refused", {{"number", x.number}});
  }
};

std::string node(std::size_t x) {
  return "node " + std::to_string(x);
}

std::string nodes(std::size_t x, std::size_t y) {
  return "nodes " + std::to_string(x) + " and " + std::to_string(y);
}

/// The first value of each key that a node has told, which must be the only one.
template <class Key, class Value>
struct first_told {
  std::map<Key, std::pair<Value, std::size_t>> all = {};

  /// Returns the node that has told another value; `nullopt` if none has.
  std::optional<std::size_t> differs(const Key& key, const Value& value, std::size_t by) {
    const auto& first = all.try_emplace(key, value, by).first->second;
    return first.first != value ? std::optional{first.second} : std::nullopt;
  }
};

struct one_leader {
  first_told<std::uint64_t, std::size_t> leaders = {};

  finding operator()(const event& x, const network_view&) {
    if (x.name != "elected")
      return {};
    auto [term] = numbers_in(x, "term");
    auto other = leaders.differs(term, x.node, x.node);
    return other ? finding{nodes(*other, x.node) + " lead in term " + std::to_string(term),
                           {*other, x.node}}
                 : finding{};
  }
};

struct logs_match {
  first_told<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> digests = {};

  finding operator()(const event& x, const network_view&) {
    if (x.name != "logged")
      return {};
    auto [index, term, digest] = numbers_in(x, "index", "term", "digest");
    auto other = digests.differs({index, term}, digest, x.node);
    return other ? finding{"the logs of " + nodes(*other, x.node) + " differ up to entry " +
                             std::to_string(index) + " of term " + std::to_string(term),
                           {*other, x.node}}
                 : finding{};
  }
};

struct same_commands {
  first_told<std::uint64_t, std::uint64_t> digests = {};

  finding operator()(const event& x, const network_view&) {
    if (x.name != "done")
      return {};
    auto [index, digest, term] = numbers_in(x, "index", "digest", "at_term");
    auto other = digests.differs(index, digest, x.node);
    return other ? finding{nodes(*other, x.node) + " have done different commands up to " +
                             std::to_string(index),
                           {*other, x.node}}
                 : finding{};
  }
};

/// The order in which the events of different nodes come does not matter: a node can do in a term
/// only what was committed in that term or an earlier one.
struct leaders_are_complete {
  struct commitment {
    std::uint64_t digest;
    std::uint64_t term;
  };

  std::map<std::size_t, std::vector<std::uint64_t>> logs = {};
  std::map<std::uint64_t, commitment> committed = {};

  finding operator()(const event& x, const network_view&) {
    if (x.what == simulator::event_kind::crashed) {
      logs[x.node].clear(); // A node tells of its log again when it starts.
    } else if (x.name == "logged") {
      auto [index, term, digest] = numbers_in(x, "index", "term", "digest");
      auto& log = logs[x.node];
      log.resize(index);
      log[index - 1] = digest;
    } else if (x.name == "done") {
      auto [index, digest, term] = numbers_in(x, "index", "digest", "at_term");
      auto& first = committed.try_emplace(index, commitment{digest, term}).first->second;
      first.term = std::min(first.term, term);
    } else if (x.name == "elected") {
      auto [term] = numbers_in(x, "term");
      const auto& log = logs[x.node];
      for (const auto& [index, what] : committed)
        if (what.term < term && (index > log.size() || log[index - 1] != what.digest))
          return node(x.node) + " leads in term " + std::to_string(term) + " without entry " +
                 std::to_string(index) + ", which was committed before";
    }
    return {};
  }
};

/// The order of events within one moment says nothing of what was first.
struct fresh_reads {
  /// The index up to which any node has done commands: in this moment, and before it.
  std::uint64_t done = 0;
  std::uint64_t done_before = 0;
  caf::timespan moment{0};
  std::map<std::uint64_t, std::uint64_t> least = {};

  finding operator()(const event& x, const network_view&) {
    if (x.when > std::exchange(moment, x.when))
      done_before = done;
    if (x.name == "done") {
      done = std::max(done, numbers_in(x, "index")[0]);
    } else if (x.name == "reading") {
      least[numbers_in(x, "number")[0]] = done_before;
    } else if (x.name == "read") {
      auto [number, index] = numbers_in(x, "number", "index");
      if (index < least[number])
        return node(x.node) + " has read up to entry " + std::to_string(index) + ", although " +
               std::to_string(least[number]) + " was done before the read began";
    }
    return {};
  }
};

class agreement : public simulator::watcher {
public:
  agreement(caf::timespan within, const simulator::scenario& of)
    : within_(within),
      of_(of),
      nats_(of.network.links, of.network.nats) {}

  void add(const event&, const network_view&) override {}

  [[nodiscard]] finding complaint(const network_view& seen, caf::timespan now) const override {
    if (!is_calm(seen, now - within_))
      return {};
    std::optional<std::size_t> leader;
    std::size_t first = seen.nodes();
    for (std::size_t i = 0; i < seen.nodes(); ++i) {
      if (!seen.is_up(i))
        continue;
      first = std::min(first, i);
      if (seen.number(i, "commit") != seen.number(first, "commit"))
        return {nodes(first, i) + " have not committed the same", {first, i}};
      if (seen.number(i, "role") == static_cast<std::int64_t>(role::leader))
        leader = i;
    }
    return leader ? finding{} : finding{"no node leads"};
  }

private:
  /// Whether most nodes are up, and could all talk to each other since then.
  [[nodiscard]] bool is_calm(const network_view& seen, caf::timespan since) const {
    if (since.count() < 0 || (!of_.schedule.empty() && of_.schedule.back().at > since))
      return false;
    const auto stalls = simulator::effects_of(of_.schedule, seen.links(), nats_);
    std::size_t up = 0;
    for (std::size_t i = 0; i < seen.nodes(); ++i) {
      up += seen.is_up(i) ? 1 : 0;
      for (std::size_t j = 0; j < i && seen.is_up(i); ++j) {
        if (!seen.is_up(j))
          continue;
        auto place = seen.links().between(i, j);
        if (!place || !stalls[*place].is_over() || seen.line_at(*place).since > since ||
            seen.line_at(*place).running != simulator::both_ends)
          return false;
      }
    }
    return up > seen.nodes() / 2;
  }

  caf::timespan within_;
  const simulator::scenario& of_;
  simulator::nat_links nats_;
};

template <class Judge>
void add_judge(simulator::model& to, std::string name) {
  to.check_events(std::move(name), [] { return Judge{}; });
}

} // namespace

void tell(const simulator::place& where, const notice& what) {
  std::visit(teller{where}, what);
}

std::unique_ptr<simulator::watcher> agreed::watch(const simulator::scenario& of) const {
  return std::make_unique<agreement>(within, of);
}

void add_checks(simulator::model& to) {
  add_judge<one_leader>(to, "one_leader");
  add_judge<logs_match>(to, "logs_match");
  add_judge<leaders_are_complete>(to, "leaders_are_complete");
  add_judge<same_commands>(to, "same_commands");
  add_judge<fresh_reads>(to, "fresh_reads");
}

} // namespace devp2p::raft
