// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/fair_pool.hpp"
#include "devp2p/actors/restarts.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(fair_pool_test)

namespace {

using namespace std::chrono_literals;

source from(int network, int address = 1) {
  return nat::to_source("10.0." + std::to_string(network) + '.' + std::to_string(address));
}

struct pool_fixture {
  fair_pool<int> pool;
  fair_pool<int> other;

  /// A member of a pool. The tests keep lists of members beside the pool, the oldest first.
  struct member {
    int who;
    int network;
    int address;
  };
  using members = std::vector<member>;
  /// The turn in which each network of `pool` was last served, or else has come.
  std::map<int, int> network_turns;
  /// The turn in which each address of `pool` was last served, or else has come.
  std::map<std::pair<int, int>, int> address_turns;
  std::mt19937 rng{7};

  int below(int n) { return static_cast<int>(rng() % static_cast<unsigned>(n)); }

  /// Adds `who`, or removes a member.
  void change(fair_pool<int>& in, members& all, int who) {
    if (all.size() < 30 && below(2) == 0) {
      all.push_back({who, below(3), below(4)});
      in.add(who, from(all.back().network, all.back().address));
    } else if (!all.empty()) {
      auto gone = all.begin() + below(static_cast<int>(all.size()));
      BOOST_TEST(in.remove(gone->who));
      all.erase(gone);
    }
  }

  /// Adds to `pool`, removes from it, or serves one of its members.
  void change(members& all, int now) {
    if (!all.empty() && below(4) == 0) {
      auto gone = all.begin() + below(static_cast<int>(all.size()));
      network_turns[gone->network] = address_turns[{gone->network, gone->address}] = now;
      BOOST_TEST(pool.serve(gone->who));
      all.erase(gone);
    } else {
      change(pool, all, now);
    }
    for (int network = 0; network < 3; ++network) {
      if (count(all, network) == 0)
        network_turns[network] = now + 1;
      for (int address = 0; address < 4; ++address)
        if (count(all, network, address) == 0)
          address_turns[{network, address}] = now + 1;
    }
  }

  /// Returns the member of `all` whose network, and then whose address, has fewest members in
  /// `there`.
  member poorest(const members& all, const members& there) {
    auto network = [&](const auto& x) {
      return std::pair{count(there, x.network), network_turns[x.network]};
    };
    auto first = *std::min_element(all.begin(), all.end(), [&](const auto& x, const auto& y) {
      return network(x) < network(y);
    });
    return poorest(all, there, first.network);
  }
  member poorest(const members& all, const members& there, int network) {
    auto here = only(all, [&](const auto& x) { return x.network == network; });
    auto address = [&](const auto& x) {
      return std::pair{count(there, network, x.address), address_turns[{network, x.address}]};
    };
    return *std::min_element(here.begin(), here.end(),
                             [&](const auto& x, const auto& y) { return address(x) < address(y); });
  }

  static long count(const members& all, int network) {
    return std::count_if(all.begin(), all.end(),
                         [=](const auto& x) { return x.network == network; });
  }
  static long count(const members& all, int network, int address) {
    return std::count_if(all.begin(), all.end(), [=](const auto& x) {
      return x.network == network && x.address == address;
    });
  }

