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

/// Between what a router says and our telling of it: it often says the same more than once.
constexpr std::chrono::milliseconds settling{300};
/// How often it is asked who the default gateway is, and who we are to it.
constexpr std::chrono::seconds look_again{5};

constexpr auto all_hosts = "224.0.0.1";

/// NAT-PMP's version 0 with the opcode of its address, or PCP's ANNOUNCE.
bool is_announcement(byte_view in) {
  constexpr std::uint8_t natpmp_address_response = 128;
  if (in.size() >= 12 && in[0] == 0)
    return in[1] == natpmp_address_response;
  auto response = pcp::decode(in);
  return response && response->result == pcp::result::success && !response->map;
}

/// What is known of a device that speaks SSDP.
class device {
public:
  /// Whether this means that it is a gateway that has restarted, or is about to.
  bool on_notice(const ssdp::notice& what) {
    if (what.kind == ssdp::kind::answer ||
        what.type.find("InternetGatewayDevice") == std::string::npos)
      return false;
    // The first that we hear may be the first after a restart; of some, each is.
    auto first = !std::exchange(seen_, what.kind == ssdp::kind::alive);
    auto before = std::exchange(boot_, what.boot_id);
    return first || before != what.boot_id;
  }

private:
  bool seen_ = false;
  std::optional<std::uint32_t> boot_;
};

/// Until it is the default gateway no more, or there is no way to it.
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
      // No descriptor is left: some may be, later.
    }
    stop.readable({}, deadline::clock::now() + look_again);
  }
}

} // namespace devp2p::nat
