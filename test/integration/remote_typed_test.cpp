// SPDX-License-Identifier: BSL-1.0
//
// A node whose typed handlers are in another process, and nodes of this process that talk to it.
#include "child_process.hpp"
#include "far_chat.hpp"
#include "inbox.hpp"

#include "devp2p/actors/remote/middleman.hpp"
#include "devp2p/actors/remote/publishing.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/actors/scoped_node.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(remote_typed_test)

namespace {

using namespace std::chrono_literals;

/// The memories of a remote node's handler. `answers` says whether it answers.
struct guest {
  bool answers = true;
  inbox<chat::channel> link;
  inbox<std::string> heard;
  inbox<session_end> ended;
};

chat::behavior chatter(chat::handler_pointer, const chat::channel& link, guest* it) {
  it->link.push(link);
  return {
    [=](const say& x) { it->heard.push(x.text); },
    [=](const who&) { return it->answers ? std::optional{name{.text = "near"}} : std::nullopt; },
  };
}

struct fixture {
  net::asio_network network;
  connected_system_config config;
  caf::actor_system system{config};
  child_process far{{DEVP2P_FAR_CHAT}};
  std::optional<scoped_node> hub;
  enode url;

  fixture() {
    auto port = static_cast<std::uint16_t>(std::stoi(next_line()));
    auto host = connect<handler_host_actor>(system, {"127.0.0.1", port});
    BOOST_REQUIRE(host);
    hub.emplace(system, network, with(chat::handled_by(handled_remotely(*host))));
    auto at = hub->listen({"127.0.0.1", 0});
    BOOST_REQUIRE(at);
    url = *at;
  }

  static node_config with(std::vector<protocol> protocols) {
    return {.key = crypto::private_key::generate(), .protocols = std::move(protocols)};
  }

  std::string next_line() {
    return far.read_line(child_process::clock::now() + 20s).value_or("nothing");
  }

  void type(const std::string& line) {
    BOOST_REQUIRE(far.write_line(line, child_process::clock::now() + 20s));
  }
};

/// A node of this process that has met the hub.
struct visitor {
  guest it;
  scoped_node node;
  std::optional<chat::channel> link;

  explicit visitor(fixture& where, bool answers = true)
    : node(where.system, where.network, fixture::with(chat::handled_by(chatter, &it))) {
    it.answers = answers;
    node.subscribe([this](const peer_dropped& x) { it.ended.push(x.end); });
    BOOST_REQUIRE(node.dial(where.url));
    link = it.link.next();
    BOOST_TEST(where.next_line() == "begun");
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(hears_what_is_said_and_answers_questions, fixture) {
  visitor ada{*this};
  ada.link->post(say{"hello"});
  BOOST_TEST(next_line() == "heard: hello");
  inbox<std::string> answer;
  ada.link->request(20s, who{})
    .then([&](const name& x) { answer.push(x.text); },
          [&](const caf::error& why) { answer.push(describe(why)); });
  BOOST_TEST(answer.next() == "far");
}

BOOST_FIXTURE_TEST_CASE(asks_and_waits_no_longer_than_it_says, fixture) {
  visitor ada{*this};
  type("?");
  BOOST_TEST(next_line() == "asked: near");
  visitor silent{*this, false};
  type("?");
  BOOST_TEST(next_line() == "asked: near");
  BOOST_TEST(next_line() == "asked: " + describe(caf::make_error(errc::request_timeout)));
}

BOOST_FIXTURE_TEST_CASE(speaks_to_all_members, fixture) {
  std::optional<visitor> ada{std::in_place, *this};
  visitor alan{*this};
  type("hello");
  BOOST_TEST(next_line() == "told: 2");
  BOOST_TEST(ada->it.heard.next() == "hello");
  BOOST_TEST(alan.it.heard.next() == "hello");
  ada.reset();
  // The process hears of the end a little later.
  std::string told;
  do {
    type("bye");
    told = next_line();
    alan.it.heard.next();
  } while (told == "told: 2");
  BOOST_TEST(told == "told: 1");
}

BOOST_FIXTURE_TEST_CASE(ends_the_session_of_a_remote_that_makes_no_sense, fixture) {
  inbox<session_end> here;
  hub->subscribe([&](const peer_dropped& x) { here.push(x.end); });
  visitor ada{*this};
  ada.link->link().post(packet{0, blob{bytes{0xc1, 0xc0}}});
  auto end = here.next();
  BOOST_TEST((end.reason == disconnect_reason::breach_of_protocol));
  BOOST_TEST(end.error ==
             "chat/2: a message makes no sense: code 0: text: a list, and not a string");
  BOOST_TEST((ada.it.ended.next().reason == disconnect_reason::breach_of_protocol));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
