// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/memory_network.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::net {

struct world {
  std::string ip = "10.0.0.1";
  memory_network subject;
  network& server = subject.host(ip);
  network& client = subject.host("10.0.0.2");

  void run(const std::function<void()>& task) { task(); }

  void run_until(const std::function<bool()>& done) {
    while (!done())
      BOOST_REQUIRE(subject.run_one());
  }

  void settle() {
    while (subject.run_one()) {
    }
  }
};

} // namespace devp2p::net

#include "network_contract.hpp"

namespace devp2p::net {

BOOST_FIXTURE_TEST_SUITE(memory, connected)

BOOST_AUTO_TEST_CASE(has_one_host_for_each_address) {
  BOOST_TEST(&subject.host(ip) == &server);
  BOOST_TEST(&subject.host("10.0.0.2") != &server);
}

BOOST_AUTO_TEST_CASE(has_no_loop) {
  BOOST_TEST(near.link->loop() == nullptr);
}

BOOST_AUTO_TEST_CASE(runs_what_is_due_in_the_order_in_which_it_became_due) {
  end second;
  end second_far;
  connect(second, second_far);
  BOOST_TEST(subject.idle());
  near.link->await_readable(near);
  second.link->await_readable(second);
  near.link->await_writable(near);
  write(second_far, "x");
  write(far, "x");
  BOOST_TEST(!subject.idle());
  BOOST_TEST(near.writable + near.readable + second.readable == 0);
  BOOST_TEST(subject.run_one());
  BOOST_TEST(near.writable == 1);
  BOOST_TEST(subject.run_one());
  BOOST_TEST(second.readable == 1);
  BOOST_TEST(near.readable == 0);
  BOOST_TEST(subject.run_one());
  BOOST_TEST(near.readable == 1);
  BOOST_TEST(subject.idle());
  BOOST_TEST(!subject.run_one());
}

BOOST_AUTO_TEST_CASE(carries_as_much_at_a_time_as_the_pipe_holds) {
  const std::string chunk(100'000, 'x');
  BOOST_TEST(write(near, chunk).size == 65'536);
  BOOST_TEST(write(near, chunk).size == 0);
  BOOST_TEST(read(far).first.size() == 100);
  BOOST_TEST(write(near, chunk).size == 100);
  BOOST_TEST(write(far, chunk).size == 65'536, "the directions are strangers");
}

BOOST_AUTO_TEST_CASE(counts_ports_from_where_the_ephemeral_ones_begin) {
  BOOST_TEST(near.link->local().port == 49152);
  BOOST_TEST(far.link->local().port == 49152);
  BOOST_TEST(listen()->local().port == 49153);
}

BOOST_AUTO_TEST_CASE(passes_over_ports_that_somebody_listens_at) {
  auto taken = listen(49153);
  BOOST_TEST(listen()->local().port == 49154);
}

BOOST_AUTO_TEST_CASE(reaches_no_host_that_is_not_there) {
  outcome result;
  dial({"10.0.0.3", 30303}, result);
  BOOST_TEST((result.error == errc::host_unreachable));
}

BOOST_AUTO_TEST_CASE(listens_at_all_addresses_if_asked) {
  for (const auto* all : {"0.0.0.0", "::"}) {
    auto door = server.listen({all, 30303});
    BOOST_REQUIRE(door);
    BOOST_TEST((*door)->local().host == all);
    outcome dialled;
    outcome accepted;
    (*door)->accept(accepted.handler());
    dial({ip, 30303}, dialled);
    settle();
    BOOST_REQUIRE(accepted.link);
    BOOST_TEST(to_string(accepted.link->local()) == "10.0.0.1:30303");
  }
}

BOOST_AUTO_TEST_CASE(refuses_dials_beyond_the_backlog) {
  auto door = listen();
  std::vector<outcome> dialled(memory_network::max_backlog + 1);
  for (auto& each : dialled)
    dial(door->local(), each);
  BOOST_TEST(dialled[memory_network::max_backlog - 1].link);
  BOOST_TEST((dialled.back().error == errc::connection_refused));
  outcome accepted;
  door->accept(accepted.handler());
  settle();
  outcome next;
  dial(door->local(), next);
  BOOST_TEST(next.link, "there is room again");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

const std::string client_ip = "10.0.0.2";

line_conditions late(nanoseconds latency) {
  return {.latency = latency};
}

const line_conditions stalled{.stalled = true};

struct under_conditions : connected {
  void set(const line_conditions& there, const line_conditions& back = {}) {
    subject.set_conditions(client_ip, ip, there);
    subject.set_conditions(ip, client_ip, back);
  }

  /// Reads without waiting.
  static std::pair<std::string, std::optional<errc>> take(end& at) {
    std::string buffer(100, ' ');
    auto result = at.link->read_some({reinterpret_cast<std::uint8_t*>(buffer.data()), 100});
    return {buffer.substr(0, result.size), result.error};
  }

  /// Writes until the pipe is full.
  std::size_t fill(end& from) {
    std::size_t sent = 0;
    while (auto size = write(from, std::string(1000, 'x')).size)
      sent += size;
    return sent;
  }
};

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

  /// In which order the near ends are told that they can write.
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

  /// How much of a kilobyte each of some writes takes.
  std::vector<std::size_t> pieces() {
    std::vector<std::size_t> out;
    const std::string text(1000, 'x');
    for (std::size_t i = 0; i < 50; ++i)
      out.push_back(near[0].link->write_some(as_bytes(text)).size);
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(memory_with_latency, under_conditions)

BOOST_AUTO_TEST_CASE(shows_an_octet_when_the_latency_has_passed_and_not_before) {
  set(late(5ms));
  far.link->await_readable(far);
  write(near, "x");
  BOOST_TEST((subject.next_due() == 5ms));
  subject.advance_to(5ms - 1ns);
  BOOST_TEST(subject.idle());
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(5ms);
  BOOST_TEST((subject.now() == 5ms));
  BOOST_TEST(!subject.next_due().has_value());
  BOOST_TEST(far.readable == 0, "the owner says when");
  settle();
  BOOST_TEST(far.readable == 1);
  BOOST_TEST(take(far).first == "x");
}

BOOST_AUTO_TEST_CASE(delays_one_direction_alone) {
  set(late(5ms));
  write(far, "x");
  BOOST_TEST(take(near).first == "x");
}

BOOST_AUTO_TEST_CASE(delays_connections_that_are_made_later) {
  set(late(3ms), late(4ms));
  auto door = listen();
  outcome accepted;
  outcome dialled;
  door->accept(accepted.handler());
  auto dial = client.dial(door->local(), dialled.handler());
  settle();
  BOOST_TEST(accepted.calls == 0);
  subject.advance_to(3ms);
  settle();
  BOOST_TEST(accepted.calls == 1, "the server knows after one way");
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(7ms - 1ns);
  settle();
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(7ms);
  settle();
  BOOST_REQUIRE(dialled.link);
  dialled.link->write_some(as_bytes("x"));
  bytes buffer(1);
  BOOST_TEST(accepted.link->read_some(buffer).size == 0u);
  subject.advance_to(10ms);
  BOOST_TEST(accepted.link->read_some(buffer).size == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_a_dial_after_a_round_trip) {
  set(late(3ms), late(4ms));
  outcome dialled;
  auto dial = client.dial({ip, 1}, dialled.handler());
  subject.advance_to(3ms);
  settle();
  subject.advance_to(7ms - 1ns);
  settle();
  BOOST_TEST(dialled.calls == 0);
  subject.advance_to(7ms);
  settle();
  BOOST_TEST((dialled.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(closes_what_a_dial_has_made_that_is_given_up_on_the_way_back) {
  set({}, late(4ms));
  auto door = listen();
  outcome accepted;
  outcome dialled;
  door->accept(accepted.handler());
  auto dial = client.dial(door->local(), dialled.handler());
  settle();
  BOOST_REQUIRE(accepted.link);
  dial.reset();
  subject.advance_to(4ms);
  settle();
  BOOST_TEST(dialled.calls == 0);
  bytes buffer(1);
  BOOST_TEST((accepted.link->read_some(buffer).error == errc::end_of_stream));
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_octets_when_the_latency_falls) {
  set(late(5ms));
  write(near, "a");
  set({});
  write(near, "b");
  BOOST_TEST(take(far).first.empty());
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "ab");
  write(near, "c");
  BOOST_TEST(take(far).first == "c", "nothing is under way any more");
}

BOOST_AUTO_TEST_CASE(lets_what_was_written_earlier_arrive_earlier) {
  set(late(5ms));
  write(near, "a");
  write(near, "b");
  subject.advance_to(1ms);
  write(near, "c");
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "ab");
  subject.advance_to(6ms);
  BOOST_TEST(take(far).first == "c");
}

BOOST_AUTO_TEST_CASE(runs_callbacks_in_the_order_of_arrival_however_far_it_advances) {
  set(late(5ms), late(2ms));
  near.link->await_readable(near);
  far.link->await_readable(far);
  write(near, "x");
  write(far, "x");
  subject.advance_to(1s);
  subject.run_one();
  BOOST_TEST(near.readable == 1);
  BOOST_TEST(far.readable == 0);
  subject.run_one();
  BOOST_TEST(far.readable == 1);
}

BOOST_AUTO_TEST_CASE(ends_a_stream_behind_its_octets) {
  set(late(5ms));
  write(near, "bye");
  subject.advance_to(1ms);
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "bye");
  BOOST_TEST(!take(far).second);
  BOOST_TEST(write(far, "x").size == 1, "the far end does not know yet");
  subject.advance_to(6ms);
  BOOST_TEST((take(far).second == errc::end_of_stream));
  BOOST_TEST((write(far, "x").error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(resets_a_stream_with_the_same_latency) {
  set(late(5ms));
  write(far, "nobody reads this");
  write(near, "bye");
  subject.advance_to(1ms);
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first == "bye", "the reset is not here yet");
  BOOST_TEST(!take(far).second);
  subject.advance_to(6ms);
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(loses_by_a_reset_what_is_unread) {
  set(late(5ms));
  write(far, "nobody reads this");
  write(near, "nor this");
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first.empty());
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(resets_a_stream_to_whose_closed_end_more_comes) {
  set({}, late(5ms));
  write(far, "too late");
  write(near, "bye");
  close(near);
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first.empty());
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(memory_that_stalls, under_conditions)

BOOST_AUTO_TEST_CASE(keeps_what_is_sent_until_it_is_lifted) {
  far.link->await_readable(far);
  set(stalled);
  BOOST_TEST(fill(near) == 65'536u);
  subject.advance_to(24h);
  settle();
  BOOST_TEST(far.readable == 0);
  BOOST_TEST(!subject.next_due().has_value(), "time alone changes nothing");
  set({.latency = 1ms, .stalled = true});
  settle();
  BOOST_TEST(far.readable == 0, "nor do other conditions");
  set({});
  settle();
  BOOST_TEST(far.readable == 1);
  BOOST_TEST(take(far).first.size() == 100u);
  BOOST_TEST(write(near, "x").size == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_what_was_under_way_before) {
  set(late(5ms));
  write(near, "x");
  set({.latency = 5ms, .stalled = true});
  subject.advance_to(5ms);
  BOOST_TEST(take(far).first.empty());
  write(near, "y");
  set(late(5ms));
  BOOST_TEST(take(far).first == "x", "its time has come");
  BOOST_TEST((subject.next_due() == 10ms));
  subject.advance_to(10ms);
  BOOST_TEST(take(far).first == "y");
}

BOOST_AUTO_TEST_CASE(does_not_touch_what_has_arrived) {
  write(near, "x");
  set(stalled);
  BOOST_TEST(take(far).first == "x");
}

BOOST_AUTO_TEST_CASE(hides_that_the_remote_is_gone) {
  set({}, stalled);
  close(far);
  settle();
  BOOST_TEST(!take(near).second);
  BOOST_TEST(fill(near) == 65'536u, "nobody makes room");
  set({});
  BOOST_TEST((take(near).second == errc::connection_reset), "it was sent more");
  BOOST_TEST((write(near, "x").error == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(makes_a_dial_wait_there_or_on_its_way_back) {
  auto door = listen();
  outcome accepted;
  outcome dialled;
  door->accept(accepted.handler());
  set(stalled, stalled);
  auto dial = client.dial(door->local(), dialled.handler());
  subject.advance_to(24h);
  settle();
  BOOST_TEST(accepted.calls == 0);
  set({}, stalled);
  settle();
  BOOST_TEST(accepted.calls == 1);
  BOOST_TEST(dialled.calls == 0);
  set({}, {});
  BOOST_TEST(dialled.calls == 0, "nobody is called from within a call");
  settle();
  BOOST_TEST(dialled.link);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(memory_in_pieces, under_conditions)

BOOST_AUTO_TEST_CASE(moves_at_most_one_piece_a_call) {
  set({.max_piece = 3});
  BOOST_TEST(write(near, "abcdefgh").size == 3u);
  BOOST_TEST(write(near, "de").size == 2u);
  BOOST_TEST(take(far).first == "abc");
  BOOST_TEST(take(far).first == "de");
  BOOST_TEST(write(far, "abcdefgh").size == 8u, "the other direction is whole");
  BOOST_TEST(take(near).first == "abcdefgh");
}

BOOST_AUTO_TEST_CASE(still_carries_everything_in_order) {
  set({.latency = 1ms, .max_piece = 777}, {.latency = 2ms, .max_piece = 10'000});
  traveller there{*near.link};
  echo back{*far.link};
  back.on_writable();
  there.start();
  while (!there.end) {
    if (!subject.run_one()) {
      BOOST_REQUIRE(subject.next_due().has_value());
      subject.advance_to(*subject.next_due());
    }
  }
  BOOST_TEST((there.end == errc::end_of_stream));
  BOOST_TEST(there.returned == traveller::total);
  BOOST_TEST(there.in_order);
}

BOOST_AUTO_TEST_CASE(counts_what_was_carried_and_delivered_on_all_connections) {
  end second;
  end second_far;
  connect(second, second_far);
  set({.max_piece = 6});
  write(near, "12345");
  write(second, "123456789");
  BOOST_TEST(subject.carried(client_ip, ip) == 11u, "what was not taken does not count");
  BOOST_TEST(subject.delivered(client_ip, ip) == 0u);
  take(second_far);
  BOOST_TEST(subject.delivered(client_ip, ip) == 6u);
  BOOST_TEST(subject.carried(ip, client_ip) == 0u);
  BOOST_TEST(subject.carried(ip, "10.0.0.9") == 0u);
}

BOOST_AUTO_TEST_CASE(says_which_conditions_hold) {
  set({.latency = 1ms, .stalled = true, .max_piece = 5});
  auto found = subject.conditions(client_ip, ip);
  BOOST_TEST((found.latency == 1ms));
  BOOST_TEST(found.stalled);
  BOOST_TEST(found.max_piece == 5u);
  found = subject.conditions(ip, client_ip);
  BOOST_TEST((found.latency == 0ns));
  BOOST_TEST(!found.stalled);
  BOOST_TEST(found.max_piece == line_conditions::unlimited);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(memory_that_is_cut, under_conditions)

BOOST_AUTO_TEST_CASE(resets_both_ends_at_once) {
  set(late(5ms), late(5ms));
  write(near, "lost");
  near.link->await_readable(near);
  far.link->await_readable(far);
  subject.cut(client_ip, ip);
  settle();
  BOOST_TEST(near.readable == 1);
  BOOST_TEST(far.readable == 1);
  for (auto* x : {&near, &far}) {
    BOOST_TEST((take(*x).second == errc::connection_reset));
    BOOST_TEST((write(*x, "x").error == errc::connection_reset));
  }
  BOOST_TEST(!subject.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(loses_what_was_unread_and_wakes_who_could_not_write) {
  fill(near);
  near.link->await_writable(near);
  subject.cut(ip, client_ip);
  settle();
  BOOST_TEST(near.writable == 1);
  BOOST_TEST(take(far).first.empty());
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(loses_what_is_stalled) {
  set(stalled, stalled);
  write(near, "lost");
  subject.cut(client_ip, ip);
  BOOST_TEST((take(far).second == errc::connection_reset));
  set({});
  BOOST_TEST((take(far).second == errc::connection_reset));
}

BOOST_AUTO_TEST_CASE(cuts_every_connection_between_the_two_and_no_other) {
  end second;
  end second_far;
  connect(second, second_far);
  auto door = listen();
  outcome in_backlog;
  dial(door->local(), in_backlog);
  outcome accepted;
  outcome third;
  auto other_door = listen();
  other_door->accept(accepted.handler());
  auto dial = subject.host("10.0.0.3").dial(other_door->local(), third.handler());
  settle();
  subject.cut(client_ip, ip);
  BOOST_TEST((take(second).second == errc::connection_reset));
  bytes buffer(1);
  BOOST_TEST((in_backlog.link->read_some(buffer).error == errc::connection_reset));
  BOOST_TEST(third.link->write_some(as_bytes("x")).size == 1u);
  BOOST_TEST(accepted.link->read_some(buffer).size == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_keep_anybody_from_dialling_again) {
  set(late(5ms), late(5ms));
  auto door = listen();
  outcome dialled;
  auto dial = client.dial(door->local(), dialled.handler());
  subject.cut(client_ip, ip);
  subject.advance_to(5ms);
  settle();
  subject.advance_to(10ms);
  settle();
  BOOST_REQUIRE(dialled.link);
  BOOST_TEST(dialled.link->write_some(as_bytes("x")).size == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

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

} // namespace devp2p::net
