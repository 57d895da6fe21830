// SPDX-License-Identifier: BSL-1.0
//
// Gateways that lie, stall and flood: the results of calls, and their cost.
#include "../../address_sanitizer.hpp"
#include "hostile_igd.hpp"
#include "lab.hpp"

#include "devp2p/nat/method.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(nat_hostile_test)

namespace {

using namespace std::chrono_literals;
namespace data = boost::unit_test::data;
using steady = std::chrono::steady_clock;

constexpr auto gateway_address = "192.168.1.1";

/// Returns the peak memory of this program in KiB.
long peak() {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  while (status >> word)
    if (word == "VmHWM:") {
      long out = 0;
      status >> out;
      return out;
    }
  return 0;
}

/// Resets the peak to the memory in use.
void forget_peak() {
  std::ofstream{"/proc/self/clear_refs"} << 5;
}

std::shared_ptr<nat::gateway> make(const std::string& method = "upnp") {
  return nat::gateways(*nat::method::parse(method)).front();
}

/// The maximum growth in KiB; without a bound, the growth would be a hundred times as much.
/// Sanitizers keep freed memory for a while.
#ifdef DEVP2P_ADDRESS_SANITIZER
constexpr long max_growth = 64 * 1024;
#else
constexpr long max_growth = 8 * 1024;
#endif

const port_mapping wish{{transport::tcp, 8888}, {"", 18888}, 600s, {}};

struct hostile_fixture {
  hostile_fixture() { lab::instance().reset(); }
};

struct expectation {
  hostility what;
  errc found;
};

std::ostream& operator<<(std::ostream& out, const expectation& x) {
  return out << x.what;
}

const expectation expectations[] = {
  {hostility::silent, errc::no_gateway},
  {hostility::drips, errc::no_gateway},
  {hostility::drips_answers, errc::no_gateway},
  {hostility::endless, errc::no_gateway},
  {hostility::endless_answers, errc::no_gateway},
  {hostility::points_elsewhere, errc::no_gateway},
  {hostility::controls_elsewhere, errc::gateway_failed},
  {hostility::closed, errc::no_gateway},
  {hostility::lies, errc::mapping_not_kept},
  {hostility::gives_to_another, errc::mapping_not_kept},
  {hostility::is_private, errc::address_not_public},
  {hostility::has_no_address, errc::address_not_public},
  {hostility::has_nonsense, errc::address_not_public},
  {hostility::error_501, errc::gateway_failed},
  {hostility::error_606, errc::gateway_refused},
  {hostility::error_718, errc::mapping_conflict},
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_gateway, hostile_fixture)

BOOST_DATA_TEST_CASE(that_does_harm_is_survived, data::make(expectations), expected) {
  hostile_igd igd{"rA", gateway_address, expected.what};
  lab::at("h1", [&] {
    auto by = make();
    forget_peak();
    auto before = peak();
    auto begin = steady::now();
    auto outcome = by->map(wish);
    BOOST_TEST((steady::now() - begin < 13s));
    BOOST_TEST(peak() - before < max_growth);
    BOOST_TEST_REQUIRE(!outcome);
    BOOST_TEST((outcome.error().code == expected.found), to_string(outcome.error().code)
                                                           << ": " << outcome.error().detail);
    // Control characters must not reach a user's terminal.
    BOOST_TEST((outcome.error().detail.find('\x1b') == std::string::npos));
  });
}

BOOST_DATA_TEST_CASE(that_stalls_is_left_at_once,
                     data::make({hostility::silent, hostility::drips, hostility::endless,
                                 hostility::drips_answers, hostility::endless_answers}),
                     what) {
  hostile_igd igd{"rA", gateway_address, what};
  lab::at("h1", [&] {
    auto by = make();
    auto begin = steady::now();
    std::thread other{[&] {
      within(5s, [&] { return igd.connections() > 0; });
      by->call_off();
    }};
    BOOST_TEST(!by->map(wish));
    BOOST_TEST((steady::now() - begin < 6s));
    other.join();
    auto called_off = steady::now();
    BOOST_TEST(!by->map(wish));
    BOOST_TEST((steady::now() - called_off < 5s));
  });
}

BOOST_AUTO_TEST_CASE(that_maps_for_ever_only_is_taken_at_its_word) {
  hostile_igd igd{"rA", gateway_address, hostility::error_725};
  lab::at("h1", [&] {
    auto granted = make()->map(wish);
    BOOST_TEST_REQUIRE(!!granted);
    BOOST_TEST((granted->lifetime == 0s));
  });
}

BOOST_AUTO_TEST_CASE(that_is_a_neighbour_is_asked_only_if_somebody_says_so) {
  hostile_igd igd{"h2", "192.168.1.3", hostility::none};
  lab::at("h1", [&] {
    auto ignored = make()->map(wish);
    BOOST_TEST_REQUIRE(!ignored);
    BOOST_TEST((ignored.error().code == errc::no_gateway));
    BOOST_TEST(ignored.error().detail.find("ask for upnp:192.168.1.3") != std::string::npos,
               ignored.error().detail);
    BOOST_TEST(igd.connections() == 0u);
    auto granted = make("upnp:192.168.1.3")->map(wish);
    BOOST_TEST_REQUIRE(!!granted);
    BOOST_TEST((granted->external == endpoint{"11.22.33.2", 18888}));
  });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
