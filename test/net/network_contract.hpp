// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "contract_fixture.hpp"
#include "datagram_contract.hpp"
#include "stream_contract.hpp"

#include <memory>
#include <new>
#include <optional>
#include <vector>

/// Tests of what every implementation of the interface `net/network.hpp` must do. A test program
/// includes this file once, after it has defined `world`, which has
///
/// * `server` and `client`: the `network` of two hosts, and `ip`: the address of the first;
/// * `run(task)`: runs `task` on the loop of all streams;
/// * `run_until(done)`: lets the network run until `done`, which is asked on that loop;
/// * `settle()`: lets everything happen that is about to happen.
namespace devp2p::net {

BOOST_FIXTURE_TEST_SUITE(contract_of_a_listener, contract_fixture)

BOOST_AUTO_TEST_CASE(is_given_a_port_if_it_asks_for_none) {
  auto one = listen();
  auto two = listen();
  BOOST_TEST(one->local().host == ip);
  BOOST_TEST(one->local().port != 0);
  BOOST_TEST(one->local().port != two->local().port);
}

BOOST_AUTO_TEST_CASE(has_its_port_for_itself) {
  auto subject = listen();
  auto second = server.listen(subject->local());
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error() == errc::address_in_use));
}

BOOST_AUTO_TEST_CASE(leaves_its_port_to_the_next_when_destroyed) {
  auto subject = listen();
  auto port = subject->local().port;
  subject->accept([](stream_result) {});
  subject.reset();
  BOOST_TEST(listen(port)->local().port == port);
}

BOOST_AUTO_TEST_CASE(leaves_its_port_to_the_next_while_old_connections_linger) {
  auto subject = listen();
  auto port = subject->local().port;
  outcome accepted;
  outcome dialled;
  subject->accept(accepted.handler());
  dial(subject->local(), dialled);
  run_until([&] { return accepted.calls > 0; });
  // The end that closes first is left in the state that TCP calls TIME-WAIT.
  accepted.link.reset();
  dialled.link.reset();
  subject.reset();
  BOOST_TEST(listen(port)->local().port == port);
}

BOOST_AUTO_TEST_CASE(listens_only_at_addresses) {
  auto result = server.listen({"localhost", 0});
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == errc::invalid_endpoint));
}

BOOST_AUTO_TEST_CASE(listens_only_at_addresses_of_its_host) {
  auto result = server.listen({"192.0.2.1", 0});
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == errc::address_not_available));
}

BOOST_AUTO_TEST_CASE(accepts_only_when_asked_and_the_oldest_first) {
  auto subject = listen();
  outcome first;
  outcome second;
  dial(subject->local(), first);
  dial(subject->local(), second);
  BOOST_REQUIRE(first.link);
  BOOST_REQUIRE(second.link);
  outcome accepted;
  subject->accept(accepted.handler());
  run_until([&] { return accepted.calls > 0; });
  settle();
  BOOST_TEST(accepted.calls == 1);
  BOOST_REQUIRE(accepted.link);
  BOOST_TEST((accepted.link->remote() == first.link->local()));
  subject->accept(accepted.handler());
  run_until([&] { return accepted.calls > 1; });
  BOOST_TEST((accepted.link->remote() == second.link->local()));
}

BOOST_AUTO_TEST_CASE(accepts_what_waits_at_once_but_no_more_than_asked_for) {
  auto subject = listen();
  std::vector<outcome> dialled(3);
  for (auto& each : dialled)
    dial(subject->local(), each);
  std::vector<std::vector<std::unique_ptr<stream>>> accepted;
  accept_handler take = [&](accept_outcome result) { accepted.push_back(std::move(*result)); };
  subject->accept(2, take);
  run_until([&] { return accepted.size() == 1; });
  subject->accept(16, take);
  run_until([&] { return accepted.size() == 2; });
  BOOST_REQUIRE(accepted[0].size() == 2u);
  BOOST_REQUIRE(accepted[1].size() == 1u);
  BOOST_TEST((accepted[0][0]->remote() == dialled[0].link->local()));
  BOOST_TEST((accepted[0][1]->remote() == dialled[1].link->local()));
  BOOST_TEST((accepted[1][0]->remote() == dialled[2].link->local()));
}

