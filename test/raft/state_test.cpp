// SPDX-License-Identifier: BSL-1.0
//
// The state of a node, without a network: figure 2 of the paper.
#include "raft/raft_state.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <set>
#include <vector>

namespace devp2p::raft {
BOOST_AUTO_TEST_SUITE(state_test)

namespace {

using namespace std::chrono_literals;

/// Some nodes, whose messages are delivered at once, unless one of the two is cut off.
struct group {
  explicit group(std::uint64_t nodes, defect planted = defect::none) : disks(nodes), all(nodes) {
    for (node_index i = 0; i < nodes; ++i)
      start(i, planted);
  }

  void start(node_index i, defect planted = defect::none) {
    all[i] = std::make_unique<raft_state>(
      raft_config{.self = i, .nodes = disks.size(), .seed = i + 1, .planted = planted}, disks[i],
      now);
    settle();
  }

  raft_state& operator[](node_index i) { return *all[i]; }

  /// Has the node wait until its time to stand for election has come.
  void stand(node_index i) {
    now = std::max(now, all[i]->deadline());
    all[i]->tick(now);
    settle();
  }

  /// Lets time pass until this node is due, as if no other one ever were.
  void beat(node_index i) { stand(i); }

  bool propose(node_index i, const std::string& command) {
    auto out = all[i]->propose(command, now);
    settle();
    return out;
  }

  void read(node_index i, std::uint64_t number) {
    all[i]->read(number, now);
    settle();
  }

  /// Delivers messages until there are none.
  void settle() {
    for (auto busy = true; busy;) {
      busy = false;
      for (node_index i = 0; i < all.size(); ++i)
        if (all[i])
          busy |= deliver(i, all[i]->take());
    }
  }

  bool deliver(node_index from, const effects& what) {
    for (const auto& x : what.notices)
      if (const auto* done = std::get_if<read_done>(&x))
        reads.push_back(*done);
    for (const auto& [to, message] : what.messages)
      if (all[to] && !away.contains(from) && !away.contains(to))
        std::visit([&, to = to](const auto& x) { ask(from, to, x); }, message);
    return !what.messages.empty();
  }

  void ask(node_index from, node_index to, const append_entries& x) {
    all[from]->take_answer(to, x, all[to]->take_append(from, x, now), now);
  }
  void ask(node_index from, node_index to, const request_vote& x) {
    all[from]->take_answer(to, x, all[to]->take_vote(from, x, now), now);
  }

