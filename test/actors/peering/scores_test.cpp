// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/scores.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <initializer_list>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(scores_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

node_id numbered(std::uint64_t number) {
  node_id out;
  out.value[63] = 1;
  std::copy_n(reinterpret_cast<const std::uint8_t*>(&number), sizeof number, out.value.begin());
  return out;
}

nat::address_key network_of(unsigned number) {
  nat::address_key out{};
  out[0] = 1;
  out[1] = static_cast<std::uint8_t>(number >> 16);
  out[2] = static_cast<std::uint8_t>(number >> 8);
  out[3] = static_cast<std::uint8_t>(number);
  return out;
}

scores::ended by(errc code, reason of = reason::network_error) {
  return {{of, false, false, {}, code}};
}
scores::ended breach() {
  return by(errc::malformed_message, reason::breach_of_protocol);
}
scores::ended silence() {
  return by(errc::dial_timeout);
}

struct scores_fixture {
  scores subject;
  scores::time_point now{1000h};
  node_id id = numbered(1);

  scores::verdict end(scores::ended what) { return subject.on_ended(id, what, now, 0.5); }

  /// Has a node break the protocol until it is banned.
  scores::ban_decision offend(const node_id& who, unsigned network) {
    auto what = breach();
    what.network = network_of(network);
    for (int i = 0; i < 10; ++i)
      if (auto out = subject.on_ended(who, what, now, 0).ban)
        return *out;
    BOOST_FAIL("not banned");
    return {};
  }
};

std::vector<scores::record> sorted(std::vector<scores::record> in) {
  std::sort(in.begin(), in.end(), [](const auto& x, const auto& y) { return x.id < y.id; });
  return in;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_table_of_scores, scores_fixture)

BOOST_AUTO_TEST_CASE(bans_a_node_that_breaks_the_protocol_again_and_again) {
  BOOST_TEST(end(breach()).score == -40);
  now += 20min;
  BOOST_TEST(end(breach()).score == -74);
  now += 40min;
  auto out = end(breach());
  BOOST_TEST(out.score == -100);
  BOOST_REQUIRE(out.ban.has_value());
  BOOST_TEST((out.ban->until == now + 1h));
  BOOST_TEST(out.ban->reason == "score -100 after: breach");
  BOOST_TEST((subject.banned_until(id, now + 1h - 1ns) == now + 1h));
  BOOST_TEST(!subject.banned_until(id, now + 1h));
  // It is banned once.
  BOOST_TEST(!end(breach()).ban);
}

BOOST_AUTO_TEST_CASE(bans_for_longer_each_time_up_to_a_week) {
  for (auto expected : {1h, 4h, 16h, 64h, 168h, 168h, 168h}) {
    auto ban = offend(id, 1);
    BOOST_TEST((ban.until - now == expected));
    now = ban.until;
  }
  // Bans are forgotten, one in a week.
  now += 3 * 168h;
  BOOST_TEST((offend(id, 1).until - now == 168h));
  now += 50 * 168h;
  BOOST_TEST(subject.score(id, now) == 0);
  BOOST_TEST((offend(id, 1).until - now == 1h));
}

BOOST_AUTO_TEST_CASE(does_not_move_for_what_is_nobodys_fault) {
  for (auto code : {errc::out_of_memory, errc::too_many_files, errc::shutting_down,
                    errc::callback_failed, errc::handler_failed}) {
    auto out = end(by(code));
    BOOST_TEST(out.score == 0);
    BOOST_TEST(out.not_before.has_value());
  }
}

BOOST_AUTO_TEST_CASE(does_not_move_while_the_own_link_is_down) {
  auto what = breach();
  what.link_is_up = false;
  for (int i = 0; i < 100; ++i) {
    auto out = end(what);
    BOOST_TEST(out.score == 0);
    BOOST_TEST((*out.not_before - now < 45s));
  }
  BOOST_TEST(subject.failures(id, now) == 0);
  BOOST_TEST(subject.size() == 0);
}