BOOST_AUTO_TEST_CASE(tells_a_handler_that_has_no_memory) {
  auto subject = listen();
  std::vector<std::optional<errc>> errors;
  subject->accept(2, [&](accept_outcome result) {
    errors.push_back(result ? std::nullopt : std::optional{result.error()});
    if (result)
      throw std::bad_alloc{};
  });
  outcome dialled;
  dial(subject->local(), dialled);
  run_until([&] { return errors.size() == 2; });
  BOOST_TEST(!errors[0]);
  BOOST_TEST((errors[1] == errc::out_of_memory));
}

BOOST_AUTO_TEST_CASE(lets_a_handler_ask_for_the_next) {
  auto subject = listen();
  std::vector<std::unique_ptr<stream>> accepted;
  stream_handler next = [&](stream_result result) {
    accepted.push_back(std::move(*result));
    subject->accept(next);
  };
  subject->accept(next);
  outcome first;
  outcome second;
  dial(subject->local(), first);
  dial(subject->local(), second);
  run_until([&] { return accepted.size() == 2; });
  subject.reset();
}

BOOST_AUTO_TEST_CASE(calls_no_handler_after_it_was_destroyed) {
  auto subject = listen();
  auto there = subject->local();
  outcome accepted;
  auto token = std::make_shared<int>();
  subject->accept(
    [token, inner = accepted.handler()](stream_result result) { inner(std::move(result)); });
  subject.reset();
  BOOST_TEST(token.use_count() == 1, "the handler is gone as well");
  outcome dialled;
  dial(there, dialled);
  settle();
  BOOST_TEST(accepted.calls == 0);
  BOOST_TEST((dialled.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(lets_a_handler_destroy_it) {
  auto subject = listen();
  auto there = subject->local();
  auto calls = 0;
  subject->accept([&](stream_result) {
    ++calls;
    subject.reset();
  });
  outcome dialled;
  dial(there, dialled);
  run_until([&] { return calls == 1; });
  outcome late;
  dial(there, late);
  BOOST_TEST((late.error == errc::connection_refused));
}

BOOST_FIXTURE_TEST_CASE(resets_the_connections_that_nobody_accepted, connected) {
  auto subject = listen();
  outcome dialled;
  dial(subject->local(), dialled);
  end waiting;
  waiting.link = std::move(dialled.link);
  subject.reset();
  BOOST_TEST((read(waiting).second == errc::connection_reset));
  close(waiting);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(contract_of_a_dial, contract_fixture)

BOOST_AUTO_TEST_CASE(is_refused_where_nobody_listens) {
  auto there = listen()->local();
  outcome result;
  dial(there, result);
  BOOST_TEST((result.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(is_refused_at_port_0) {
  outcome result;
  dial({ip, 0}, result);
  BOOST_TEST((result.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(finds_no_host_under_a_name_that_cannot_be) {
  // RFC 1035, section 2.3.4: a label has at most 63 bytes.
  outcome result;
  dial({std::string(64, 'a') + ".example", 30303}, result);
  BOOST_TEST((result.error == errc::no_such_host));
}

BOOST_AUTO_TEST_CASE(does_not_look_up_what_is_no_host) {
  for (const auto& host : {std::string{}, std::string{"a b"}, std::string{"localhost\0", 10},
                           std::string{"0x7f.1"}, std::string{"::1%lo"}, std::string(300, 'a')}) {
    outcome result;
    dial({host, 30303}, result);
    BOOST_TEST((result.error == errc::invalid_endpoint), host);
  }
}

BOOST_AUTO_TEST_CASE(calls_no_handler_after_it_was_given_up) {
  auto door = listen();
  auto token = std::make_shared<int>();
  outcome dialled;
  run([&] {
    auto subject = client.dial(
      door->local(), [token, inner = dialled.handler()](stream_result x) { inner(std::move(x)); });
    auto refused = client.dial({ip, 0}, dialled.handler());
    auto name = client.dial({std::string(64, 'a') + ".example", 1}, dialled.handler());
  });
  settle();
  BOOST_TEST(dialled.calls == 0);
  BOOST_TEST(token.use_count() == 1, "the handler is gone as well");
}

BOOST_AUTO_TEST_CASE(may_be_destroyed_by_its_handler) {
  auto door = listen();
  std::unique_ptr<pending_dial> subject;
  std::unique_ptr<stream> link;
  run([&] {
    subject = client.dial(door->local(), [&](stream_result result) {
      subject.reset();
      link = std::move(*result);
    });
  });
  run_until([&] { return link != nullptr; });
  BOOST_TEST(link->remote().port == door->local().port);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