  /// Returns the members of the network that has most. Of equals, it is the one with the oldest
  /// member.
  static members of_fullest_network(const members& all) {
    auto most = std::max_element(all.begin(), all.end(), [&](const auto& x, const auto& y) {
      return count(all, x.network) < count(all, y.network);
    });
    return only(all, [&](const auto& x) { return x.network == most->network; });
  }
  /// Returns the members of the address in `network` that has most. Of equals, it is the one with
  /// the oldest member.
  static members of_fullest_address(const members& all, int network) {
    auto here = only(all, [=](const auto& x) { return x.network == network; });
    auto most = std::max_element(here.begin(), here.end(), [&](const auto& x, const auto& y) {
      return count(here, network, x.address) < count(here, network, y.address);
    });
    return only(here, [&](const auto& x) { return x.address == most->address; });
  }
  static members only(const members& all, auto which) {
    members out;
    std::copy_if(all.begin(), all.end(), std::back_inserter(out), which);
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(a_fair_pool, pool_fixture)

BOOST_AUTO_TEST_CASE(names_the_oldest_and_the_youngest_of_the_network_that_has_most) {
  pool.add(1, from(1));
  pool.add(2, from(2));
  pool.add(3, from(2));
  pool.add(4, from(2));
  pool.add(5, from(1));
  BOOST_TEST(*pool.oldest_of_fullest() == 2);
  BOOST_TEST(*pool.oldest_of_richer(from(1), 1) == 2);
  BOOST_TEST(*pool.youngest_of_richer(from(1), 1) == 4);
  BOOST_TEST(!pool.oldest_of_richer(from(1), 2));
  BOOST_TEST(*pool.oldest_of_richer(from(3), 3) == 2);
  BOOST_TEST(!pool.youngest_of_richer(from(3), 4));
  BOOST_TEST(pool.remove(2));
  BOOST_TEST(!pool.remove(2));
  BOOST_TEST(pool.remove(3));
  BOOST_TEST(*pool.oldest_of_fullest() == 1);
  BOOST_TEST(pool.count(from(1)) == 2u);
  BOOST_TEST(pool.count(from(3)) == 0u);
  BOOST_TEST(pool.size() == 3u);
}

BOOST_AUTO_TEST_CASE(names_inside_a_network_those_of_the_address_that_has_most) {
  pool.add(1, from(1, 1));
  pool.add(2, from(1, 2));
  pool.add(3, from(1, 2));
  pool.add(4, from(1, 3));
  pool.add(5, from(2, 1));
  BOOST_TEST(*pool.oldest_of_fullest() == 2);
  BOOST_TEST(*pool.oldest_of_richer(from(3), 1) == 2);
  BOOST_TEST(*pool.youngest_of_richer(from(3), 1) == 3);
  BOOST_TEST(*pool.oldest_of_richer(from(1, 9), 1) == 2);
  BOOST_TEST(*pool.youngest_of_richer(from(1, 9), 1) == 3);
  BOOST_TEST(!pool.oldest_of_richer(from(1, 1), 1));
  BOOST_TEST(!pool.oldest_of_richer(from(1, 2), 1));
  BOOST_TEST(*pool.oldest_of_network(from(1).network) == 2);
  BOOST_TEST(!pool.oldest_of_network(from(3).network));
  BOOST_TEST(*pool.oldest_of(from(1, 3)) == 4);
  BOOST_TEST(!pool.oldest_of(from(1, 9)));
}

BOOST_AUTO_TEST_CASE(names_among_equal_addresses_the_oldest_or_the_youngest_of_all) {
  pool.add(1, from(1, 2));
  pool.add(2, from(1, 3));
  pool.add(3, from(1, 1));
  BOOST_TEST(*pool.oldest_of_richer(from(2), 1) == 1);
  BOOST_TEST(*pool.youngest_of_richer(from(2), 1) == 3);
  BOOST_TEST(!pool.oldest_of_richer(from(1, 9), 1));
}

BOOST_AUTO_TEST_CASE(prefers_the_source_whose_oldest_has_been_there_longest) {
  pool.add(1, from(9));
  pool.add(2, from(1));
  BOOST_TEST(*pool.oldest_of_fullest() == 1);
}

BOOST_AUTO_TEST_CASE(names_nobody_if_it_is_empty) {
  BOOST_TEST(!pool.oldest_of_fullest());
  BOOST_TEST(!pool.oldest_of_richer(from(1), 0));
  BOOST_TEST(!pool.poorest_in(other));
  BOOST_TEST(!pool.claim_on(other, 0));
  pool.add(1, from(1));
  BOOST_TEST(!pool.claim_on(other, 0));
}

BOOST_AUTO_TEST_CASE(names_whose_source_has_fewest_places_elsewhere) {
  pool.add(1, from(1));
  pool.add(2, from(2));
  pool.add(3, from(3));
  other.add(1, from(1));
  other.add(2, from(1));
  other.add(3, from(2));
  BOOST_TEST(*pool.poorest_in(other) == 3);
  pool.remove(3);
  BOOST_TEST(*pool.poorest_in(other) == 2);
  other.add(4, from(2));
  BOOST_TEST(*pool.poorest_in(other) == 1);
}

BOOST_AUTO_TEST_CASE(lets_equals_take_turns) {
  for (int i = 0; i < 3; ++i) {
    pool.add(10 + i, from(1, 1));
    pool.add(20 + i, from(1, 2));
    pool.add(30 + i, from(2, 1));
  }
  BOOST_TEST(!pool.serve(99));
  // A late newcomer does not wait until others have had all they want.
  pool.add(40, from(3, 1));
  for (int expected : {10, 30, 40, 20, 31, 11, 32, 21}) {
    BOOST_TEST(*pool.poorest_in(other) == expected);
    BOOST_TEST(pool.serve(expected));
  }
}

BOOST_AUTO_TEST_CASE(claims_a_place_for_an_address_though_its_network_has_enough) {
  for (int i = 0; i < 6; ++i)
    other.add(i, from(1 + i % 2, 66)); // Three each.
  pool.add(10, from(1, 66));
  pool.add(11, from(2, 66));
  BOOST_TEST(!pool.claim_on(other, 1));
  pool.add(12, from(2, 77));
  BOOST_CHECK((pool.claim_on(other, 3) == std::pair{12, 1}));
  BOOST_TEST(!pool.claim_on(other, 4));
  pool.add(13, from(3, 1)); // A network goes first.
  BOOST_CHECK((pool.claim_on(other, 3) == std::pair{13, 0}));
}

BOOST_AUTO_TEST_CASE(claims_among_equals_the_place_of_the_oldest) {
  other.add(2, from(2, 1));
  other.add(1, from(1, 1));
  pool.add(11, from(1, 2));
  pool.add(12, from(2, 2));
  BOOST_CHECK((pool.claim_on(other, 1) == std::pair{12, 2}));
  other.remove(2);
  other.add(2, from(2, 1));
  BOOST_CHECK((pool.claim_on(other, 1) == std::pair{11, 1}));
}

/// Compares the pool with the plainest of lists.
BOOST_AUTO_TEST_CASE(keeps_the_order_whoever_leaves) {
  members here;
  members there;
  for (int i = 0; i < 5000; ++i) {
    change(here, i);
    change(other, there, -i);
    BOOST_TEST(pool.size() == here.size());
    BOOST_TEST(pool.empty() == here.empty());
    if (here.empty())
      continue;
    auto fullest = of_fullest_address(here, of_fullest_network(here).front().network);
    BOOST_TEST(*pool.oldest_of_fullest() == fullest.front().who);
    BOOST_TEST(*pool.oldest_of_richer(from(9), 1) == fullest.front().who);
    auto youngest = std::find_if(here.rbegin(), here.rend(), [&](const auto& x) {
      return x.network == fullest.front().network &&
             count(here, x.network, x.address) == static_cast<long>(fullest.size());
    });
    BOOST_TEST(*pool.youngest_of_richer(from(9), 1) == youngest->who);
    auto network = below(3);
    auto address = below(4);
    BOOST_TEST(pool.count(from(network, address)) ==
               static_cast<std::size_t>(count(here, network, address)));
    auto first = poorest(here, there);
    BOOST_TEST(*pool.poorest_in(other) == first.who);
    auto claim = pool.claim_on(other, 1);
    if (there.empty()) {
      BOOST_TEST(!claim.has_value());
      continue;
    }
    auto most = of_fullest_network(there);
    if (count(there, most.front().network) > count(there, first.network)) {
      BOOST_REQUIRE(claim.has_value());
      BOOST_TEST(claim->first == first.who);
      BOOST_TEST(claim->second == of_fullest_address(there, most.front().network).front().who);
      continue;
    }
    long gain = 0;
    for (const auto& x : here)
      if (count(there, x.network) > 0)
        gain = std::max(gain, static_cast<long>(of_fullest_address(there, x.network).size()) -
                                count(there, x.network, x.address));
    BOOST_REQUIRE(claim.has_value() == (gain > 0));
    if (!claim)
      continue;
    auto takes =
      *std::find_if(here.begin(), here.end(), [&](const auto& x) { return x.who == claim->first; });
    BOOST_TEST(takes.who == poorest(here, there, takes.network).who);
    auto gives = of_fullest_address(there, takes.network);
    BOOST_TEST(gives.front().who == claim->second);
    BOOST_TEST(static_cast<long>(gives.size()) - count(there, takes.network, takes.address) ==
               gain);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_network_has_the_size_that_is_asked_for) {
  auto network = [](const char* address, unsigned bits_ipv4, unsigned bits_ipv6) {
    return nat::to_source(address, bits_ipv4, bits_ipv6).network;
  };
  BOOST_TEST((network("1.2.3.4", 24, 48) == network("1.2.3.99", 24, 48)));
  BOOST_TEST((network("1.2.3.4", 24, 48) != network("1.2.4.4", 24, 48)));
  BOOST_TEST((network("1.2.3.4", 25, 48) != network("1.2.3.200", 25, 48)));
  BOOST_TEST((network("1.2.3.4", 32, 0) != network("1.2.3.5", 32, 0)));
  BOOST_TEST((network("1.2.3.4", 99, 0) != network("1.2.3.5", 99, 0)));
  BOOST_TEST((network("1.2.3.4", 0, 48) == network("250.2.3.4", 0, 48)));
  BOOST_TEST((network("::ffff:1.2.3.4", 24, 48) == network("1.2.3.5", 24, 48)));
  BOOST_TEST((network("2001:db8:1::1", 24, 48) == network("2001:db8:1:9::2", 24, 48)));
  BOOST_TEST((network("2001:db8:1::1", 24, 48) != network("2001:db8:2::1", 24, 48)));
  BOOST_TEST((network("2001:db8::1", 24, 128) != network("2001:db8::2", 24, 128)));
  BOOST_TEST((network("2001:db8::1", 24, 999) != network("2001:db8::2", 24, 999)));
  // IPv4 and IPv6 have no network in common.
  BOOST_TEST((network("1.2.3.4", 0, 0) != network("2001:db8::1", 0, 0)));
}

BOOST_AUTO_TEST_CASE(a_source_is_a_network_and_an_address) {
  using nat::to_source;
  BOOST_TEST((to_source("1.2.3.4").network == to_source("1.2.3.99").network));
  BOOST_TEST((to_source("1.2.3.4").address != to_source("1.2.3.99").address));
  BOOST_TEST((to_source("1.2.3.4") == to_source("::ffff:1.2.3.4", 24, 48)));
  BOOST_TEST((to_source("2001:db8:1:2::1") == to_source("2001:db8:1:2::9")));
  BOOST_TEST((to_source("2001:db8:1:2::").network == to_source("2001:db8:1:3::").network));
  BOOST_TEST((to_source("2001:db8:1:2::").address != to_source("2001:db8:1:3::").address));
}

struct pause_fixture {
  restart_pause pause;
  supervision limits;
  restart_pause::time_point now{1h};

  std::optional<settings::duration> next(double position = 0, bool ran = true) {
    return pause.next(limits, now, ran, position);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_restart_pause, pause_fixture)

BOOST_AUTO_TEST_CASE(doubles_from_the_second_restart_on) {
  BOOST_TEST(!next().has_value());
  for (auto expected : {10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5000, 5000}) {
    auto got = *next();
    BOOST_TEST((got == std::chrono::milliseconds{expected}));
    now += got;
  }
}

BOOST_AUTO_TEST_CASE(is_up_to_a_half_less_by_chance) {
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next(1) == 5ms));
  BOOST_TEST((*next(0.5) == 15ms));
}

BOOST_AUTO_TEST_CASE(begins_anew_when_a_handler_has_run_for_the_period) {
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == 10ms));
  now += 10ms + 4s;
  BOOST_TEST((*next() == 20ms));
  now += 20ms + 5s;
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == 10ms));
}

BOOST_AUTO_TEST_CASE(does_not_begin_anew_where_nothing_ran) {
  BOOST_TEST(!next().has_value());
  now += 1h; // The factory takes an hour.
  BOOST_TEST((*next(0, false) == 10ms));
  now += 1h;
  BOOST_TEST((*next(0, false) == 20ms));
  now += 1h;
  BOOST_TEST(!next().has_value());
}

BOOST_AUTO_TEST_CASE(grows_also_where_the_period_is_nothing) {
  limits.period = 0s;
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == 10ms));
  now += 10ms;
  BOOST_TEST((*next() == 20ms));
  now += 20ms + 20ms;
  BOOST_TEST(!next().has_value());
}

BOOST_AUTO_TEST_CASE(knows_no_overflow) {
  limits.min_pause = limits.max_pause = limits.period = settings::forever;
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == settings::forever));
  BOOST_TEST((*next() == settings::forever));
}

BOOST_AUTO_TEST_CASE(may_be_none) {
  limits.min_pause = 0s;
  BOOST_TEST(!next().has_value());
  BOOST_TEST((*next() == 0s));
  BOOST_TEST((*next() == 0s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
