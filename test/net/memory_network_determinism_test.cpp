// SPDX-License-Identifier: BSL-1.0
//
// Decisions that are left to chance, and the trace: the same for the same seed and the same calls.
#include "memory_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(memory_network_determinism_test)

namespace {

using namespace std::chrono_literals;

/// Two hosts and many connections between them in a network of its own.
struct crowd {
  static constexpr std::size_t size = 20;

  memory_network subject;
  std::array<end, size> near;
  std::array<end, size> far;

  explicit crowd(std::optional<std::uint64_t> seed) : subject(64 << 10, seed) {
    subject.start_trace();
    auto door = subject.host("10.0.0.1").listen({"10.0.0.1", 1});
    for (std::size_t i = 0; i < size; ++i) {
      outcome accepted;
      outcome dialled;
      (*door)->accept(accepted.handler());
      auto dial = subject.host(client_ip).dial((*door)->local(), dialled.handler());
      settle();
      near[i].link = std::move(dialled.link);
      far[i].link = std::move(accepted.link);
    }
  }

  void settle() {
    while (subject.run_one()) {
    }
  }

  /// Returns the order in which the near ends are told that they can write.
  std::vector<std::size_t> order() {
    std::vector<std::size_t> out;
    for (auto& x : near)
      x.link->await_writable(x);
    while (subject.run_one())
      for (std::size_t i = 0; i < size; ++i)
        if (std::exchange(near[i].writable, 0) > 0)
          out.push_back(i);
    return out;
  }

  /// Returns how much of a kilobyte each of some writes takes.
  std::vector<std::size_t> pieces() {
    std::vector<std::size_t> out;
    const std::string text(1000, 'x');
    for (std::size_t i = 0; i < 50; ++i)
      out.push_back(near[0].link->write_some(as_bytes(text)).size);
    return out;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(memory_given_chance)

BOOST_AUTO_TEST_CASE(runs_what_is_due_in_any_order_each_once) {
  auto order = crowd{1}.order();
  BOOST_TEST(!std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  BOOST_TEST(order.size() == crowd::size);
  BOOST_TEST((std::adjacent_find(order.begin(), order.end()) == order.end()));
}

BOOST_AUTO_TEST_CASE(runs_in_the_same_order_for_the_same_seed) {
  BOOST_TEST(crowd{7}.order() == crowd{7}.order(), boost::test_tools::per_element());
  BOOST_TEST((crowd{7}.order() != crowd{8}.order()));
}

BOOST_AUTO_TEST_CASE(makes_pieces_of_any_size_up_to_the_largest) {
  crowd subject{1};
  auto whole = subject.pieces();
  BOOST_TEST((std::all_of(whole.begin(), whole.end(), [](auto x) { return x == 1000; })));
  subject.subject.set_conditions(client_ip, "10.0.0.1", {.max_piece = 4});
  auto found = subject.pieces();
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<std::size_t> expected{1, 2, 3, 4};
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(memory_with_a_trace)

BOOST_AUTO_TEST_CASE(is_the_same_for_the_same_calls) {
  crowd one{3};
  crowd other{3};
  one.order();
  other.order();
  BOOST_TEST(one.subject.trace_hash() == other.subject.trace_hash());
}

BOOST_AUTO_TEST_CASE(differs_whenever_anything_differs) {
  std::vector<std::function<void(crowd&)>> runs{
    [](crowd&) {},
    [](crowd& x) { x.near[0].link->write_some(as_bytes("some text, or another")); },
    [](crowd& x) { x.near[0].link->write_some(as_bytes("some text, or anothes")); },
    [](crowd& x) { x.near[0].link->write_some(as_bytes("Some text, or another")); },
    [](crowd& x) { x.near[1].link->write_some(as_bytes("some text, or another")); },
    [](crowd& x) { x.far[0].link->write_some(as_bytes("some text, or another")); },
    [](crowd& x) {
      x.near[0].link->write_some(as_bytes("some text,"));
      x.near[0].link->write_some(as_bytes(" or another"));
    },
    [](crowd& x) {
      x.near[0].link->write_some(as_bytes("some text, or another"));
      bytes buffer(1);
      x.far[0].link->read_some(buffer);
    },
    [](crowd& x) {
      x.near[0].link->write_some(as_bytes("some text, or another"));
      bytes buffer(2);
      x.far[0].link->read_some(buffer);
    },
    [](crowd& x) {
      x.near[0].link->await_writable(x.near[0]);
      x.settle();
    },
    [](crowd& x) { x.subject.cut(client_ip, "10.0.0.1"); },
    [](crowd& x) { x.subject.set_conditions(client_ip, "10.0.0.1", late(1ms)); },
    [](crowd& x) { x.subject.set_conditions("10.0.0.1", client_ip, late(1ms)); },
    [](crowd& x) { x.subject.set_conditions("10.0.0.1", client_ip, stalled); },
    [](crowd& x) { x.subject.note(1); },
    [](crowd& x) { x.subject.note(2); },
  };
  std::vector<std::uint64_t> hashes;
  for (const auto& run : runs) {
    crowd subject{std::nullopt};
    run(subject);
    hashes.push_back(subject.subject.trace_hash());
  }
  std::sort(hashes.begin(), hashes.end());
  BOOST_TEST((std::adjacent_find(hashes.begin(), hashes.end()) == hashes.end()));
}

BOOST_FIXTURE_TEST_CASE(records_nothing_unless_it_is_asked, connected) {
  auto before = subject.trace_hash();
  write(near, "x");
  subject.note(1);
  BOOST_TEST(subject.trace_hash() == before);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
