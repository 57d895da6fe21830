// SPDX-License-Identifier: BSL-1.0
//
// The chat of the examples, from outside: its programs, and a node of this process among them.
#include "child_process.hpp"
#include "inbox.hpp"
#include "room/protocol.hpp"

#include "devp2p/actors/scoped_node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(room_test)

namespace {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

/// A program of the chat.
class user {
public:
  explicit user(lines words) : process_(command(std::move(words))), url_(line()) {}

  [[nodiscard]] const std::string& url() const { return url_; }

  std::string line() {
    return process_.read_line(child_process::clock::now() + 20s).value_or("nothing");
  }

  lines next(std::size_t count) {
    lines out;
    while (out.size() < count)
      out.push_back(line());
    return out;
  }

  void type(const std::string& line) {
    BOOST_REQUIRE(process_.write_line(line, child_process::clock::now() + 20s));
  }

  /// Stops the program, all threads of it.
  void freeze() {
    process_.signal(SIGSTOP);
    BOOST_REQUIRE(process_.wait_for_stop(child_process::clock::now() + 20s));
  }

  void go_on() { process_.signal(SIGCONT); }

  void end() {
    process_.end_input();
    BOOST_TEST((process_.wait(child_process::clock::now() + 20s) == 0));
  }

private:
  static lines command(lines words) {
    words.insert(words.begin(), DEVP2P_ROOM);
    return words;
  }

  child_process process_;
  std::string url_;
};

/// Two programs that have met.
struct meeting {
  user ada{{"Ada", "kitchen", "garden"}};
  user alan;

  explicit meeting(lines words = {"Alan", "kitchen"}) : alan(dialling(std::move(words), ada)) {
    // Both of Ada's rooms are told, and only one of them is Alan's, too.
    BOOST_TEST(alan.line() == "Ada is in kitchen");
    BOOST_TEST(ada.line() == "Alan is in kitchen");
  }

  static lines dialling(lines words, const user& whom) {
    words.push_back(whom.url());
    return words;
  }
};

room::chat::behavior say_nothing(room::chat::handler_pointer self, const room::chat::channel& link,
                                 std::atomic<int>* heard) {
  link.send(self, room::enter{"kitchen"});
  return {[=](const room::enter&) { ++*heard; }, [](const room::say&) {},
          [](const room::whois&) { return room::profile{}; }};
}

/// A node of this process that takes part.
struct stranger {
  std::atomic<int> heard = 0; // The rooms that it was told of.
  net::asio_network network;
  system_config config;
  caf::actor_system system{config};
  inbox<peer_added> added;
  inbox<session_end> ended;
  scoped_node node{system, network, setup()};

  stranger() {
    node.subscribe([this](const peer_added& x) { added.push(x); },
                   [this](const peer_dropped& x) { ended.push(x.end); });
  }

  node_config setup() {
    node_config out{crypto::private_key::generate()};
    out.limits.client_id = "Eve";
    out.protocols = room::chat::handled_by(say_nothing, &heard);
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(what_is_said_in_a_room_is_heard_by_those_who_are_in_it, meeting) {
  ada.type("say kitchen hello");
  BOOST_TEST(alan.line() == "kitchen: Ada: hello");
  ada.type("say garden it rains");
  ada.type("say kitchen dinner is ready");
  BOOST_TEST(alan.line() == "kitchen: Ada: dinner is ready");
  alan.type("say kitchen I come");
  BOOST_TEST(ada.line() == "kitchen: Alan: I come");
  alan.type("say garden nothing");
  BOOST_TEST(alan.line() == "no such word, room or guest");
  alan.end();
  ada.end();
}

BOOST_FIXTURE_TEST_CASE(guests_are_asked_who_they_are, meeting) {
  alan.type("whois Ada");
  BOOST_TEST(alan.line() == "Ada is in so many rooms: 2");
  alan.type("whois Eve");
  BOOST_TEST(alan.line() == "no such word, room or guest");
}

BOOST_FIXTURE_TEST_CASE(a_guest_that_is_frozen_is_not_waited_for, meeting) {
  // A handler that is frozen as it prints a line would have held its loop for too long.
  alan.type("whois Ada");
  BOOST_TEST(alan.line() == "Ada is in so many rooms: 2");
  ada.freeze();
  alan.type("whois Ada");
  auto answer = alan.line();
  BOOST_TEST(answer.starts_with("Ada is silent: "), answer);
  ada.go_on();
  ada.type("say kitchen good morning");
  BOOST_TEST(alan.line() == "kitchen: Ada: good morning");
}

BOOST_AUTO_TEST_CASE(versions_differ_in_what_can_be_asked) {
  meeting old{{"Alan", "--old", "kitchen"}};
  old.ada.type("whois Alan");
  BOOST_TEST(old.ada.line() == "Alan cannot be asked in version 1");
  old.alan.type("say kitchen hello");
  BOOST_TEST(old.ada.line() == "kitchen: Alan: hello");
}

BOOST_FIXTURE_TEST_CASE(counters_are_printed_when_they_are_wanted, meeting) {
  alan.type("say kitchen hello");
  BOOST_TEST(ada.line() == "kitchen: Alan: hello");
  ada.type("metrics");
  BOOST_TEST(ada.next(2) == (lines{"present{room=\"garden\"} 0", "present{room=\"kitchen\"} 1"}));
  auto id = enode::parse(alan.url())->id.brief();
  BOOST_TEST(ada.line() == "messages{guest=\"" + id + "\"} 2"); // `enter` and `say`.
}

BOOST_AUTO_TEST_CASE(a_guest_that_is_banned_does_not_come_back) {
  user ada{{"Ada", "kitchen"}};
  stranger eve;
  auto url = *enode::parse(ada.url());
  BOOST_REQUIRE(eve.node.dial(url));
  BOOST_TEST(ada.line() == "Eve is in kitchen");
  ada.type("whois Eve");
  BOOST_TEST(ada.line() == "Eve is in so many rooms: 0");
  ada.type("ban Eve");
  BOOST_TEST((eve.ended.next().reason == disconnect_reason::useless_peer));
  BOOST_REQUIRE(eve.node.dial(url));
  BOOST_TEST((eve.ended.next().reason == disconnect_reason::useless_peer));
  BOOST_TEST(eve.heard == 1);
  ada.type("whois Eve");
  BOOST_TEST(ada.line() == "no such word, room or guest");
}

BOOST_AUTO_TEST_CASE(a_guest_that_is_gone_is_dialled_again_unless_it_bans_us) {
  stranger eve;
  auto url = eve.node.listen({"127.0.0.1", 0});
  BOOST_REQUIRE(url);
  user ada{{"Ada", "kitchen", to_string(*url)}};
  auto id = enode::parse(ada.url())->id;
  eve.added.next();
  BOOST_TEST(static_cast<bool>(eve.node.close(id, disconnect_reason::requested)));
  eve.added.next();
  BOOST_TEST(static_cast<bool>(eve.node.close(id, disconnect_reason::useless_peer)));
  // Ada would have come back by then.
  std::this_thread::sleep_for(1s);
  BOOST_TEST(eve.node.peers().empty());
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