BOOST_AUTO_TEST_CASE(delays_kept_nodes_and_never_bans_them) {
  auto what = breach();
  what.as = standing::kept;
  for (int i = 0; i < 1000; ++i) {
    auto before = subject.score(id, now);
    auto out = end(what);
    BOOST_REQUIRE((out.score >= before - 2 && out.score >= -50 && !out.ban));
    BOOST_REQUIRE((*out.not_before > now));
    BOOST_REQUIRE(!subject.bad(id, 25, "no use", now, standing::kept).ban);
  }
  // It is trusted no more; the next step is an ordinary one.
  BOOST_TEST(!end(breach()).ban);
}

BOOST_AUTO_TEST_CASE(takes_bounded_words) {
  BOOST_TEST(subject.good(id, 1'000'000, now).score == 25);
  BOOST_TEST(subject.good(id, -5, now).score == 25);
  for (int i = 0; i < 10; ++i)
    static_cast<void>(subject.good(id, 25, now));
  BOOST_TEST(subject.score(id, now) == 50);
  BOOST_TEST(subject.bad(id, 1'000'000, "x", now).score == 25);
  std::optional<scores::ban_decision> ban;
  for (int i = 0; i < 5; ++i)
    ban = subject.bad(id, 25, std::string(1000, 'w'), now).ban;
  BOOST_REQUIRE(ban.has_value());
  BOOST_TEST(ban->reason == "score -100 after: " + std::string(64, 'w'));
}

BOOST_AUTO_TEST_CASE(moves_towards_0_by_a_point_in_three_minutes_however_often_it_is_touched) {
  static_cast<void>(end(breach()));
  for (int i = 0; i < 180; ++i) {
    now += 20s;
    static_cast<void>(subject.good(id, 0, now));
  }
  BOOST_TEST(subject.score(id, now) == -20);
  BOOST_TEST(subject.score(id, now + 1h) == 0);
  BOOST_TEST(subject.score(id, now + 100h) == 0);
}

BOOST_AUTO_TEST_CASE(never_bans_for_ends_that_happen_to_honest_nodes) {
  for (const auto& row : endings) {
    if (row.whose == fault::conduct)
      continue;
    for (int i = 0; i < 1000; ++i)
      for (unsigned code = 1; code < 100; ++code)
        if (cause_of(static_cast<errc>(code)) == row.cause && i < 200)
          BOOST_REQUIRE((!end(by(static_cast<errc>(code))).ban));
  }
  BOOST_TEST(subject.score(id, now) == -50);
  // Nor does such an end repeat a ban that is over.
  auto ban = offend(id, 1);
  for (int i = 0; i < 4; ++i)
    static_cast<void>(end(breach()));
  now = ban.until;
  BOOST_TEST(subject.score(id, now) < -100);
  BOOST_TEST(!end(silence()).ban);
}

BOOST_AUTO_TEST_CASE(knows_nothing_of_a_node_without_an_id) {
  id = {};
  BOOST_TEST(!end(breach()).not_before);
  BOOST_TEST(subject.size() == 0);
}

BOOST_AUTO_TEST_CASE(forgets_a_pardoned_node) {
  static_cast<void>(offend(id, 1));
  subject.pardon(id);
  BOOST_TEST(!subject.banned_until(id, now));
  BOOST_TEST(subject.score(id, now) == 0);
}

