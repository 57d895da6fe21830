// SPDX-License-Identifier: BSL-1.0
//
// A node whose system cannot accept connections, for lack of descriptors or for another reason.
#include "devp2p/messages/caf.hpp"

#include "../forwarding_network.hpp"
#include "node_fixture.hpp"

#include <deque>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(accept_failure_test)

namespace {

using namespace std::chrono_literals;

/// The errors of the next calls to `accept`, and the number of calls so far.
struct accept_script {
  std::deque<errc> failures;
  std::size_t calls = 0;
};

class failing_listener final : public net::listener {
public:
  failing_listener(std::unique_ptr<net::listener> inner, accept_script& script)
    : inner_(std::move(inner)),
      script_(script) {}

  [[nodiscard]] const endpoint& local() const override { return inner_->local(); }

  void accept(std::size_t most, net::accept_handler handler) override {
    ++script_.calls;
    if (script_.failures.empty())
      return inner_->accept(most, std::move(handler));
    auto why = script_.failures.front();
    script_.failures.pop_front();
    handler(why);
  }

private:
  std::unique_ptr<net::listener> inner_;
  accept_script& script_;
};

/// A host whose listeners fail as the script says.
class failing_network final : public forwarding_network {
public:
  failing_network(net::network& inner, accept_script& script)
    : forwarding_network(inner),
      script_(script) {}

  expected<std::unique_ptr<net::listener>> listen(const endpoint& at) override {
    auto out = forwarding_network::listen(at);
    if (!out)
      return out.error();
    return std::unique_ptr<net::listener>{
      std::make_unique<failing_listener>(std::move(*out), script_)};
  }

private:
  accept_script& script_;
};

/// A node with one place for sessions that do not run yet. Further connections wait.
struct fixture {
  accept_script script;
  std::shared_ptr<log_lines> log = std::make_shared<log_lines>();
  kit::seeded_random random{5};
  kit::world world;
  failing_network network{world.host("10.0.0.1"), script};
  enode url;
  node_actor node;
  std::vector<std::unique_ptr<kit::raw_remote>> strangers;

  fixture() {
    node_config config{crypto::private_key::generate(random), &random, test_protocol()};
    config.limits.max_pending = 1;
    config.log = std::make_shared<spdlog::logger>("", log);
    node = world.adopt(spawn_node(world.system(), network, std::move(config)));
    url = ask<enode>(world, node, listen_atom_v, endpoint{"10.0.0.1", 30303}).value.value();
  }

  /// Connects and sends no data.
  kit::raw_remote& visit(const std::string& from) {
    strangers.push_back(std::make_unique<kit::raw_remote>(world, from, random));
    BOOST_REQUIRE(strangers.back()->connect(url.address));
    return *strangers.back();
  }

  /// Makes the next accepts fail, beginning with the one after the next connection.
  void fail(std::initializer_list<errc> why) { script.failures.assign(why); }

  std::vector<std::string> warnings() const { return log->with("cannot accept"); }

  /// Returns true iff a node at another source gets a session.
  bool lets_in(const std::string& from) {
    test_node honest{world, from, random, test_protocol()};
    anon_send_to(honest.handle, dial_atom_v, url);
    auto in = world.run_until([&] { return !honest.events.added.empty(); }, 2s);
    caf::anon_send_exit(honest.handle, caf::exit_reason::user_shutdown);
    world.run();
    return in;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node_that_cannot_accept, fixture)

BOOST_AUTO_TEST_CASE(gives_up_a_connection_that_waits_for_a_descriptor) {
  auto& pending = visit("10.0.2.1");
  auto& alone = visit("10.0.3.1");
  auto& oldest = visit("10.0.4.1");
  fail({errc::too_many_files});
  const auto calls = script.calls;
  auto& youngest = visit("10.0.4.2");
  // The oldest connection of the source that has most is closed, at once and without a line in the
  // log.
  BOOST_TEST(oldest.closed());
  for (auto* x : {&pending, &alone, &youngest})
    BOOST_TEST(!x->closed());
  BOOST_TEST(script.calls == calls + 2);
  BOOST_TEST(warnings().empty());
  BOOST_TEST(lets_in("10.9.0.1"));
}

BOOST_AUTO_TEST_CASE(gives_up_no_more_of_them_than_it_must) {
  visit("10.0.2.1");
  std::vector<kit::raw_remote*> waiting;
  for (int i = 1; i <= 5; ++i)
    waiting.push_back(&visit("10.0.3." + std::to_string(i)));
  fail({errc::too_many_files, errc::too_many_files, errc::too_many_files});
  visit("10.0.3.6");
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(waiting[static_cast<std::size_t>(i)]->closed() == (i < 3));
  BOOST_TEST(warnings().empty());
}

BOOST_AUTO_TEST_CASE(says_so_and_tries_again_once_nothing_is_left_to_give_up) {
  auto& pending = visit("10.0.2.1");
  fail({errc::too_many_files, errc::too_many_files});
  auto& waiting = visit("10.0.3.1");
  BOOST_TEST(waiting.closed());
  BOOST_TEST(!pending.closed());
  BOOST_REQUIRE(warnings().size() == 1u);
  BOOST_TEST(warnings()[0] ==
             "cannot accept at 10.0.0.1:30303: " + describe(caf::make_error(errc::too_many_files)) +
               "; trying again in 1 s");
  // Until then, a node that dials waits in the system's backlog.
  const auto calls = script.calls;
  auto& early = visit("10.9.0.1");
  world.advance(999ms);
  BOOST_TEST(script.calls == calls);
  world.advance(1ms);
  BOOST_TEST(script.calls == calls + 2); // The retry, and the accept after it.
  BOOST_TEST(!early.closed());
  BOOST_TEST(lets_in("10.9.1.1"));
}

BOOST_AUTO_TEST_CASE(for_another_reason_closes_nothing) {
  auto& pending = visit("10.0.2.1");
  auto& waiting = visit("10.0.3.1");
  fail({errc::network_failure});
  auto& last = visit("10.0.3.2");
  for (auto* x : {&pending, &waiting, &last})
    BOOST_TEST(!x->closed());
  BOOST_REQUIRE(warnings().size() == 1u);
  BOOST_TEST(warnings()[0] == "cannot accept at 10.0.0.1:30303: " +
                                describe(caf::make_error(errc::network_failure)) +
                                "; trying again in 1 s");
  BOOST_TEST(lets_in("10.9.0.1"));
}

BOOST_AUTO_TEST_CASE(for_long_says_so_once_a_second) {
  script.failures.assign(10, errc::out_of_memory);
  visit("10.0.2.1");
  const auto calls = script.calls;
  world.advance(8s);
  BOOST_TEST(script.calls == calls + 8);
  BOOST_TEST(warnings().size() == 9u);
  world.advance(1s);
  BOOST_TEST(warnings().size() == 10u);
  world.advance(1s);
  BOOST_TEST(warnings().size() == 10u);
  BOOST_TEST(lets_in("10.9.0.1"));
}

BOOST_AUTO_TEST_CASE(does_not_try_again_once_it_ends) {
  fail({errc::network_failure});
  visit("10.0.2.1");
  BOOST_TEST(warnings().size() == 1u);
  const auto calls = script.calls;
  caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
  world.advance(10s);
  BOOST_TEST(script.calls == calls);
  // A failure that was on its way meanwhile is ignored.
  BOOST_TEST(warnings().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
