// SPDX-License-Identifier: BSL-1.0
//
// STUN against scripted servers on loopback.
#include "devp2p/nat/stun.hpp"

#include "loopback.hpp"

#include "devp2p/nat/byte_order.hpp"

#include <boost/test/unit_test.hpp>

#include <asio/ip/address_v4.hpp>

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <cerrno>
#include <string_view>

/// Replaces the system's resolver for two names: one for which no descriptor is left, one for which
/// no memory is left. It fails as glibc's does.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** out) {
  const std::string_view asked = name;
  errno = asked == "files.test" ? EMFILE : 0;
  if (asked == "files.test")
    return EAI_AGAIN;
  if (asked == "memory.test")
    return EAI_MEMORY;
  static const auto system =
    reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return system(name, service, hints, out);
}

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(stun_gateway_test)

namespace {

using namespace std::chrono_literals;

/// A server that reports `seen` as the address of every client, or the true one if `seen` is empty.
class server {
public:
  explicit server(std::string seen = {}) : seen_(std::move(seen)) {}

  [[nodiscard]] endpoint where() const { return server_.where(); }
  /// The number of the next requests that are lost.
  std::atomic<unsigned> lost = 0;
  /// The error of the reported port; the same for all clients of this server.
  std::atomic<std::uint16_t> port_off = 0;

private:
  std::vector<bytes> on_datagram(byte_view in, const endpoint& from) {
    if (in.size() < 20 || (lost > 0 && lost-- > 0))
      return {};
    bytes out;
    put(out, std::uint16_t{0x0101});
    put(out, std::uint16_t{12});
    put(out, in.subspan(4, 16));
    put(out, std::uint16_t{0x0001});
    put(out, std::uint16_t{8});
    put(out, std::uint16_t{0x0001});
    put(out, static_cast<std::uint16_t>(from.port + port_off));
    put(out, byte_view{asio::ip::make_address_v4(seen_.empty() ? from.host : seen_).to_bytes()});
    return {{1, 2, 3}, out};
  }

  const std::string seen_;
  udp_server server_{own_loopback(), 0,
                     [this](byte_view in, const endpoint& from) { return on_datagram(in, from); }};
};

outcome<std::string> address_by(std::vector<endpoint> servers) {
  return make_stun(std::move(servers))->external_address();
}

} // namespace

BOOST_AUTO_TEST_SUITE(servers_of_stun)

BOOST_AUTO_TEST_CASE(tell_an_address_on_which_two_agree) {
  server one{"11.22.33.99"}, liar{"11.22.33.1"}, two{"11.22.33.99"};
  auto by = make_stun({one.where(), liar.where(), two.where()});
  BOOST_TEST(by->name() == "STUN");
  BOOST_TEST(!by->find());
  auto address = by->external_address();
  BOOST_TEST_REQUIRE(!!address);
  BOOST_TEST(*address == "11.22.33.99");
  auto mapping = by->map({{transport::udp, 7777}, {"", 1}, 600s, {}});
  BOOST_TEST_REQUIRE(!!mapping);
  BOOST_TEST((mapping->external == endpoint{"11.22.33.99", 7777}));
  BOOST_TEST(!by->unmap(*mapping));
}

BOOST_AUTO_TEST_CASE(are_believed_alone_if_no_other_was_named) {
  server one{"11.22.33.99"};
  BOOST_TEST(*address_by({one.where()}) == "11.22.33.99");
}

BOOST_AUTO_TEST_CASE(are_asked_again_if_a_datagram_is_lost) {
  server one{"11.22.33.99"};
  one.lost = 1;
  BOOST_TEST(*address_by({one.where()}) == "11.22.33.99");
}

BOOST_AUTO_TEST_CASE(are_found_by_name) {
  // Names that cannot be resolved are not mentioned.
  server one{"11.22.33.99"};
  auto found = address_by({{"localhost", one.where().port}});
  BOOST_TEST_REQUIRE(!found); // Found at 127.0.0.1, where no server is.
  BOOST_TEST((found.error().code == errc::address_unknown));
}

BOOST_AUTO_TEST_CASE(say_what_there_is_too_little_of_to_look_them_up) {
  auto error = [](const char* name) { return address_by({{name, 3478}}).error(); };
  BOOST_TEST((error("files.test").code == errc::too_many_files));
  BOOST_TEST((error("memory.test").code == errc::out_of_memory));
}

BOOST_AUTO_TEST_CASE(are_not_believed_if_they_contradict_each_other) {
  server one{"11.22.33.99"}, two{"11.22.33.98"};
  auto by = make_stun({one.where(), two.where()});
  for (const auto& found : {by->external_address().error(), *by->find(),
                            by->map({{transport::udp, 7777}, {}, 600s, {}}).error()}) {
    BOOST_TEST((found.code == errc::address_unknown));
    BOOST_TEST(found.detail.find("2 of 2 STUN servers answered") == 0u, found.detail);
  }
}

BOOST_AUTO_TEST_CASE(see_a_public_address_or_are_of_no_use) {
  server one{"10.0.0.1"};
  BOOST_TEST((address_by({one.where()}).error().code == errc::address_not_public));
}

BOOST_AUTO_TEST_CASE(are_not_waited_for_once_the_call_is_called_off) {
  server one{"11.22.33.99"};
  one.lost = 1000;
  auto by = make_stun({one.where()});
  by->call_off();
  auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(!by->external_address());
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 1s));
  one.lost = 0;
  by->resume();
  BOOST_TEST(!!by->external_address());
}

BOOST_AUTO_TEST_CASE(tell_what_a_nat_does) {
  server one, two;
  auto found = observe_mapping({one.where(), two.where()});
  BOOST_TEST_REQUIRE(!!found);
  BOOST_TEST((*found == mapping_behaviour::no_nat));
  one.port_off = two.port_off = 1;
  BOOST_TEST(
    (*observe_mapping({one.where(), two.where()}) == mapping_behaviour::endpoint_independent));
  two.port_off = 2;
  BOOST_TEST(
    (*observe_mapping({one.where(), two.where()}) == mapping_behaviour::address_dependent));
  BOOST_TEST((observe_mapping({one.where()}).error().code == errc::address_unknown));
  for (auto x : {mapping_behaviour::no_nat, mapping_behaviour::endpoint_independent,
                 mapping_behaviour::address_dependent})
    BOOST_TEST(std::string{to_string(x)}.ends_with("NAT") ==
               (x != mapping_behaviour::endpoint_independent));
}

BOOST_AUTO_TEST_CASE(are_run_by_different_people) {
  BOOST_TEST(public_stun_servers().size() >= 2u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
