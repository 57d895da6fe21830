// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/on_events.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(on_events_test)

namespace {

/// Passes an event to a behavior. Returns whether the behavior handles it.
template <class Behavior, class Event>
bool tell(Behavior& listener, const Event& event) {
  auto message = caf::make_message(event);
  return static_cast<bool>(listener.unbox()(message));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_subscriber_names_the_events_that_it_wants) {
  std::string heard;
  auto listener = on_events([&](const peer_added&) { heard += 'a'; },
                            [&](const peer_dropped& x) { heard += x.end.error; });
  peer_dropped dropped;
  dropped.end.error = "d";
  BOOST_TEST(tell(listener, peer_added{}));
  BOOST_TEST(tell(listener, session_failed{}));
  BOOST_TEST(tell(listener, message_event{}));
  BOOST_TEST(tell(listener, dropped));
  BOOST_TEST(heard == "ad");
}

BOOST_AUTO_TEST_CASE(a_subscriber_may_want_no_event) {
  auto listener = on_events<mapping_subscriber_actor>();
  BOOST_TEST(tell(listener, port_mapped{}));
  BOOST_TEST(tell(listener, mapping_failed{}));
}

BOOST_AUTO_TEST_CASE(the_functions_of_a_subscriber_may_have_a_state) {
  int last = 0;
  auto listener = on_events<mapping_subscriber_actor>(
    [&, count = 0](const port_renewed&) mutable { last = ++count; });
  tell(listener, port_renewed{});
  tell(listener, port_mapped{});
  tell(listener, port_renewed{});
  BOOST_TEST(last == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