  std::vector<durable> disks;
  std::vector<std::unique_ptr<raft_state>> all;
  std::set<node_index> away = {};
  std::vector<read_done> reads = {};
  time_point now = time_point{} + 1h;
};

BOOST_AUTO_TEST_CASE(a_lone_node_leads_itself) {
  group all{1};
  all.stand(0);
  BOOST_TEST((all[0].role() == role::leader));
  BOOST_TEST(all.propose(0, "x"));
  BOOST_TEST(all[0].applied_index() == 2u);
}

BOOST_AUTO_TEST_CASE(a_leader_spreads_commands) {
  group all{3};
  all.stand(1);
  BOOST_TEST((all[1].role() == role::leader));
  BOOST_TEST(!all.propose(0, "x"));
  BOOST_TEST(all.propose(1, "x"));
  BOOST_TEST(all[1].commit_index() == 2u);
  // The others learn with the next message that it is committed.
  all.beat(1);
  for (node_index i = 0; i < 3; ++i) {
    BOOST_TEST(all[i].applied_index() == 2u);
    BOOST_TEST(all[i].digest() == all[1].digest());
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_committed_without_most_nodes) {
  group all{5};
  all.stand(0);
  all.away = {2, 3, 4};
  all.propose(0, "x");
  BOOST_TEST(all[0].commit_index() == 1u);
  all.away = {3, 4};
  all.beat(0);
  BOOST_TEST(all[0].commit_index() == 2u);
}

BOOST_AUTO_TEST_CASE(a_vote_is_given_once_in_a_term) {
  for (auto planted : {defect::none, defect::vote_twice}) {
    group all{3};
    auto asks = [&](node_index candidate) {
      return all[2].take_vote(candidate, {.term = 7}, all.now).granted;
    };
    BOOST_TEST(asks(0));
    BOOST_TEST(asks(0));
    BOOST_TEST(!asks(1));
    all.start(2, planted);
    BOOST_TEST(asks(1) == (planted == defect::vote_twice));
  }
}

BOOST_AUTO_TEST_CASE(a_node_votes_for_no_shorter_log) {
  group all{3};
  all.stand(0);
  all.away = {2};
  all.propose(0, "x");
  all.away = {0};
  all.stand(2);
  BOOST_TEST((all[2].role() == role::candidate));
  all.stand(1);
  BOOST_TEST((all[1].role() == role::leader));
  BOOST_TEST(all.disks[2].log.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_leader_overwrites_what_was_not_committed) {
  group all{3};
  all.stand(0);
  all.away = {0};
  all.propose(0, "lost");
  all.propose(0, "lost, too");
  all.stand(1);
  all.propose(1, "kept");
  all.away = {};
  all.beat(1);
  BOOST_TEST((all[0].role() == role::follower));
  BOOST_TEST((all.disks[0].log == all.disks[1].log));
  BOOST_TEST(all.disks[0].log.back().command == "kept");
}

BOOST_AUTO_TEST_CASE(a_node_that_was_long_away_catches_up) {
  group all{3};
  all.stand(0);
  all.away = {2};
  for (auto i = 0; i < 100; ++i)
    all.propose(0, std::to_string(i));
  all.away = {};
  all.beat(0);
  all.beat(0);
  BOOST_TEST(all[2].applied_index() == 101u);
  BOOST_TEST(all[2].digest() == all[0].digest());
}

/// Figure 8: a later leader may still overwrite it.
BOOST_AUTO_TEST_CASE(an_entry_of_an_older_term_is_not_committed_by_itself) {
  for (auto planted : {defect::none, defect::commit_older_term}) {
    durable disk{.term = 1, .log = {{1, "x"}}};
    const auto now = time_point{} + 1h;
    raft_state leader{{.nodes = 3, .planted = planted}, disk, now};
    leader.tick(leader.deadline());
    leader.take_answer(1, request_vote{.term = 2}, {.term = 2, .granted = true}, now);
    BOOST_TEST((leader.role() == role::leader));
    auto has_up_to = [&](std::uint64_t index) {
      leader.take_answer(1, append_entries{.term = 2},
                         {.term = 2, .success = true, .last_index = index}, now);
    };
    has_up_to(1);
    BOOST_TEST(leader.commit_index() == (planted == defect::none ? 0u : 1u));
    has_up_to(2); // The leader's own entry, which commits both.
    BOOST_TEST(leader.commit_index() == (planted == defect::none ? 2u : 1u));
  }
}

BOOST_AUTO_TEST_CASE(a_read_waits_until_the_leader_knows_that_it_leads) {
  group all{3};
  all.read(0, 1);
  BOOST_REQUIRE(all.reads.size() == 1u);
  BOOST_TEST(!all.reads[0].index); // It does not lead.
  all.stand(0);
  all.read(0, 2);
  BOOST_REQUIRE(all.reads.size() == 2u);
  BOOST_TEST(all.reads[1].index.value() == 1u);
  all.away = {0};
  all.read(0, 3);
  BOOST_TEST(all.reads.size() == 2u);
  all.stand(1);
  all.propose(1, "x");
  all.away = {};
  all.beat(1);
  BOOST_REQUIRE(all.reads.size() == 3u);
  BOOST_TEST(all.reads[2].number == 3u);
  BOOST_TEST(!all.reads[2].index);
}

BOOST_AUTO_TEST_CASE(a_stale_leader_reads_with_the_defect_alone) {
  group all{3, defect::stale_read};
  all.stand(0);
  all.away = {0};
  all.stand(1);
  all.read(0, 1);
  BOOST_REQUIRE(all.reads.size() == 1u);
  BOOST_TEST(all.reads[0].index.value() == 1u);
}

BOOST_AUTO_TEST_CASE(nodes_wait_for_different_times) {
  for (auto planted : {defect::none, defect::no_jitter}) {
    group all{5, planted};
    std::set<time_point> due;
    for (node_index i = 0; i < 5; ++i)
      due.insert(all[i].deadline());
    BOOST_TEST(due.size() == (planted == defect::none ? 5u : 1u));
  }
}

BOOST_AUTO_TEST_CASE(a_crash_spares_term_vote_and_log) {
  for (auto planted : {defect::none, defect::lose_log}) {
    group all{3};
    all.stand(0);
    all.propose(0, "x");
    const auto term = all[1].term();
    all.start(1, planted);
    BOOST_TEST(all[1].term() == term);
    BOOST_TEST(all[1].last_index() == (planted == defect::none ? 2u : 0u));
    BOOST_TEST(all[1].applied_index() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_makes_no_sense_does_no_harm) {
  group all{3};
  all.stand(0);
  const auto term = all[0].term();
  constexpr auto most = ~std::uint64_t{0};
  all[0].take_answer(1, append_entries{.term = term}, {.term = term, .last_index = most}, all.now);
  all[0].take_answer(1, append_entries{.term = term},
                     {.term = term, .success = true, .last_index = most}, all.now);
  all.settle();
  BOOST_TEST(all[0].commit_index() == all[0].last_index());
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::raft
