// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/router_watch.hpp"

#include "devp2p/nat/pcp_message.hpp"
#include "devp2p/nat/ssdp.hpp"
#include "devp2p/nat/udp_socket.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

namespace devp2p::nat {

namespace {

/// The delay between an announcement and `tell`: routers often repeat an announcement.
constexpr std::chrono::milliseconds settling{300};
/// The interval at which the default gateway, and our address towards it, are looked up again.
constexpr std::chrono::seconds look_again{5};

constexpr auto all_hosts = "224.0.0.1";

/// Returns whether `in` is a response of NAT-PMP's version 0 with its address opcode, or PCP's
/// ANNOUNCE.
bool is_announcement(byte_view in) {
  constexpr std::uint8_t natpmp_address_response = 128;
  if (in.size() >= 12 && in[0] == 0)
    return in[1] == natpmp_address_response;
  auto response = pcp::decode(in);
  return response && response->result == pcp::result::success && !response->map;
}

/// The known state of a device that speaks SSDP.
class device {
public:
  /// Returns whether the notice shows that a gateway has restarted, or is about to.
  bool on_notice(const ssdp::notice& what) {
    if (what.kind == ssdp::kind::answer ||
        what.type.find("InternetGatewayDevice") == std::string::npos)
      return false;
    // The first notice heard may be the first after a restart, and so may the first after a byebye
    // or an update.
    auto first = !std::exchange(seen_, what.kind == ssdp::kind::alive);
    auto before = std::exchange(boot_, what.boot_id);
    return first || before != what.boot_id;
  }

private:
  bool seen_ = false;
  std::optional<std::uint32_t> boot_;
};

/// Watches until the router is no longer the default gateway, or there is no route to it.
void watch(const std::string& gateway, const interrupt& stop, const std::function<void()>& tell,
           const gateway_finder& find_gateway) {
  auto local = local_address_towards(gateway);
  if (!local)
    return;
  auto announcements = udp_socket::join(all_hosts, pcp::client_port, *local);
  auto notices = udp_socket::join(ssdp::group.host, ssdp::group.port, *local);
  if (!announcements && !notices)
    return;
  auto descriptor = [](const auto& x) { return x ? (*x).descriptor() : -1; }; // Never ready.
  device router;
  std::optional<deadline> news;
  auto look = deadline::clock::now() + look_again;
  while (!stop.raised()) {
    auto ready = stop.readable({descriptor(announcements), descriptor(notices)},
                               news ? std::min(*news, look) : look);
    auto got = ready ? (*ready == 0 ? *announcements : *notices).receive() : std::nullopt;
    if (got && got->from.host == gateway) {
      auto notice = *ready == 1 ? ssdp::decode(got->content) : std::nullopt;
      auto counts =
        *ready == 0 ? is_announcement(got->content) : notice && router.on_notice(*notice);
      if (counts && !news)
        news = deadline::clock::now() + settling;
    }
    auto now = deadline::clock::now();
    if (news && *news <= now) {
      news.reset();
      tell();
    }
    if (look <= now) {
      if (find_gateway() != gateway || local_address_towards(gateway) != local)
        return;
      look = now + look_again;
    }
  }
}

} // namespace

void watch_router(const interrupt& stop, const std::function<void()>& tell,
                  const gateway_finder& find_gateway) {
  while (!stop.raised()) {
    try {
      if (auto gateway = find_gateway())
        watch(*gateway, stop, tell, find_gateway);
    } catch (const std::system_error&) {
      // No descriptor is left; one may be free later.
    }
    stop.readable({}, deadline::clock::now() + look_again);
  }
}

} // namespace devp2p::nat
