// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "contract_fixture.hpp"

/// Tests of what every implementation of `datagram_socket` must do.
namespace devp2p::net {

struct datagram_fixture : contract_fixture {
  using letter = std::pair<endpoint, std::string>;

  std::unique_ptr<datagram_socket> near = bind(client, "0.0.0.0");
  std::unique_ptr<datagram_socket> far = bind(server, ip);
  std::vector<letter> received;

  ~datagram_fixture() {
    run([this] {
      near.reset();
      far.reset();
    });
  }

  std::unique_ptr<datagram_socket> bind(network& at, const std::string& host,
                                        std::uint16_t port = 0) {
    auto out = at.bind({host, port});
    BOOST_REQUIRE(out);
    return std::move(*out);
  }

  void receive(datagram_socket& at) {
    run([&] {
      at.receive([this](const endpoint& from, byte_view content) {
        received.emplace_back(from, std::string{content.begin(), content.end()});
      });
    });
  }

  void send(datagram_socket& from, const endpoint& to, const std::string& text) {
    run([&] { from.send(to, as_bytes(text)); });
  }

  void await(std::size_t count) {
    run_until([&] { return received.size() >= count; });
    BOOST_TEST(received.size() == count);
  }
};

BOOST_FIXTURE_TEST_SUITE(contract_of_a_datagram_socket, datagram_fixture)

BOOST_AUTO_TEST_CASE(has_a_port_for_itself_whoever_listens_there) {
  BOOST_TEST(far->local().host == ip);
  BOOST_TEST(far->local().port != 0);
  auto second = server.bind(far->local());
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error() == errc::address_in_use));
  BOOST_TEST(listen(far->local().port)->local().port == far->local().port);
}

BOOST_AUTO_TEST_CASE(leaves_its_port_to_the_next_when_destroyed) {
  auto there = far->local();
  receive(*far);
  run([&] { far.reset(); });
  far = bind(server, ip, there.port);
  BOOST_TEST((far->local() == there));
}

BOOST_AUTO_TEST_CASE(is_bound_to_addresses_of_its_host_only) {
  for (auto [host, why] : {std::pair{"localhost", errc::invalid_endpoint},
                           std::pair{"192.0.2.1", errc::address_not_available}}) {
    auto result = server.bind({host, 0});
    BOOST_REQUIRE(!result);
    BOOST_TEST((result.error() == why));
  }
}

BOOST_AUTO_TEST_CASE(tells_what_comes_and_from_where) {
  receive(*far);
  receive(*near);
  send(*near, far->local(), "question");
  await(1);
  BOOST_TEST(received[0].second == "question");
  BOOST_TEST(received[0].first.port == near->local().port);
  send(*far, received[0].first, "answer");
  await(2);
  BOOST_TEST((received[1] == letter{far->local(), "answer"}));
}

BOOST_AUTO_TEST_CASE(keeps_datagrams_apart) {
  receive(*far);
  for (const auto* text : {"one", "", "three"})
    send(*near, far->local(), text);
  await(3);
  BOOST_TEST(received[0].second == "one");
  BOOST_TEST(received[1].second == "");
  BOOST_TEST(received[2].second == "three");
}

BOOST_AUTO_TEST_CASE(keeps_what_comes_before_anybody_receives) {
  send(*near, far->local(), "early");
  settle();
  receive(*far);
  await(1);
  BOOST_TEST(received[0].second == "early");
}

BOOST_AUTO_TEST_CASE(carries_as_much_as_the_limit_allows_and_no_more) {
  receive(*far);
  send(*near, far->local(), std::string(datagram_socket::max_size + 1, 'x'));
  send(*near, far->local(), std::string(datagram_socket::max_size, 'x'));
  await(1);
  BOOST_TEST(received[0].second.size() == datagram_socket::max_size);
}

BOOST_AUTO_TEST_CASE(does_not_mind_where_nobody_is) {
  receive(*near);
  receive(*far);
  auto nobody = bind(server, ip)->local();
  send(*near, nobody, "x");
  send(*near, {"a.name.example", 1}, "x");
  settle();
  send(*near, far->local(), "heard");
  await(1);
}

BOOST_AUTO_TEST_CASE(calls_no_handler_after_it_was_destroyed) {
  receive(*far);
  auto there = far->local();
  send(*near, there, "x");
  run([&] {
    received.clear();
    far.reset();
  });
  auto count = received.size();
  send(*near, there, "y");
  settle();
  BOOST_TEST(received.size() == count);
}

BOOST_AUTO_TEST_CASE(may_be_destroyed_by_its_handler) {
  auto calls = 0;
  run([&] {
    far->receive([&](const endpoint&, byte_view) {
      ++calls;
      far.reset();
    });
    near->send(far->local(), as_bytes("x"));
    near->send(far->local(), as_bytes("y"));
  });
  run_until([&] { return calls > 0; });
  settle();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(contract_of_a_dial_from_a_port, contract_fixture)

BOOST_AUTO_TEST_CASE(comes_from_that_port_to_one_and_to_another) {
  std::vector<std::unique_ptr<listener>> doors;
  std::vector<outcome> dialled(2);
  std::vector<outcome> accepted(2);
  std::uint16_t port = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    doors.push_back(listen());
    doors.back()->accept(accepted[i].handler());
    auto pending = client.dial_from({"0.0.0.0", port}, doors.back()->local(), dialled[i].handler());
    run_until([&] { return dialled[i].calls + accepted[i].calls == 2; });
    BOOST_REQUIRE(dialled[i].link);
    port = dialled[i].link->local().port;
  }
  BOOST_TEST(dialled[0].link->local().port == dialled[1].link->local().port);
  BOOST_TEST(accepted[1].link->remote().port == port);
}

BOOST_AUTO_TEST_CASE(is_refused_where_nobody_listens_from_a_port_as_well) {
  auto there = listen()->local();
  outcome result;
  auto pending = client.dial_from({"0.0.0.0", 0}, there, result.handler());
  run_until([&] { return result.calls > 0; });
  BOOST_TEST((result.error == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(comes_from_addresses_of_its_host_only) {
  auto door = listen();
  for (auto [host, why] : {std::pair{"localhost", errc::invalid_endpoint},
                           std::pair{"192.0.2.1", errc::address_not_available}}) {
    outcome result;
    auto pending = client.dial_from({host, 0}, door->local(), result.handler());
    run_until([&] { return result.calls > 0; });
    BOOST_TEST((result.error == why));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
