// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "raft/raft_model.hpp"

#include "devp2p/simulator/judge.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Clusters to which things happen by chance.
namespace devp2p::raft {

inline const simulator::model& known() {
  static const auto out = [] {
    simulator::model all;
    add_raft(all);
    return all;
  }();
  return out;
}

/// The things that happen, and how often.
struct chances {
  std::size_t nodes = 5;
  std::string defect = "none";
  std::uint64_t latency_ms = 20;
  std::uint64_t jitter_ms = 20;
  /// The mean time between two disturbances.
  std::chrono::milliseconds between{1000};
  std::chrono::seconds length{60};
  /// Calm follows for this time.
  std::chrono::seconds until{30};
  /// The nemesis that disturbs, as a scenario has it; empty if `between` says how often.
  std::string nemesis = {};
};

inline const std::string all_checks =
  R"("check": [{"that": "one_leader"}, {"that": "logs_match"}, {"that": "leaders_are_complete"},
    {"that": "same_commands"}, {"that": "fresh_reads"}, {"that": "agreed", "within_s": 20}])";

inline simulator::scenario cluster_of(const chances& like, std::uint64_t seed) {
  auto number = [](std::uint64_t x) { return std::to_string(x); };
  std::string links;
  for (std::size_t i = 0; i < like.nodes; ++i)
    for (std::size_t j = 0; j < i; ++j)
      links += (links.empty() ? "[" : ", [") + number(j) + ", " + number(i) + "]";
  auto out = simulator::read_scenario(
    known(),
    R"({"topology": {"kind": "links", "nodes": )" + number(like.nodes) + R"(, "links": [)" + links +
      R"(]}, "crypto": "none", "redial_after_s": 0.5, "line": {"latency_ms": )" +
      number(like.latency_ms) +
      (like.jitter_ms > 0
         ? R"(, "jitter": {"kind": "exponential", "mean_ms": )" + number(like.jitter_ms) + "}"
         : "") +
      R"(}, "length_s": )" + number(static_cast<std::uint64_t>(like.length.count())) +
      R"(, "raft": {"defect": ")" + like.defect + R"("}, )" +
      (like.nemesis.empty() ? "" : R"("nemesis": )" + like.nemesis + ", ") + all_checks + "}",
    "chance.json", ".", seed);
  if (!out)
    BOOST_FAIL(out.error());
  return *out;
}

/// Writes a schedule by chance.
class schedule_writer {
public:
  schedule_writer(const chances& like, std::uint64_t seed)
    : like_(like),
      random_(seed),
      up_(like.nodes, true) {}

  std::vector<simulator::scenario::step> write() {
    auto until = std::chrono::milliseconds{like_.until};
    for (auto at = next(like_.between); at < until; at += next(like_.between))
      disturb(at);
    add(until, simulator::action::heal{});
    for (std::size_t i = 0; i < up_.size(); ++i)
      if (!up_[i])
        add(until, simulator::action::start{i});
    const std::chrono::milliseconds often{300};
    for (auto at = next(often); at < until; at += next(often)) {
      if (below(3) == 0)
        add(at, simulator::any_record{read{node()}});
      else
        add(at, simulator::any_record{propose{node(), "x"}});
    }
    std::stable_sort(out_.begin(), out_.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    return std::move(out_);
  }

private:
  std::chrono::milliseconds next(std::chrono::milliseconds mean) {
    return std::chrono::milliseconds{1 + below(2 * static_cast<std::size_t>(mean.count()))};
  }
  std::size_t below(std::size_t end) { return random_() % end; }
  std::size_t node() { return below(like_.nodes); }

  void add(std::chrono::milliseconds at, simulator::any_action what) {
    out_.push_back({at, std::move(what)});
  }

  void disturb(std::chrono::milliseconds at) {
    const auto which = node();
    switch (below(6)) {
    case 0:
      return add(at, simulator::action::heal{});
    case 1:
      return separate(at);
    case 2: {
      const auto other = (which + 1 + below(like_.nodes - 1)) % like_.nodes;
      return add(at, simulator::action::cut{which, other});
    }
    default:
      if (up_[which])
        add(at, simulator::action::crash{which});
      else
        add(at, simulator::action::start{which});
      up_[which] = !up_[which];
    }
  }

  void separate(std::chrono::milliseconds at) {
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i < like_.nodes; ++i)
      if (below(2) == 0)
        some.push_back(i);
    if (!some.empty() && some.size() < like_.nodes)
      add(at, simulator::action::separate{some});
  }

  chances like_;
  std::mt19937_64 random_;
  std::vector<bool> up_;
  std::vector<simulator::scenario::step> out_ = {};
};

inline simulator::scenario by_chance(const chances& like, std::uint64_t seed) {
  auto out = cluster_of(like, seed);
  out.schedule = schedule_writer{like, seed}.write();
  return out;
}

/// Returns a cluster that a nemesis disturbs, and whose clients do the same whatever the seed.
inline simulator::scenario by_nemesis(const chances& like, std::uint64_t seed) {
  auto out = cluster_of(like, seed);
  const std::chrono::milliseconds often{300};
  for (std::size_t i = 1; i * often < like.until; ++i)
    if (i % 4 == 0)
      out.schedule.push_back({i * often, simulator::any_record{read{i % like.nodes}}});
    else
      out.schedule.push_back({i * often, simulator::any_record{propose{i % like.nodes, "x"}}});
  std::stable_sort(out.schedule.begin(), out.schedule.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return out;
}

/// Returns the first complaint of a check, with its name; empty if all hold.
inline std::pair<std::string, std::string> complaint_of(const simulator::scenario& what) {
  const auto all = simulator::try_out(what, [] { return true; });
  for (const auto& x : *all)
    if (!x.complaint.empty())
      return {x.what.name(), x.complaint};
  return {};
}

} // namespace devp2p::raft
