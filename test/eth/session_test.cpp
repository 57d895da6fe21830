// SPDX-License-Identifier: BSL-1.0
#include "eth/session.hpp"

#include "eth_fixture.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(session_test)

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::uint64_t, 4> all_versions{66, 67, 68, 69};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

eth::transaction some_transaction(std::uint64_t n) {
  return *eth::transaction::read(sample_transaction(n, 0, n % 2 != 0));
}

std::vector<rlp::raw> encodings_of(const eth::sealed_headers& all) {
  std::vector<rlp::raw> out;
  for (const auto& one : all)
    out.push_back(one.encoding);
  return out;
}

} // namespace

// Greeting.

BOOST_AUTO_TEST_CASE(both_ends_tell_their_status_in_each_version) {
  for (auto version : all_versions) {
    eth_pair both{version};
    BOOST_REQUIRE(both.left_ready.size() == 1u);
    BOOST_REQUIRE(both.right_ready.size() == 1u);
    const auto& told = both.left_ready.front().status;
    const auto& blocks = both.right.shared.served->blocks;
    BOOST_TEST((both.left_ready.front().remote == both.right.node.key.id()));
    BOOST_TEST(told.version == version);
    BOOST_TEST(told.network == 1337u);
    BOOST_TEST((told.genesis == blocks.genesis().hash));
    BOOST_TEST((told.blocks.latest_hash == blocks.head().hash));
    BOOST_TEST(told.total_difficulty.has_value() == (version < 69));
    BOOST_TEST(told.blocks.latest == (version < 69 ? 0u : 20u));
    BOOST_TEST(both.left.shared.present.size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_visitor_takes_the_chain_of_its_host) {
  for (auto version : all_versions) {
    eth_pair both{version, nullptr, share(served_sample(20))};
    both.meet();
    BOOST_REQUIRE(both.left_ready.size() == 1u);
    BOOST_REQUIRE(both.right_ready.size() == 1u);
    BOOST_TEST((both.right_ready.front().status.blocks.latest_hash ==
                both.right.shared.served->blocks.genesis().hash));
    auto headers = both.asked<eth::sealed_headers>(eth::wanted_headers{{std::uint64_t{0}, 50}});
    BOOST_REQUIRE(headers.value);
    BOOST_TEST(headers.value->size() == 21u);
    // And has nothing itself.
    auto nothing = ask<eth::sealed_headers>(both.world, both.right_ready.front().handler,
                                            eth::wanted_headers{{std::uint64_t{0}, 50}});
    BOOST_REQUIRE(nothing.value);
    BOOST_TEST(nothing.value->empty());
  }
}

BOOST_AUTO_TEST_CASE(a_status_of_another_chain_ends_the_session) {
  auto refused = [](auto change) {
    eth_interview talk;
    auto told = talk.status_69();
    change(told);
    talk.send(told);
    BOOST_TEST(talk.ready.empty());
    return talk.end();
  };
  using status = eth::status_69;
  BOOST_TEST(
    contains(refused([](status& x) { x.network = 1; }), "its network is 1, and ours 1337"));
  BOOST_TEST(contains(refused([](status& x) { x.version = 68; }), "its status is of version 68"));
  BOOST_TEST(contains(refused([](status& x) { x.genesis = {7}; }), "its genesis is 0700"));
  BOOST_TEST(contains(refused([](status& x) { x.forks.passed = {1}; }),
                      "its fork id is 01000000, next 0: the remote has passed a fork"));
  BOOST_TEST(contains(refused([](status& x) { x.earliest = 21; }), "first block comes after"));
  BOOST_TEST(contains(refused([](status& x) { x.latest_hash = {}; }), "last block has no hash"));
  // The first thing that is wrong is named.
  BOOST_TEST(
    contains(refused([](status& x) { x = {.version = 1, .network = 1, .latest_hash = {}}; }),
             "its network is 1"));
}

BOOST_AUTO_TEST_CASE(so_does_one_without_a_range) {
  auto refused = [](auto change) {
    eth_interview talk{68};
    auto told = talk.status_66();
    change(told);
    talk.send(told);
    return talk.end();
  };
  using status = eth::status_66;
  BOOST_TEST(contains(refused([](status& x) { x.network = 1; }), "its network is 1"));
  BOOST_TEST(contains(refused([](status& x) { x.version = 69; }), "its status is of version 69"));
  BOOST_TEST(contains(refused([](status& x) { x.genesis = {7}; }), "its genesis is 0700"));
  BOOST_TEST(contains(refused([](status& x) { x.forks = {}; }), "its fork id is 00000000"));
}

BOOST_AUTO_TEST_CASE(nodes_of_different_networks_part) {
  eth_pair both{69, share(served_sample(20)), share(served_sample(20, 0, 5))};
  both.meet();
  BOOST_TEST(both.left_ready.empty());
  BOOST_TEST(both.right_ready.empty());
  BOOST_REQUIRE(both.left.node.events.dropped.size() == 1u);
  BOOST_TEST(
    (both.left.node.events.dropped.front().end.reason == disconnect_reason::subprotocol_error));
}

BOOST_AUTO_TEST_CASE(nodes_of_different_heights_agree) {
  eth_pair both{69, share(served_sample(3)), share(served_sample(20))};
  both.meet();
  BOOST_TEST(both.left_ready.size() == 1u);
  BOOST_TEST(both.right_ready.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_second_status_ends_the_session, eth_interview) {
  greet();
  send(status_69());
  BOOST_TEST(contains(end(), "it has told its status twice"));
}

BOOST_FIXTURE_TEST_CASE(a_message_before_the_status_ends_the_session, eth_interview) {
  send(eth::get_block_headers{1, {std::uint64_t{0}, 1}});
  BOOST_TEST(contains(end(), "it has not told its status first"));
  BOOST_TEST(heard<eth::block_headers>().empty());
}

BOOST_FIXTURE_TEST_CASE(a_status_is_waited_for_for_5_seconds, eth_interview) {
  world.advance(4999ms);
  BOOST_TEST(!ended());
  world.advance(1ms);
  BOOST_TEST(contains(end(disconnect_reason::ping_timeout), "not told its status in time"));
}

BOOST_FIXTURE_TEST_CASE(one_that_has_come_is_not_waited_for, eth_interview) {
  greet();
  world.advance(10s);
  BOOST_TEST(!ended());
}

BOOST_FIXTURE_TEST_CASE(a_status_that_makes_no_sense_is_a_breach, eth_interview) {
  auto content = rlp::encode(status_66()); // Of another version.
  send_encoded(0, content.view());
  BOOST_TEST(contains(end(disconnect_reason::breach_of_protocol), "code 0: "));
}

// Serving and asking.

BOOST_AUTO_TEST_CASE(headers_are_served_and_asked_for) {
  for (auto version : all_versions) {
    eth_pair both{version};
    const auto& blocks = both.right.shared.served->blocks;
    auto up = both.asked<eth::sealed_headers>(eth::wanted_headers{{std::uint64_t{5}, 4}});
    BOOST_REQUIRE_MESSAGE(up.value, describe(up.error));
    BOOST_TEST((encodings_of(*up.value) == encodings_of(headers_of(blocks, 5, 8))));
    auto down =
      both.asked<eth::sealed_headers>(eth::wanted_headers{{up.value->front().hash, 9, 1, true}});
    BOOST_REQUIRE_MESSAGE(down.value, describe(down.error));
    BOOST_TEST(down.value->size() == 3u);
    auto none = both.asked<eth::sealed_headers>(eth::wanted_headers{{eth::hash{1}, 9}});
    BOOST_REQUIRE_MESSAGE(none.value, describe(none.error));
    BOOST_TEST(none.value->empty());
  }
}

BOOST_AUTO_TEST_CASE(bodies_and_receipts_are_served_and_asked_for) {
  for (auto version : all_versions) {
    eth_pair both{version};
    const auto headers = headers_of(both.right.shared.served->blocks, 0, 20);
    auto bodies = both.asked<eth::found_bodies>(eth::wanted_bodies{headers});
    BOOST_REQUIRE_MESSAGE(bodies.value, describe(bodies.error));
    auto receipts = both.asked<eth::found_receipts>(eth::wanted_receipts{headers});
    BOOST_REQUIRE_MESSAGE(receipts.value, describe(receipts.error));
    for (std::size_t i = 0; i <= 20; ++i) {
      BOOST_REQUIRE((*bodies.value)[i].has_value());
      BOOST_REQUIRE((*receipts.value)[i].has_value());
      BOOST_TEST((*bodies.value)[i]->transactions.size() == i % 4);
      BOOST_TEST((*bodies.value)[i]->withdrawals.has_value() == (i >= 10));
      BOOST_TEST((*receipts.value)[i]->size() == i % 4);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(requests_of_one_id_are_all_answered_even_if_it_is_0, eth_interview) {
  greet();
  send(eth::get_block_headers{0, {std::uint64_t{1}, 1}});
  send(eth::get_block_headers{0, {std::uint64_t{2}, 1}});
  send(eth::get_receipts{0, {served->blocks.head().hash}});
  auto answers = heard<eth::block_headers>();
  BOOST_REQUIRE(answers.size() == 2u);
  BOOST_TEST((items_of(answers[0].headers) == encodings_of(headers_of(served->blocks, 1, 1))));
  BOOST_TEST((items_of(answers[1].headers) == encodings_of(headers_of(served->blocks, 2, 2))));
  BOOST_TEST(heard<eth::receipts>().size() == 1u);
  BOOST_TEST(!ended());
}

BOOST_FIXTURE_TEST_CASE(unanswerable_requests_have_an_empty_answer, eth_interview) {
  greet();
  const std::vector<eth::hash> unknown(300, eth::hash{1});
  send(eth::get_block_headers{1, {unknown[0], 9}});
  send(eth::get_block_bodies{2, unknown});
  send(eth::get_receipts{3, unknown});
  send(eth::get_pooled_transactions{4, unknown});
  BOOST_REQUIRE(heard<eth::block_headers>().size() == 1u);
  BOOST_TEST(items_of(heard<eth::block_headers>()[0].headers).empty());
  BOOST_TEST(heard<eth::block_bodies>()[0].id == 2u);
  BOOST_TEST(items_of(heard<eth::receipts>()[0].blocks).empty());
  BOOST_TEST(heard<eth::pooled_transactions>()[0].id == 4u);
}

BOOST_AUTO_TEST_CASE(there_is_no_data_of_the_state) {
  eth_interview talk{66};
  talk.greet();
  talk.send(eth::get_node_data{7, {eth::hash{1}}});
  BOOST_REQUIRE(talk.heard<eth::node_data>().size() == 1u);
  BOOST_TEST(talk.heard<eth::node_data>()[0].nodes.empty());
}

BOOST_AUTO_TEST_CASE(new_blocks_are_nothing_to_a_chain_that_does_not_grow) {
  eth_interview talk{68};
  talk.greet();
  talk.send(eth::new_block_hashes{std::vector{eth::numbered_hash{{1}, 21}}});
  talk.send(eth::new_block{{rlp::encode(sample_child(talk.served->blocks.head()).block)}, 7});
  BOOST_TEST(!talk.ended());
}

BOOST_FIXTURE_TEST_CASE(a_range_is_known_until_the_next_one, eth_interview) {
  greet();
  send(eth::block_range_update{5, 30, {9}});
  auto known = ask<eth::remote_status>(world, ready.front().handler, info_atom_v);
  BOOST_REQUIRE(known.value);
  BOOST_TEST(known.value->blocks.latest == 30u);
  send(eth::block_range_update{31, 30, {9}});
  BOOST_TEST(contains(end(), "its first block comes after its last"));
}

BOOST_AUTO_TEST_CASE(what_is_kept_of_an_answer_holds_no_message) {
  auto blocks = large_chain(1, 900'000);
  const auto headers = headers_of(blocks, 1, 1);
  eth::fork_schedule forks{blocks.genesis().hash, {}, {}, 0};
  eth_pair both{69, nullptr, share({1337, forks, std::move(blocks)})};
  both.meet();
  auto bodies = both.asked<eth::found_bodies>(eth::wanted_bodies{headers});
  BOOST_REQUIRE(bodies.value);
  BOOST_REQUIRE((*bodies.value)[0].has_value());
  auto peers = ask<std::vector<peer_info>>(both.world, both.left.node.handle, peers_atom_v);
  BOOST_REQUIRE(peers.value);
  BOOST_TEST(peers.value->at(0).memory < 900'000u);
}

// Answers that are none.

namespace {

/// A node that asks, and a remote that answers by hand.
struct eth_question : eth_interview {
  eth_question() { greet(); }

  const eth::session_actor& handler() const { return ready.front().handler; }
  const eth::chain& blocks() const { return served->blocks; }

  /// Asks; `reply` returns what the remote answers. Returns what the one who asks learns.
  template <class Answer, class Query, class Reply>
  caf::error error_of(const Query& query, Reply reply) {
    caf::scoped_actor self{world.system()};
    auto pending = request_from(self, handler(), caf::infinite, query);
    world.run();
    send(reply());
    BOOST_REQUIRE(self->has_next_message());
    caf::error out;
    std::move(pending).receive([](const Answer&) {}, [&](caf::error& why) { out = why; });
    return out;
  }

  template <class Question>
  std::uint64_t id() {
    auto all = heard<Question>();
    BOOST_REQUIRE(!all.empty());
    return all.back().id;
  }

  std::string wrong_headers(std::uint64_t first, std::uint64_t limit,
                            const eth::sealed_headers& answer) {
    auto why = error_of<eth::sealed_headers>(eth::wanted_headers{{first, limit}}, [&] {
      return eth::block_headers{id<eth::get_block_headers>(), encodings_of(answer)};
    });
    BOOST_TEST(describe(why) == end().substr(std::string{"eth/69: "}.size()));
    return describe(why);
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(more_headers_than_asked_for_end_the_session, eth_question) {
  BOOST_TEST(contains(wrong_headers(5, 2, headers_of(blocks(), 5, 7)), "more headers"));
}

BOOST_FIXTURE_TEST_CASE(other_headers_than_asked_for_end_the_session, eth_question) {
  BOOST_TEST(contains(wrong_headers(5, 2, headers_of(blocks(), 6, 7)), "the first header is"));
}

BOOST_FIXTURE_TEST_CASE(headers_without_their_parents_end_the_session, eth_question) {
  auto answer = headers_of(blocks(), 5, 6);
  answer[1].fields.parent = {1};
  answer[1] = eth::seal(answer[1].fields);
  BOOST_TEST(contains(wrong_headers(5, 2, answer), "not the parent"));
}

BOOST_FIXTURE_TEST_CASE(headers_that_make_no_sense_end_the_session, eth_question) {
  eth::sealed_header none;
  none.encoding = {blob{bytes{0xc0}}};
  BOOST_TEST(contains(wrong_headers(5, 2, {none}), "a header makes no sense: parent"));
}

BOOST_FIXTURE_TEST_CASE(bodies_of_other_blocks_end_the_session, eth_question) {
  auto why = error_of<eth::found_bodies>(eth::wanted_bodies{headers_of(blocks(), 5, 6)}, [&] {
    return eth::block_bodies{id<eth::get_block_bodies>(),
                             blocks().bodies({blocks().find(std::uint64_t{7})->hash})};
  });
  BOOST_TEST(contains(describe(why), "no header that was asked for"));
  end();
}

BOOST_FIXTURE_TEST_CASE(receipts_of_other_blocks_end_the_session, eth_question) {
  auto why = error_of<eth::found_receipts>(eth::wanted_receipts{headers_of(blocks(), 5, 6)}, [&] {
    return eth::receipts{id<eth::get_receipts>(),
                         blocks().receipts({blocks().find(std::uint64_t{7})->hash}, 69)};
  });
  BOOST_TEST(contains(describe(why), "no header that was asked for"));
  end();
}

BOOST_FIXTURE_TEST_CASE(transactions_that_nobody_asked_for_end_the_session, eth_question) {
  auto why =
    error_of<eth::found_transactions>(eth::wanted_transactions{{some_transaction(1).hash()}}, [&] {
      return eth::pooled_transactions{id<eth::get_pooled_transactions>(),
                                      std::vector{some_transaction(2).encoding()}};
    });
  BOOST_TEST(contains(describe(why), "a transaction was not asked for"));
  end();
}

BOOST_FIXTURE_TEST_CASE(an_answer_without_a_request_is_a_breach, eth_question) {
  send(eth::block_headers{1, {}});
  BOOST_TEST(contains(end(disconnect_reason::breach_of_protocol), "it answers no request"));
}

BOOST_FIXTURE_TEST_CASE(no_answer_is_waited_for_for_10_seconds_and_a_late_one_is_fine,
                        eth_question) {
  caf::scoped_actor self{world.system()};
  auto pending =
    request_from(self, handler(), caf::infinite, eth::wanted_headers{{std::uint64_t{1}, 1}});
  world.advance(9999ms);
  BOOST_TEST(!self->has_next_message());
  world.advance(1ms);
  BOOST_REQUIRE(self->has_next_message());
  std::move(pending).receive(
    [](const eth::sealed_headers&) { BOOST_ERROR("an answer"); },
    [](const caf::error& why) { BOOST_TEST((why == errc::request_timeout)); });
  send(eth::block_headers{id<eth::get_block_headers>(), {}});
  BOOST_TEST(!ended());
}

BOOST_FIXTURE_TEST_CASE(who_asks_learns_of_the_end_of_the_session, eth_question) {
  caf::scoped_actor self{world.system()};
  auto pending =
    request_from(self, handler(), caf::infinite, eth::wanted_headers{{std::uint64_t{1}, 1}});
  world.run();
  remote.hang_up();
  world.run();
  BOOST_REQUIRE(self->has_next_message());
  std::move(pending).receive(
    [](const eth::sealed_headers&) { BOOST_ERROR("an answer"); },
    [](const caf::error& why) { BOOST_TEST((why == errc::session_closed)); });
}

// Transactions.

BOOST_AUTO_TEST_CASE(new_transactions_are_announced_and_fetched) {
  for (auto version : all_versions) {
    eth_pair both{version};
    for (std::uint64_t n = 1; n <= 3; ++n)
      BOOST_TEST(eth::submit(both.left.shared, some_transaction(n)));
    BOOST_TEST(!eth::submit(both.left.shared, some_transaction(3)));
    both.world.run();
    BOOST_TEST(both.right.shared.pool.size() == 3u);
  }
}

BOOST_AUTO_TEST_CASE(earlier_ones_are_announced_to_newcomers) {
  for (auto version : all_versions) {
    eth_pair both{version, share(served_sample(20)), share(served_sample(20))};
    for (std::uint64_t n = 0; n < 500; ++n)
      eth::submit(both.left.shared, some_transaction(n));
    both.meet();
    BOOST_TEST(both.right.shared.pool.size() == 500u);
  }
}

BOOST_AUTO_TEST_CASE(others_may_ask_for_them) {
  eth_pair both{69, nullptr, share(served_sample(20))};
  eth::submit(both.right.shared, some_transaction(1));
  both.meet();
  BOOST_TEST(both.left.shared.pool.size() == 0u); // A visitor keeps none.
  auto found = both.asked<eth::found_transactions>(
    eth::wanted_transactions{{some_transaction(2).hash(), some_transaction(1).hash()}});
  BOOST_REQUIRE_MESSAGE(found.value, describe(found.error));
  BOOST_REQUIRE(found.value->size() == 1u);
  BOOST_TEST((found.value->front().encoding() == some_transaction(1).encoding()));
}

BOOST_FIXTURE_TEST_CASE(transactions_may_come_without_an_announcement, eth_interview) {
  greet();
  send(
    eth::transactions{std::vector{some_transaction(1).encoding(), some_transaction(2).encoding()}});
  send(eth::transactions{});
  BOOST_TEST(subject.shared.pool.size() == 2u);
  BOOST_TEST(!ended());
  send(eth::transactions{std::vector{rlp::raw{rlp::encode(bytes{3, 0xc0})}}});
  BOOST_TEST(contains(end(), "makes no sense, or with blobs"));
}

BOOST_FIXTURE_TEST_CASE(the_pool_holds_no_message, eth_interview) {
  greet();
  for (std::uint8_t n = 10; n < 30; ++n)
    send(eth::transactions{std::vector{sample_transaction(n, 0, false, bytes(100'000))}});
  BOOST_TEST(subject.shared.pool.size() == 20u);
  auto peers = ask<std::vector<peer_info>>(world, subject.node.handle, peers_atom_v);
  BOOST_REQUIRE(peers.value);
  BOOST_TEST(peers.value->at(0).memory < 900'000u);
}

BOOST_FIXTURE_TEST_CASE(an_announcement_has_as_many_types_and_sizes_as_hashes, eth_interview) {
  greet();
  send(eth::new_pooled_transaction_hashes_68{{0, 0}, {100}, {eth::hash{1}}});
  BOOST_TEST(contains(end(), "without their types or sizes"));
}

BOOST_FIXTURE_TEST_CASE(of_what_is_announced_512_transactions_are_asked_for_at_once,
                        eth_interview) {
  greet();
  eth::new_pooled_transaction_hashes_68 news;
  for (std::size_t i = 0; i < 4'096; ++i) {
    news.types.push_back(0);
    news.sizes.push_back(100);
    news.hashes.push_back({1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)});
  }
  send(news);
  auto asked = heard<eth::get_pooled_transactions>();
  BOOST_REQUIRE(asked.size() == 2u);
  for (const auto& one : asked)
    BOOST_TEST(one.hashes.size() == 256u);
  send(news);
  BOOST_TEST(heard<eth::get_pooled_transactions>().size() == 2u);
  send(eth::pooled_transactions{asked[0].id, {}});
  send(news);
  BOOST_TEST(heard<eth::get_pooled_transactions>().size() == 3u);
  world.advance(10s); // After that time the rest is given up.
  send(news);
  BOOST_TEST(heard<eth::get_pooled_transactions>().size() == 5u);
}

BOOST_FIXTURE_TEST_CASE(what_two_remotes_announce_is_asked_of_one_of_them, eth_interview) {
  greet();
  kit::raw_remote other{world, "10.0.0.67", random};
  const auto& url = subject.node.url;
  BOOST_REQUIRE(other.meet(url.address, subject.node.key.id(), {{"eth", version}}));
  auto send_other = [&](std::uint64_t code, const auto& message) {
    other.send(p2p::base_length + code, rlp::encode(message).view());
    world.run();
  };
  auto asked_other = [&] {
    return std::ranges::count(other.received(), p2p::base_length + 0x09,
                              &kit::raw_remote::message::id);
  };
  send_other(0, status_69());
  const auto one = some_transaction(1);
  const auto two = some_transaction(2);
  eth::new_pooled_transaction_hashes_68 news{{0, 0}, {100, 100}, {one.hash(), two.hash()}};
  send(news);
  send_other(8, news);
  auto asked = heard<eth::get_pooled_transactions>();
  BOOST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(asked[0].hashes.size() == 2u);
  BOOST_TEST(asked_other() == 0);
  // The first sends one of them. The second is asked for the other, and by then not announced anew.
  send(eth::pooled_transactions{asked[0].id, std::vector{one.encoding()}});
  world.advance(9999ms);
  BOOST_TEST(asked_other() == 0);
  world.advance(1ms);
  BOOST_REQUIRE(asked_other() == 1);
  BOOST_TEST(subject.shared.pool.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_ended_session_keeps_nothing_until_its_status_was_due, eth_interview) {
  const auto before = served.use_count();
  remote.hang_up();
  world.run();
  BOOST_TEST(ended());
  BOOST_TEST(served.use_count() < before);
}

// Actors.

namespace {

/// Keeps all sessions, as a part of itself.
eth::session_subscriber_actor::behavior_type keep_sessions(eth::session_subscriber_actor::pointer) {
  auto all = std::make_shared<sessions>();
  return {[=](const eth::session_ready& x) { all->push_back(x); }};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_subscriber_that_keeps_its_sessions_goes_when_it_is_let_go) {
  kit::seeded_random random{1};
  kit::world world;
  {
    const auto served = share(served_sample(3));
    auto subscriber = world.system().spawn(keep_sessions);
    eth::host shared{.served = served, .subscriber = subscriber};
    test_node left{world, "10.0.0.1", random, eth::protocols(shared)};
    eth::host other{.served = served};
    test_node right{world, "10.0.0.2", random, eth::protocols(other)};
    BOOST_REQUIRE(meet(world, left, right).value);
    world.run();
    BOOST_TEST(shared.present.size() == 1u);
    world.advance(1min); // No timer knows a session any more.
    world.end();
  }
  BOOST_TEST(world.living() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
