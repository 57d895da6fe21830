// SPDX-License-Identifier: BSL-1.0
//
// Announcements of a router to all hosts of its network, which is loopback here.
#include "devp2p/nat/router_watch.hpp"

#include "loopback.hpp"

#include "devp2p/nat/byte_order.hpp"
#include "devp2p/nat/pcp_message.hpp"
#include "devp2p/nat/ssdp.hpp"
#include "devp2p/nat/udp_socket.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(router_watch_test)

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// Longer than the delay between an announcement and the watch's report.
constexpr auto settled = 700ms;

const endpoint all_hosts{"224.0.0.1", pcp::client_port};

/// Returns NAT-PMP's announcement of its address (RFC 6886, section 3.2.1), or another response.
bytes natpmp_announcement(std::uint8_t opcode = 128) {
  bytes out{0, opcode, 0, 0};
  put(out, std::uint32_t{1});
  put(out, byte_view{byte_array<4>{11, 22, 33, 44}});
  return out;
}

/// Returns PCP's ANNOUNCE (RFC 6887, section 14.1).
bytes pcp_announcement(pcp::result result = pcp::result::success) {
  bytes out(24);
  out[0] = 2;
  out[1] = 128;
  out[3] = static_cast<std::uint8_t>(result);
  return out;
}

/// Returns a notice of UPnP. `boot` is the BOOTID, which changes at each restart; some devices send
/// none.
bytes notice(const std::string& what, const std::string& boot,
             const std::string& type = "urn:schemas-upnp-org:device:InternetGatewayDevice:1") {
  auto text = "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: " + type +
              "\r\nNTS: ssdp:" + what + "\r\n";
  if (!boot.empty())
    text += "BOOTID.UPNP.ORG: " + boot + "\r\n";
  text += "\r\n";
  return {text.begin(), text.end()};
}

bytes answer_to_a_search() {
  const std::string text = "HTTP/1.1 200 OK\r\nST: "
                           "urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                           "LOCATION: http://127.0.0.1/d.xml\r\n\r\n";
  return {text.begin(), text.end()};
}

/// Counts reports of the watch, for another thread.
class counter {
public:
  void add() {
    std::lock_guard guard{mutex_};
    ++count_;
    changed_.notify_all();
  }

  /// Returns whether the count has grown since the last call, or grows within `patience`.
  bool grows(std::chrono::milliseconds patience) {
    std::unique_lock lock{mutex_};
    auto before = known_;
    changed_.wait_for(lock, patience, [&] { return count_ != before; });
    known_ = count_;
    return known_ != before;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned count_ = 0;
  unsigned known_ = 0;
};

/// Returns another address that no other program of the tests uses.
std::string other_loopback() {
  auto out = own_loopback();
  return "127.200" + out.substr(out.find('.', 4));
}

/// The router, another host, and the watch.
class network {
public:
  const std::string router = own_loopback();
  const std::string other = other_loopback();

  explicit network(std::function<std::optional<std::string>()> find_gateway = {}) {
    if (!find_gateway)
      find_gateway = [this] { return router; };
    thread_ = std::thread{[this, find_gateway] {
      watch_router(
        stop_, [this] { news.add(); }, find_gateway);
    }};
  }
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  ~network() {
    stop_.raise();
    thread_.join();
  }

  static void say(const std::string& from, const bytes& what, const endpoint& to) {
    auto socket = udp_socket::open(from);
    BOOST_REQUIRE(!!socket);
    socket->send(what, to);
  }

  /// Repeats the announcement until it is reported: the start of the watch is not known.
  bool is_heard(const std::string& from, const bytes& what, const endpoint& to,
                std::chrono::milliseconds patience = 20s) {
    const auto until = deadline::clock::now() + patience;
    while (deadline::clock::now() < until) {
      say(from, what, to);
      if (news.grows(100ms)) {
        // Repeated announcements may be reported more than once.
        while (news.grows(settled))
          ;
        return true;
      }
    }
    return false;
  }

  /// Announces once, to a watch that is known to listen. Returns whether it reports.
  bool tells_of(const bytes& what, const endpoint& to) {
    say(router, what, to);
    return news.grows(20s);
  }

