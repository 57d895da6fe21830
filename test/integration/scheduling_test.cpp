// SPDX-License-Identifier: BSL-1.0
//
// The promises of CAF's clock and scheduler also hold with our settings.
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/all.hpp>

#include <boost/test/unit_test.hpp>

#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(scheduling_test)

using namespace std::chrono_literals;

namespace {

struct system_fixture {
  struct configuration : caf::actor_system_config {
    configuration() { prefer_low_latency(*this); }
  };

  configuration config;
  caf::actor_system system{config};
};

/// Accepts requests, and never answers.
caf::behavior silent(caf::event_based_actor* self) {
  return {[self](int) { return self->make_response_promise(); }};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(with_low_latency_preferred, system_fixture)

BOOST_AUTO_TEST_CASE(a_question_that_nobody_answers_times_out) {
  caf::scoped_actor self{system};
  auto nobody = system.spawn(silent);
  auto asking = system.spawn([nobody](caf::event_based_actor* asker) {
    request_from(asker, nobody, 10ms, 1)
      .then([=](int) { asker->quit(caf::exit_reason::unhandled_exception); },
            [=](const caf::error& why) { asker->quit(why); });
  });
  caf::error found;
  self->monitor(asking);
  self->receive([&](const caf::down_msg& down) { found = down.reason; });
  BOOST_TEST((found == caf::sec::request_timeout));
  self->send_exit(nobody, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(a_delayed_message_comes) {
  caf::scoped_actor self{system};
  send_later_to(self, 10ms, self, 7);
  self->receive([](int x) { BOOST_TEST(x == 7); });
}

BOOST_AUTO_TEST_CASE(an_actor_that_has_ended_is_not_kept_for_its_timeouts) {
  auto nobody = system.spawn(silent);
  auto asking = system.spawn([nobody](caf::event_based_actor* asker) -> caf::behavior {
    request_from(asker, nobody, 60min, 1).then([](int) {}, [](const caf::error&) {});
    return {[=](caf::ok_atom) { asker->quit(); }};
  });
  auto watch = caf::actor_cast<caf::weak_actor_ptr>(asking);
  anon_send_to(asking, caf::ok_atom_v);
  asking = nullptr;
  caf::anon_send_exit(nobody, caf::exit_reason::user_shutdown);
  nobody = nullptr;
  // The clock runs on another thread. If this waits for ever, ctest ends the test.
  while (watch.lock() != nullptr)
    std::this_thread::yield();
}

BOOST_AUTO_TEST_SUITE_END()

// Workers that have just had a job may spin when the system tells them to stop.
BOOST_AUTO_TEST_CASE(a_system_ends_whatever_its_workers_do) {
  for (int i = 0; i < 100; ++i) {
    system_fixture short_lived;
    caf::scoped_actor self{short_lived.system};
    auto doubling =
      short_lived.system.spawn([] { return caf::behavior{[](int x) { return 2 * x; }}; });
    for (int n = 0; n < i; ++n)
      request_from(self, doubling, caf::infinite, n)
        .receive([&](int x) { BOOST_REQUIRE(x == 2 * n); },
                 [](const caf::error&) { BOOST_FAIL("no answer"); });
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
