// SPDX-License-Identifier: BSL-1.0
//
// Sessions of a node whose memory for all of them is used up.
#include "devp2p/actors/memory_budget.hpp"
#include "devp2p/messages/caf.hpp"

#include "two_nodes.hpp"

#include "devp2p/kit/raw_remote.hpp"
#include "devp2p/net/byte_chain.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(scarce_memory_test)

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

constexpr std::size_t mib = std::size_t{1} << 20;

/// A node whose sessions may hold 8 MiB, and remotes that are driven by hand. Each handler keeps
/// what it receives.
struct scarce_fixture {
  const std::function<void(settings&)> change;
  std::list<inbox> boxes;
  inbox other_box;
  kit::seeded_random random{5};
  kit::world world;
  std::shared_ptr<memory_budget> budget = std::make_shared<memory_budget>(8 * mib);
  test_node node{world,
                 "10.0.0.1",
                 random,
                 {make_protocol("test", 1, 8, keep())},
                 {},
                 {},
                 [this](node_config& x) {
                   x.memory = budget;
                   x.limits.max_read_window = 64 * mib;
                   x.limits.max_write_queue = 64 * mib;
                   x.limits.max_peers = 400;
                   if (change)
                     change(x.limits);
                 }};
  std::list<kit::raw_remote> remotes;

  explicit scarce_fixture(std::function<void(settings&)> change = {}) : change(std::move(change)) {
    BOOST_REQUIRE(ask<enode>(world, node.handle, listen_atom_v, node.url.address).value);
  }
  ~scarce_fixture() { remotes.clear(); }

  handler_factory keep() {
    return [this](caf::actor_system& system, const channel& link) {
      return collect(&boxes.emplace_back())(system, link);
    };
  }

  struct session {
    kit::raw_remote& remote;
    inbox& box;
  };

  session meet() {
    auto address = "10.0.1." + std::to_string(remotes.size() + 1);
    auto& remote = remotes.emplace_back(world, address, random);
    BOOST_REQUIRE(remote.meet(node.url.address, node.key.id(), {{"test", 1}}));
    return {remote, boxes.back()};
  }

  bytes incompressible(std::size_t size) {
    bytes out(size);
    random.fill(out);
    return out;
  }

  void send(session& from, std::size_t size) {
    from.remote.send(p2p::base_length, incompressible(size));
  }

  /// Sends as much as the soft mark allows, in messages that its handler keeps.
  void fill(session& from) {
    for (int i = 0; i < 6; ++i)
      send(from, mib);
    BOOST_REQUIRE(from.box.packets.size() == 6u);
  }

  /// Has the handler write a message, and returns the error that refuses it. A write that has to
  /// wait is no error.
  caf::error write(session& to, std::size_t size) {
    return ask<caf::unit_t>(world, to.box.link->writer, write_atom_v, to.box.link->place,
                            packet{0, blob{incompressible(size)}})
      .error;
  }

