// SPDX-License-Identifier: BSL-1.0
#include "http_get.hpp"

#include "devp2p/actors/metrics/metrics_endpoint.hpp"

#include <boost/test/unit_test.hpp>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <list>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(metrics_endpoint_test)

namespace {

struct endpoint_fixture {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::unique_ptr<metrics_endpoint> subject;

  endpoint_fixture() {
    prometheus::BuildCounter().Name("apples_total").Help("Apples.").Register(*registry).Add({});
    auto opened = metrics_endpoint::open({"127.0.0.1", 0}, registry);
    BOOST_REQUIRE(bool{opened});
    subject = std::move(*opened);
  }

  std::uint16_t port() const { return subject->local().port; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_endpoint, endpoint_fixture)

BOOST_AUTO_TEST_CASE(serves_the_metrics_of_its_registry) {
  BOOST_TEST(port() != 0);
  auto text = http_get(port(), "/metrics");
  BOOST_REQUIRE(text);
  BOOST_TEST(text->find("# HELP apples_total Apples.\n# TYPE apples_total counter\n"
                        "apples_total 0\n") != std::string::npos,
             *text);
}

BOOST_AUTO_TEST_CASE(serves_nothing_else) {
  for (const auto* target : {"/", "/etc/passwd", "/../../../../etc/passwd", "/index.html"})
    BOOST_TEST(!http_get(port(), target), target);
}

BOOST_AUTO_TEST_CASE(says_in_a_line_that_its_port_is_taken) {
  auto second = metrics_endpoint::open(subject->local(), registry);
  BOOST_REQUIRE(!second);
  BOOST_TEST(second.error() == "cannot serve metrics at 127.0.0.1:" + std::to_string(port()) +
                                 ": is the port taken, or the address not of this host?");
}

BOOST_AUTO_TEST_CASE(takes_no_host_but_an_address) {
  for (const auto* host : {"", "localhost", "0.0.0.0,1", "9100,127.0.0.1", "127.0.0.1\n"})
    BOOST_TEST(!metrics_endpoint::open({host, 0}, registry), host);
}

BOOST_AUTO_TEST_CASE(is_not_held_up_by_clients_that_do_nothing) {
  std::list<plain_client> idle;
  for (int i = 0; i < 2 * metrics_endpoint::max_requests; ++i)
    idle.emplace_back(port()).send("GET /metr");
  BOOST_TEST(http_get(port(), "/metrics").has_value());
}

BOOST_AUTO_TEST_CASE(refuses_a_request_that_is_too_long) {
  plain_client client{port()};
  client.send("GET /metrics HTTP/1.0\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n");
  BOOST_TEST(client.read_all().find("apples") == std::string::npos);
  BOOST_TEST(http_get(port(), "/metrics").has_value());
}

BOOST_AUTO_TEST_CASE(frees_its_port_when_it_ends) {
  auto where = subject->local();
  subject = nullptr;
  BOOST_TEST(!http_get(where.port, "/metrics"));
  auto again = metrics_endpoint::open(where, registry);
  BOOST_TEST_REQUIRE(bool{again}, "the port is not free");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