BOOST_AUTO_TEST_CASE(keeps_what_one_host_with_any_number_of_ids_would_push_out) {
  const auto victim = numbered(1), friendly = numbered(2), fresh = numbered(3);
  static_cast<void>(offend(victim, 1));
  static_cast<void>(subject.good(friendly, 25, now, network_of(2)));
  static_cast<void>(subject.bad(fresh, 1, "late", now, standing::stranger, network_of(3)));
  for (unsigned i = 0; i < scores::max_offenders + 1500; ++i) {
    // The ids break the protocol once, and then until they are banned.
    now += 1ms;
    static_cast<void>(offend(numbered(1000 + i), 9));
  }
  for (unsigned i = 0; i < scores::max_others + 1500; ++i) {
    now += 1ms;
    auto what = breach();
    what.network = network_of(9);
    static_cast<void>(subject.on_ended(numbered(100'000 + i), what, now, 0));
  }
  BOOST_TEST(subject.size() == scores::max_offenders + scores::max_others);
  BOOST_TEST(subject.banned_until(victim, now).has_value());
  BOOST_TEST(subject.score(friendly, now) == 25);
  BOOST_TEST(subject.score(fresh, now) == -1);
}

BOOST_AUTO_TEST_CASE(keeps_bans_whatever_dead_candidates_of_many_networks_are_named) {
  for (unsigned i = 0; i < 20; ++i)
    static_cast<void>(offend(numbered(1 + i), 1));
  for (unsigned i = 0; i < 30; ++i)
    static_cast<void>(subject.good(numbered(100 + i), 20, now, network_of(2)));
  for (unsigned i = 0; i < scores::max_others + 300; ++i) {
    auto what = silence();
    what.network = network_of(1000 + i);
    static_cast<void>(subject.on_ended(numbered(1000 + i), what, now, 0));
  }
  BOOST_TEST(subject.size() == scores::max_others + 20);
  for (unsigned i = 0; i < 20; ++i)
    BOOST_TEST(subject.banned_until(numbered(1 + i), now).has_value());
}

BOOST_AUTO_TEST_CASE(counts_an_offender_for_the_network_that_it_is_in) {
  // A candidate is named at somebody else's address, fails there, and comes from its own.
  auto what = silence();
  what.network = network_of(7);
  static_cast<void>(end(what));
  static_cast<void>(offend(id, 8));
  BOOST_REQUIRE(subject.snapshot(now).size() == 1);
  BOOST_TEST((subject.snapshot(now).front().network == network_of(8)));
  // Nor is it moved by what fails elsewhere later.
  static_cast<void>(end(what));
  BOOST_TEST((subject.snapshot(now).front().network == network_of(8)));
}

BOOST_AUTO_TEST_CASE(is_the_same_after_a_snapshot_at_another_time) {
  std::mt19937_64 random{5};
  for (int i = 0; i < 3000; ++i) {
    auto who = numbered(random() % 200);
    auto what = random() % 3 == 0 ? breach() : silence();
    what.network = network_of(static_cast<unsigned>(random() % 50));
    now += std::chrono::seconds{random() % 600};
    if (random() % 4 == 0)
      static_cast<void>(subject.good(who, static_cast<int>(random() % 30), now));
    else
      static_cast<void>(subject.on_ended(who, what, now, 0.3));
  }
  scores other;
  const auto later = scores::time_point{3h};
  other.restore(subject.snapshot(now), later);
  BOOST_TEST((sorted(other.snapshot(later)) == sorted(subject.snapshot(now))));
  for (auto after = 0min; after < 3000h; after += 71min)
    for (unsigned i = 0; i < 200; i += 7) {
      auto who = numbered(i);
      BOOST_REQUIRE(other.score(who, later + after) == subject.score(who, now + after));
      BOOST_REQUIRE(other.failures(who, later + after) == subject.failures(who, now + after));
      auto x = other.banned_until(who, later + after), y = subject.banned_until(who, now + after);
      BOOST_REQUIRE(x.has_value() == y.has_value());
      BOOST_REQUIRE((!x || *x - later == *y - now));
    }
}

BOOST_AUTO_TEST_CASE(restores_within_its_bounds_what_a_file_says) {
  const auto longest = scores::duration::max(), shortest = scores::duration::min();
  std::vector<scores::record> all;
  for (auto age : {longest, shortest, scores::duration{0}})
    for (auto score : {1'000'000'000, -1'000'000'000})
      all.push_back(
        {numbered(all.size()), {}, score, age, 4'000'000'000U, age, 4'000'000'000U, age});
  subject.restore(all, now);
  for (const auto& x : all) {
    BOOST_TEST((subject.score(x.id, now) <= 50 && subject.score(x.id, now) >= -200));
    BOOST_TEST(subject.failures(x.id, now) <= back_off::max_failures);
    BOOST_TEST((subject.banned_until(x.id, now).value_or(now) <= now + 168h));
  }
  std::vector<scores::record> many;
  for (unsigned i = 0; i < scores::max_others + 50; ++i)
    many.push_back({numbered(i), network_of(i), -40});
  subject.restore(many, now);
  BOOST_TEST(subject.size() == scores::max_others);
}

// A tenth of the nodes break the protocol in each session; the others fail as nodes do.
BOOST_AUTO_TEST_CASE(bans_all_who_misbehave_and_nobody_else_in_100_runs) {
  using enum errc;
  const auto ordinary = {end_of_stream,      connection_reset,     ping_timeout,
                         dial_timeout,       handshake_timeout,    host_unreachable,
                         connection_refused, no_shared_capability, header_mac_mismatch,
                         request_timeout,    handler_failed,       out_of_memory};
  constexpr unsigned nodes = 40;
  std::size_t false_bans = 0, missed = 0;
  auto longest = 0ns;
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937_64 random{seed};
    scores table;
    std::vector<scores::time_point> next(nodes, now);
    std::set<unsigned> banned;
    const auto start = now;
    for (auto at = start; at < start + 12h; at += 30s)
      for (unsigned i = 0; i < nodes; ++i) {
        auto who = numbered(i);
        if (at < next[i] || table.banned_until(who, at))
          continue;
        auto misbehaves = i % 10 == 0;
        auto what = misbehaves ? breach() : by(*(ordinary.begin() + random() % ordinary.size()));
        if (!misbehaves && random() % 5 == 0)
          what.end = {
            reason{static_cast<std::uint8_t>(random())}, true, false, {}, remote_disconnect};
        what.lasted = random() % 2 == 0 ? 0s : std::chrono::seconds{random() % 1200};
        what.network = network_of(i);
        auto ended = at + what.lasted;
        auto out = table.on_ended(who, what, ended, static_cast<double>(random() % 100) / 99);
        BOOST_REQUIRE((*out.not_before >= ended + 35s && *out.not_before <= ended + 1h));
        next[i] = *out.not_before;
        if (!misbehaves && random() % 10 == 0)
          static_cast<void>(table.bad(who, 5, "slow", ended));
        if (out.ban) {
          if (misbehaves && banned.insert(i).second)
            longest = std::max<std::chrono::nanoseconds>(longest, ended - start);
          false_bans += misbehaves ? 0 : 1;
        }
      }
    missed += nodes / 10 - banned.size();
  }
  BOOST_TEST(false_bans == 0);
  BOOST_TEST(missed == 0);
  BOOST_TEST_MESSAGE("the last ban after min: " << longest / 1min);
  BOOST_TEST((longest <= 6h));
}

BOOST_AUTO_TEST_CASE(has_the_same_answers_when_it_is_told_the_same) {
  auto run = [&] {
    std::mt19937_64 random{11};
    scores table;
    auto at = now;
    std::string out;
    for (unsigned i = 0; i < 5000; ++i) {
      at += std::chrono::seconds{random() % 100};
      auto what = random() % 2 == 0 ? breach() : silence();
      what.network = network_of(static_cast<unsigned>(random() % 5));
      auto x = table.on_ended(numbered(random() % 500), what, at,
                              static_cast<double>(random() % 100) / 100);
      out += std::to_string(x.score) + ' ' +
             std::to_string(x.not_before->time_since_epoch().count()) + ' ' +
             (x.ban ? x.ban->reason : "") + '\n';
      BOOST_REQUIRE((x.score >= -200 && x.score <= 50));
    }
    return out;
  };
  BOOST_TEST((run() == run()));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
