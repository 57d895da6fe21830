// SPDX-License-Identifier: BSL-1.0
//
// The address that STUN servers on the public host see of a host behind a router, and its use.
#include "lab.hpp"

#include "devp2p/nat/byte_order.hpp"
#include "devp2p/nat/stun.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(nat_stun_test)

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using udp = asio::ip::udp;

/// Answers Binding requests, with the true address or, if set, with `lie`.
class stun_server {
public:
  explicit stun_server(endpoint at, std::string lie = {})
    : at_(std::move(at)),
      lie_(std::move(lie)) {
    lab::at("inet", [&] {
      socket_.open(udp::v4());
      socket_.bind({asio::ip::make_address(at_.host), at_.port});
    });
    receive();
    thread_ = std::thread{[this] { context_.run(); }};
  }

  ~stun_server() {
    context_.stop();
    thread_.join();
  }

  [[nodiscard]] const endpoint& where() const { return at_; }

private:
  void receive() {
    socket_.async_receive_from(asio::buffer(in_), from_,
                               [this](const std::error_code& error, std::size_t size) {
                                 if (!error && size == 20)
                                   answer();
                                 receive();
                               });
  }

  /// Sends a success response with the plain MAPPED-ADDRESS (RFC 5389, sections 6 and 15.1).
  void answer() {
    bytes out;
    nat::put(out, std::uint16_t{0x0101});
    nat::put(out, std::uint16_t{12});
    nat::put(out, byte_view{in_}.subspan(4, 16));
    nat::put(out, std::uint16_t{0x0001});
    nat::put(out, std::uint16_t{8});
    nat::put(out, std::uint16_t{0x0001});
    nat::put(out, from_.port());
    auto seen = lie_.empty() ? from_.address().to_v4() : asio::ip::make_address_v4(lie_);
    nat::put(out, byte_view{seen.to_bytes()});
    std::error_code ignored;
    socket_.send_to(asio::buffer(out), from_, 0, ignored);
  }

  const endpoint at_;
  const std::string lie_;
  asio::io_context context_;
  udp::socket socket_{context_};
  udp::endpoint from_;
  std::array<std::uint8_t, 1500> in_{};
  std::thread thread_;
};

struct servers_fixture {
  servers_fixture() { there.reset(); }

  nat::outcome<std::string> address(std::vector<endpoint> servers) {
    nat::outcome<std::string> out{nat::failure{errc::address_unknown, ""}};
    lab::at("h1", [&] { out = nat::make_stun(std::move(servers))->external_address(); });
    return out;
  }

  nat::outcome<nat::mapping_behaviour> behaviour(const std::string& where) {
    nat::outcome<nat::mapping_behaviour> out{nat::failure{errc::address_unknown, ""}};
    lab::at(where, [&] { out = nat::observe_mapping({one.where(), two.where()}); });
    return out;
  }

  lab& there = lab::instance();
  stun_server one{{"11.22.33.100", 3478}};
  stun_server two{{"11.22.33.101", 3478}};
  stun_server liar{{"11.22.33.1", 3478}, "99.88.77.66"};
  stun_server confused{{"11.22.33.1", 3479}, "10.9.8.7"};
  const endpoint nobody{"11.22.33.1", 3480};
};

BOOST_FIXTURE_TEST_SUITE(stun_servers, servers_fixture)

BOOST_AUTO_TEST_CASE(tell_the_external_address) {
  BOOST_TEST(*address({one.where()}) == lab::router);
  BOOST_TEST(*address({one.where(), two.where()}) == lab::router);
}

BOOST_AUTO_TEST_CASE(are_believed_if_two_of_them_agree) {
  BOOST_TEST(*address({liar.where(), one.where(), nobody, two.where()}) == lab::router);
  auto split = address({liar.where(), one.where()});
  BOOST_TEST_REQUIRE(!split);
  BOOST_TEST((split.error().code == errc::address_unknown));
  BOOST_TEST(split.error().detail.find("99.88.77.66") != std::string::npos, split.error().detail);
}

BOOST_AUTO_TEST_CASE(that_see_a_private_address_are_of_no_use) {
  auto seen = address({confused.where()});
  BOOST_TEST_REQUIRE(!seen);
  BOOST_TEST((seen.error().code == errc::address_not_public));
}

BOOST_AUTO_TEST_CASE(that_do_not_answer_are_given_up_soon) {
  auto begin = steady::now();
  BOOST_TEST(!address({nobody, one.where()}));
  BOOST_TEST((steady::now() - begin < 4s));
}

BOOST_AUTO_TEST_CASE(stand_in_for_a_mapping_that_a_person_has_made) {
  lab::at("h1", [&] {
    auto by = nat::make_stun({one.where()});
    auto granted = by->map({{transport::tcp, 30303}, {}, 20min, {}});
    BOOST_TEST_REQUIRE(!!granted);
    BOOST_TEST((granted->external == endpoint{lab::router, 30303}));
  });
}

BOOST_AUTO_TEST_CASE(show_what_kind_of_nat_there_is) {
  using kind = nat::mapping_behaviour;
  BOOST_TEST((*behaviour("h1") == kind::endpoint_independent));
  there.reset("portrange");
  BOOST_TEST((*behaviour("h1") == kind::endpoint_independent));
  there.reset("symmetric");
  BOOST_TEST((*behaviour("h1") == kind::address_dependent));
  there.reset("none");
  BOOST_TEST((*behaviour("rA") == kind::no_nat));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
