// SPDX-License-Identifier: BSL-1.0
#include "memory_fixture.hpp"
#include "network_contract.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(memory_network_test)

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

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