  /// Has the handler write small messages until all sessions hold `size` bytes. Precondition: that
  /// remote does not read.
  void write_until(session& to, std::size_t size) {
    for (int i = 0; i < 600 && budget->held() < size; ++i)
      BOOST_REQUIRE(!write(to, budget->held() + 20'000 < size ? 20'000 : 1'000));
    BOOST_REQUIRE(budget->held() >= size);
  }

  /// Returns the number of bytes that the session with that remote holds.
  std::size_t held_by(const session& which) {
    for (const auto& x : peers())
      if (x.id == which.remote.key().id())
        return x.memory;
    return 0;
  }

  /// Checks that a session of that remote reads, writes and answers Pings.
  void check_is_undisturbed(session& which) {
    auto before = which.box.packets.size();
    auto answered = which.remote.received().size();
    send(which, 1000);
    BOOST_TEST(which.box.packets.size() == before + 1);
    BOOST_TEST(!write(which, 1000));
    which.remote.send(p2p::ping_id, p2p::ping_payload);
    BOOST_REQUIRE(which.remote.received().size() == answered + 2);
    BOOST_TEST(which.remote.received().back().id == p2p::pong_id);
  }

  /// Returns true iff the session with that remote was ended for want of memory.
  bool was_ended(const session& which) const {
    auto is_it = [&](const peer_dropped& x) {
      return x.id == which.remote.key().id() && x.end.code == errc::memory_budget_exceeded;
    };
    return std::any_of(node.events.dropped.begin(), node.events.dropped.end(), is_it);
  }

  std::vector<peer_info> peers() {
    auto out = ask<std::vector<peer_info>>(world, node.handle, peers_atom_v).value;
    BOOST_REQUIRE(out.has_value());
    return *out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node, scarce_fixture)

BOOST_AUTO_TEST_CASE(says_what_each_session_holds_and_all_together) {
  auto first = meet();
  auto second = meet();
  send(first, 2 * mib);
  send(second, mib);
  auto info = ask<node_info>(world, node.handle, info_atom_v).value;
  BOOST_REQUIRE(info.has_value());
  BOOST_TEST(info->max_memory == 8 * mib);
  BOOST_TEST(info->memory == 3 * mib);
  std::size_t sum = 0;
  for (const auto& x : peers()) {
    BOOST_TEST(x.memory == (x.id == first.remote.key().id() ? 2 * mib : mib));
    sum += x.memory;
  }
  BOOST_TEST(sum == 3 * mib);
  first.box.packets.clear();
  BOOST_TEST(budget->held() == mib);
}

BOOST_AUTO_TEST_CASE(counts_what_a_remote_does_not_read) {
  auto deaf = meet();
  deaf.remote.stop_reading();
  BOOST_TEST(!write(deaf, 2 * mib));
  BOOST_TEST(budget->held() >= 2 * mib);
  BOOST_TEST(budget->held() <= 3 * mib);
  deaf.remote.read_on();
  world.advance(1s);
  BOOST_TEST(deaf.remote.received().size() == 2u); // With the Hello.
  BOOST_TEST(budget->held() == 0u);
}

BOOST_AUTO_TEST_CASE(counts_what_was_written_and_waits_for_its_session) {
  auto slow = meet();
  slow.box.link->post({0, blob{bytes(2 * mib)}});
  BOOST_TEST(budget->held() == 2 * mib, "nothing has run");
  world.run();
  BOOST_TEST(budget->held() == 0u);
  slow.box.link->post_all({{0, blob{bytes(mib)}}, {0, blob{bytes(mib)}}});
  BOOST_TEST(budget->held() == 2 * mib, "written as one");
  anon_send_exit(slow.box.link->writer, caf::exit_reason::kill);
  world.advance(1min);
  BOOST_TEST(budget->held() == 0u, "nor after the session");
}

BOOST_AUTO_TEST_CASE(stops_reading_first_from_the_session_that_holds_most) {
  auto greedy = meet();
  auto small = meet();
  for (int i = 0; i < 7; ++i)
    send(greedy, mib);
  // The mark is at six, and the frame and its payload must fit.
  auto taken = greedy.box.packets.size();
  BOOST_TEST(taken >= 6u);
  BOOST_TEST(taken <= 7u);
  for (int i = 0; i < 3; ++i)
    send(greedy, mib);
  BOOST_TEST(greedy.box.packets.size() == taken);
  check_is_undisturbed(small);
  BOOST_TEST(node.events.dropped.empty());
  // The session reads on when it has given memory back, and loses nothing.
  greedy.box.packets.clear();
  world.run();
  BOOST_TEST(taken + greedy.box.packets.size() == 10u);
  BOOST_TEST(node.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(has_a_message_wait_until_its_payload_fits) {
  auto greedy = meet();
  auto other = meet();
  fill(greedy);
  // The message compresses well: only its payload needs memory.
  other.remote.send(p2p::base_length, bytes(3 * mib));
  BOOST_TEST(other.box.packets.empty());
  BOOST_TEST(budget->held() <= 8 * mib);
  greedy.box.packets.clear();
  world.run();
  BOOST_REQUIRE(other.box.packets.size() == 1u);
  BOOST_TEST((other.box.packets[0].payload == blob{bytes(3 * mib)}));
  BOOST_TEST(node.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(ends_the_session_that_holds_most_when_another_has_waited) {
  auto greedy = meet();
  auto other = meet();
  auto small = meet();
  fill(greedy);
  send(other, 2 * mib);
  BOOST_TEST(other.box.packets.empty());
  world.advance(9s);
  BOOST_TEST(node.events.dropped.empty());
  world.advance(3s);
  BOOST_TEST(was_ended(greedy));
  BOOST_REQUIRE(node.events.dropped.size() == 1u);
  const auto& end = node.events.dropped[0].end;
  BOOST_TEST(to_string(end.reason) == to_string(reason::too_many_peers));
  BOOST_TEST((greedy.remote.goodbyes() == std::vector{reason::too_many_peers}));
  auto lines = node.log->with("it holds 6.0 MiB");
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].find(greedy.remote.key().id().brief()) != std::string::npos);
  // The handler of the session that is over still keeps its message.
  BOOST_TEST(budget->held() >= 5 * mib);
  greedy.box.packets.clear();
  world.run();
  BOOST_TEST(other.box.packets.size() == 1u);
  check_is_undisturbed(small);
}

BOOST_AUTO_TEST_CASE(ends_a_session_that_gives_nothing_back_and_waits_for_ever) {
  auto greedy = meet();
  auto small = meet();
  for (int i = 0; i < 10; ++i)
    send(greedy, mib);
  world.advance(40s);
  BOOST_TEST(node.events.dropped.empty());
  world.advance(50s);
  BOOST_TEST(was_ended(greedy));
  BOOST_TEST(!was_ended(small));
}

BOOST_AUTO_TEST_CASE(ends_a_session_whose_message_never_fits) {
  auto first = meet();
  auto small = meet();
  send(first, 5 * mib); // The frame and its payload.
  BOOST_TEST(was_ended(first));
  check_is_undisturbed(small);
}

BOOST_AUTO_TEST_CASE(asks_for_the_memory_of_each_large_frame) {
  struct sender {
    session to;
    bytes rest;
  };
  std::vector<sender> all;
  for (int i = 0; i < 6; ++i) {
    auto to = meet();
    auto first = to.remote.seal(p2p::base_length, incompressible(mib));
    auto second = to.remote.seal(p2p::base_length, incompressible(mib));
    // With a part of the next header, so that the buffer of the first frame is never empty.
    first.insert(first.end(), second.begin(), second.begin() + 8);
    to.remote.send_bytes(first);
    BOOST_TEST(to.box.packets.size() == 1u);
    to.box.packets.clear();
    all.push_back({to, bytes(second.begin() + 8, second.end())});
  }
  for (std::size_t sent = 0; sent < 200; sent += 100)
    for (auto& x : all) {
      x.to.remote.send_bytes(byte_view{x.rest}.subspan(sent, 100));
      BOOST_TEST(budget->held() <= 8 * mib);
    }
  for (auto& x : all) {
    x.to.remote.send_bytes(byte_view{x.rest}.subspan(200));
    BOOST_TEST(budget->held() <= 8 * mib);
  }
  // Messages for which there was no memory come when others have given it back.
  std::size_t taken = 0;
  for (int i = 0; i < 6; ++i)
    for (auto& x : all) {
      taken += x.to.box.packets.size();
      x.to.box.packets.clear();
      world.run();
      BOOST_TEST(budget->held() <= 8 * mib);
    }
  BOOST_TEST(taken == 6u);
  BOOST_TEST(node.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(takes_back_what_it_holds_for_frames_that_do_not_come) {
  std::vector<session> strangers;
  std::vector<bytes> frames;
  for (int i = 0; i < 3; ++i) {
    strangers.push_back(meet());
    frames.push_back(strangers.back().remote.seal(p2p::base_length, incompressible(mib)));
    strangers.back().remote.send_bytes(byte_view{frames.back()}.first(40));
    strangers.back().remote.send_bytes(byte_view{frames.back()}.subspan(40, 1));
  }
  BOOST_TEST(budget->held() >= 6 * mib);
  auto honest = meet();
  send(honest, 2 * mib - 100);
  BOOST_TEST(honest.box.packets.empty());
  world.advance(1500ms);
  BOOST_TEST(honest.box.packets.size() == 1u);
  honest.box.packets.clear();
  BOOST_TEST(budget->held() <= 3 * memory_budget::max_allowance, "the next part of each");
  // The frames may still come: nothing was lost.
  for (std::size_t i = 0; i < strangers.size(); ++i) {
    strangers[i].remote.send_bytes(byte_view{frames[i]}.subspan(41));
    BOOST_TEST(strangers[i].box.packets.size() == 1u);
  }
  BOOST_TEST(node.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(ends_those_whose_frames_do_not_come_before_one_that_holds_more) {
  auto honest = meet();
  send(honest, mib);
  send(honest, mib);
  std::vector<session> strangers;
  for (int i = 0; i < 12; ++i) {
    strangers.push_back(meet());
    auto frame = strangers.back().remote.seal(p2p::base_length, incompressible(mib));
    strangers.back().remote.send_bytes(byte_view{frame}.first(mib * 3 / 4));
    world.advance(3s);
  }
  auto before = honest.box.packets.size();
  send(honest, mib);
  world.advance(15s);
  BOOST_TEST(honest.box.packets.size() == before + 1);
  BOOST_TEST(!was_ended(honest));
  for (const auto& x : node.events.dropped)
    BOOST_TEST(bool(x.end.code == errc::memory_budget_exceeded));
}

BOOST_AUTO_TEST_CASE(holds_little_for_a_few_bytes_of_a_frame) {
  std::vector<session> strangers;
  for (int i = 0; i < 20; ++i) {
    strangers.push_back(meet());
    auto frame = strangers.back().remote.seal(p2p::base_length, bytes(1000));
    strangers.back().remote.send_bytes(byte_view{frame}.first(20));
  }
  BOOST_TEST(budget->held() < 20u * 4096);
}

BOOST_AUTO_TEST_CASE(keeps_its_limit_when_many_send_parts_of_small_frames) {
  std::vector<session> strangers;
  for (int i = 0; i < 160; ++i) {
    strangers.push_back(meet());
    auto frame = strangers.back().remote.seal(p2p::base_length, incompressible(60'000));
    strangers.back().remote.send_bytes(byte_view{frame}.first(9'000));
  }
  BOOST_TEST(budget->held() <= 9 * mib);
  auto small = meet();
  check_is_undisturbed(small);
}

BOOST_AUTO_TEST_CASE(refuses_small_writes_too_when_its_memory_is_used_up) {
  std::vector<session> deaf;
  for (int i = 0; i < 4; ++i) {
    deaf.push_back(meet());
    deaf.back().remote.stop_reading();
  }
  auto small = meet();
  for (int i = 0; i < 250; ++i)
    for (auto& x : deaf)
      static_cast<void>(write(x, 10'000));
  BOOST_TEST(budget->held() <= 9 * mib);
  check_is_undisturbed(small);
}

BOOST_AUTO_TEST_CASE(lets_a_slow_session_wait_while_another_holds_more) {
  auto slow = meet();
  auto deaf = meet();
  auto other = meet();
  deaf.remote.stop_reading();
  auto frame = slow.remote.seal(p2p::base_length, incompressible(mib));
  slow.remote.send_bytes(byte_view{frame}.first(300'000));
  write_until(deaf, 7 * mib);
  send(other, mib);
  BOOST_TEST(other.box.packets.empty());
  world.advance(2s);
  BOOST_TEST(other.box.packets.size() == 1u, "the memory of the slow frame");
  write_until(deaf, 8 * mib - 30'000);
  slow.remote.send_bytes(byte_view{frame}.subspan(300'000, 200'000));
  world.advance(13s);
  BOOST_TEST(!was_ended(slow));
  deaf.remote.read_on();
  world.advance(2s);
  slow.remote.send_bytes(byte_view{frame}.subspan(500'000));
  BOOST_TEST(slow.box.packets.size() == 1u);
  BOOST_TEST(node.events.dropped.empty());
}

BOOST_AUTO_TEST_CASE(ends_no_slow_session_for_one_that_does_not_read) {
  auto slow = meet();
  auto deaf = meet();
  deaf.remote.stop_reading();
  auto frame = slow.remote.seal(p2p::base_length, incompressible(mib));
  slow.remote.send_bytes(byte_view{frame}.first(300'000));
  write_until(deaf, 7 * mib);
  send(deaf, mib);
  world.advance(3s);
  BOOST_TEST(deaf.box.packets.size() == 1u, "in place of the slow frame");
  write_until(deaf, 8 * mib - 30'000);
  send(deaf, mib);
  world.advance(13s);
  BOOST_TEST(deaf.box.packets.size() == 1u);
  BOOST_TEST(!was_ended(slow));
}

BOOST_AUTO_TEST_CASE(ends_deaf_sessions_one_by_one_for_what_others_write) {
  // The later, the smaller. A frame is held in chunks.
  auto size_of = [](std::size_t i) { return mib / 2 - i * 10'000; };
  auto chunks_of = [&](std::size_t i) { return size_of(i) / net::byte_chain::chunk_size; };
  std::vector<session> deaf;
  auto small = meet();
  for (std::size_t i = 0; i < 20; ++i) {
    deaf.push_back(meet());
    deaf.back().remote.stop_reading();
    BOOST_TEST(!write(deaf.back(), size_of(i)));
    BOOST_TEST(budget->held() <= 9 * mib);
    check_is_undisturbed(small);
  }
  auto ended = std::count_if(deaf.begin(), deaf.end(), [&](auto& x) { return was_ended(x); });
  BOOST_TEST(ended > 0);
  BOOST_TEST(ended < 10);
  // The sessions that were ended are those that held most.
  for (std::size_t i = 0; i < deaf.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      BOOST_TEST((was_ended(deaf[k]) || !was_ended(deaf[i]) || chunks_of(i) == chunks_of(k)));
  BOOST_TEST(!was_ended(small));
}

BOOST_AUTO_TEST_CASE(refuses_a_write_of_the_session_that_would_hold_most) {
  auto deaf = meet();
  auto small = meet();
  deaf.remote.stop_reading();
  BOOST_TEST(!write(deaf, 2 * mib));
  auto refused = write(deaf, 7 * mib);
  BOOST_TEST((refused == errc::memory_budget_exceeded));
  check_is_undisturbed(small);
  // The writer has handled the error, and goes on.
  BOOST_TEST(node.events.dropped.empty());
  BOOST_TEST(!write(deaf, 1000));
}

BOOST_AUTO_TEST_CASE(may_share_its_memory_with_another_node) {
  test_node second{world,
                   "10.0.0.2",
                   random,
                   {make_protocol("test", 1, 8, collect(&other_box))},
                   {},
                   {},
                   [this](node_config& x) { x.memory = budget; }};
  BOOST_REQUIRE(ask<enode>(world, second.handle, listen_atom_v, second.url.address).value);
  auto greedy = meet();
  kit::raw_remote remote{world, "10.0.2.1", random};
  BOOST_REQUIRE(remote.meet(second.url.address, second.key.id(), {{"test", 1}}));
  fill(greedy);
  remote.send(p2p::base_length, bytes(3 * mib));
  BOOST_TEST(other_box.packets.empty());
  auto info = ask<node_info>(world, second.handle, info_atom_v).value;
  BOOST_REQUIRE(info.has_value());
  BOOST_TEST(info->memory >= 5 * mib);
  world.advance(11s);
  BOOST_TEST(was_ended(greedy));
  greedy.box.packets.clear();
  world.run();
  BOOST_TEST(other_box.packets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(counts_messages_that_handlers_keep_after_its_end) {
  auto greedy = meet();
  send(greedy, mib);
  world.send(node.handle, close_atom_v, greedy.remote.key().id(), reason::requested);
  world.advance(5s);
  BOOST_TEST(budget->held() == mib);
  greedy.box.packets.clear();
  BOOST_TEST(budget->held() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_node_without_pings_ends_sessions_for_want_of_memory_all_the_same) {
  scarce_fixture subject{[](settings& x) { x.ping_interval = settings::forever; }};
  auto greedy = subject.meet();
  auto other = subject.meet();
  subject.fill(greedy);
  subject.send(other, 2 * mib);
  subject.world.advance(11s);
  BOOST_TEST(subject.was_ended(greedy));
}

BOOST_AUTO_TEST_CASE(a_remote_is_not_to_blame_for_a_rate_that_keeps_its_frame) {
  scarce_fixture subject{[](settings& x) { x.max_rate_in = 100'000; }};
  auto limited = subject.meet();
  auto deaf = subject.meet();
  auto other = subject.meet();
  deaf.remote.stop_reading();
  subject.send(limited, mib);
  subject.write_until(deaf, 7 * mib);
  subject.send(other, mib);
  subject.world.advance(3s);
  BOOST_TEST(subject.held_by(limited) >= 2 * mib);
  subject.world.advance(9s);
  BOOST_TEST(limited.box.packets.size() == 1u);
  BOOST_TEST(!subject.was_ended(limited));
}

BOOST_AUTO_TEST_CASE(a_session_has_ten_seconds_for_each_message) {
  scarce_fixture subject{[](settings& x) {
    x.max_read_window = 30'000;
    x.write_timeout = 1min;
  }};
  auto deaf = subject.meet();
  auto other = subject.meet();
  auto& taken = other.box.packets;
  deaf.remote.stop_reading();
  subject.send(other, 1'000);
  subject.send(other, 29'500);
  BOOST_REQUIRE(taken.size() == 2u);
  // The window is full. All of this is read at once, and the first message is taken.
  bytes next;
  for (std::size_t size : {1'000, 20'000, 1'000, 42'000}) {
    auto frame = other.remote.seal(p2p::base_length, subject.incompressible(size));
    next.insert(next.end(), frame.begin(), frame.end());
  }
  other.remote.send_bytes(next);
  BOOST_REQUIRE(taken.size() == 3u);
  subject.write_until(deaf, 8 * mib - 8'000);
  taken.erase(taken.begin() + 2);
  taken.erase(taken.begin());
  subject.world.run();
  BOOST_REQUIRE_MESSAGE(taken.size() == 1u, "the window has room, but there is no memory");
  deaf.remote.read_on();
  subject.world.advance(1s);
  BOOST_REQUIRE_MESSAGE(taken.size() == 3u, "the window is full again");
  deaf.remote.stop_reading();
  subject.write_until(deaf, 8 * mib - 8'000);
  subject.world.advance(11s);
  taken.erase(taken.begin());
  subject.world.advance(3s);
  BOOST_TEST(!subject.was_ended(deaf));
  BOOST_TEST(taken.size() == 2u, "there is no memory again");
  subject.world.advance(8s);
  BOOST_TEST(subject.was_ended(deaf));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