  counter news;

private:
  interrupt stop_;
  std::thread thread_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_router)

BOOST_AUTO_TEST_CASE(is_heard_when_it_has_another_address_or_has_restarted) {
  network there;
  BOOST_REQUIRE(there.is_heard(there.router, natpmp_announcement(), all_hosts));
  BOOST_TEST(there.tells_of(natpmp_announcement(), all_hosts));
  BOOST_TEST(there.tells_of(pcp_announcement(), all_hosts));
  // The first notice heard may be the first after a restart.
  BOOST_TEST(there.tells_of(notice("alive", "1"), ssdp::group));
  BOOST_TEST(there.tells_of(notice("alive", "2"), ssdp::group));
  BOOST_TEST(there.tells_of(notice("update", "3"), ssdp::group));
  BOOST_TEST(there.tells_of(notice("byebye", "3"), ssdp::group));
  BOOST_TEST(there.tells_of(notice("alive", "3"), ssdp::group));
}

BOOST_AUTO_TEST_CASE(is_told_of_once_however_often_it_says_the_same) {
  network there;
  BOOST_REQUIRE(there.is_heard(there.router, natpmp_announcement(), all_hosts));
  auto socket = udp_socket::open(there.router);
  BOOST_REQUIRE(!!socket);
  for (int i = 0; i < 5; ++i) {
    socket->send(natpmp_announcement(), all_hosts);
    socket->send(notice("alive", "7"), ssdp::group);
  }
  BOOST_TEST(there.news.grows(20s));
  BOOST_TEST(!there.news.grows(settled));
}

BOOST_AUTO_TEST_CASE(is_not_told_of_if_it_says_nothing_new) {
  network there;
  BOOST_REQUIRE(there.is_heard(there.router, notice("alive", "7"), ssdp::group));
  const std::pair<bytes, endpoint> all[] = {
    {notice("alive", "7"), ssdp::group},
    {notice("alive", "8", "urn:schemas-upnp-org:device:MediaServer:1"), ssdp::group},
    {answer_to_a_search(), ssdp::group},
    {bytes(500, 'x'), ssdp::group},
    {{}, ssdp::group},
    {natpmp_announcement(129), all_hosts},
    {{0, 128}, all_hosts},
    {pcp_announcement(pcp::result::network_failure), all_hosts},
    {bytes(500, 'x'), all_hosts},
    {{}, all_hosts},
  };
  for (const auto& [what, where] : all)
    network::say(there.router, what, where);
  BOOST_TEST(!there.news.grows(settled));
  // The watch was listening all the time.
  BOOST_TEST(there.tells_of(notice("alive", "8"), ssdp::group));
}

BOOST_AUTO_TEST_CASE(is_the_only_one_who_is_listened_to) {
  network there;
  BOOST_REQUIRE(there.is_heard(there.router, natpmp_announcement(), all_hosts));
  network::say(there.other, natpmp_announcement(), all_hosts);
  network::say(there.other, pcp_announcement(), all_hosts);
  network::say(there.other, notice("alive", "9"), ssdp::group);
  BOOST_TEST(!there.news.grows(settled));
  BOOST_TEST(there.tells_of(pcp_announcement(), all_hosts));
}

BOOST_AUTO_TEST_CASE(may_come_late_and_change) {
  // At first no descriptor is left to find the gateway; then it is found, and later another one.
  std::atomic<bool> asked = false;
  std::atomic<bool> moved = false;
  const auto router = own_loopback();
  network there{[&]() -> std::optional<std::string> {
    if (!asked.exchange(true))
      throw std::system_error{EMFILE, std::generic_category(), "socket"};
    return moved ? other_loopback() : router;
  }};
  BOOST_TEST(there.is_heard(router, natpmp_announcement(), all_hosts, 30s));
  moved = true;
  BOOST_TEST(there.is_heard(other_loopback(), natpmp_announcement(), all_hosts, 30s));
  network::say(router, natpmp_announcement(), all_hosts);
  BOOST_TEST(!there.news.grows(settled));
}

BOOST_AUTO_TEST_CASE(to_which_there_is_no_way_is_left_alone) {
  // The watch still ends at once when called off.
  for (const auto& gateway :
       {std::optional<std::string>{}, std::optional{"nowhere"s}, std::optional{"::1"s}}) {
    std::atomic<bool> asked = false;
    auto begin = deadline::clock::now();
    {
      network there{[&] {
        asked = true;
        return gateway;
      }};
      while (!asked)
        std::this_thread::yield();
    }
    BOOST_TEST((deadline::clock::now() - begin < 4s));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
