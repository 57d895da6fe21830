// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/router_watch.hpp"

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/pcp_message.hpp"
#include "devp2p/nat/ssdp.hpp"
#include "devp2p/nat/udp_socket.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace devp2p::nat {

namespace {

/// Between what a router says and our telling of it: it often says the same more than once.
constexpr std::chrono::milliseconds settling{300};
/// Other devices of the network announce themselves, too.
constexpr std::size_t max_devices = 64;

constexpr auto all_hosts = "224.0.0.1";

/// NAT-PMP's version 0 with the opcode of its address, or PCP's ANNOUNCE.
bool is_announcement(byte_view in) {
  constexpr std::uint8_t natpmp_address_response = 128;
  if (in.size() >= 12 && in[0] == 0)
    return in[1] == natpmp_address_response;
  auto response = pcp::decode(in);
  return response && response->result == pcp::result::success && !response->map;
}

/// What is known of those who speak SSDP.
class devices {
public:
  /// Whether this means that the gateway there has restarted, or is about to.
  bool on_notice(const std::string& from, const ssdp::notice& what) {
    if (what.kind == ssdp::kind::answer ||
        what.type.find("InternetGatewayDevice") == std::string::npos)
      return false;
    if (what.kind == ssdp::kind::byebye || what.kind == ssdp::kind::update)
      return true;
    if (boots_.size() >= max_devices && !boots_.contains(from))
      return false;
    auto [known, fresh] = boots_.try_emplace(from, what.boot_id);
    auto before = std::exchange(known->second, what.boot_id);
    return !fresh && before != what.boot_id;
  }

private:
  std::map<std::string, std::optional<std::uint32_t>> boots_;
};

} // namespace

void watch_routers(const interrupt& stop,
                   const std::function<void(const std::string& router)>& tell) {
  auto gateway = default_gateway();
  auto local = gateway ? local_address_towards(*gateway) : std::nullopt;
  if (!local)
    return;
  auto announcements = udp_socket::join(all_hosts, pcp::client_port, *local);
  auto notices = udp_socket::join(ssdp::group.host, ssdp::group.port, *local);
  if (!announcements || !notices)
    return;
  devices known;
  std::map<std::string, deadline> news;
  while (!stop.raised()) {
    auto wake = deadline::clock::now() + std::chrono::hours{1};
    for (const auto& [router, due] : news)
      wake = std::min(wake, due);
    auto ready = stop.readable({announcements->descriptor(), notices->descriptor()}, wake);
    auto now = deadline::clock::now();
    if (auto got = ready ? (*ready == 0 ? *announcements : *notices).receive() : std::nullopt) {
      auto notice = *ready == 1 ? ssdp::decode(got->content) : std::nullopt;
      auto counts = *ready == 0 ? is_announcement(got->content)
                                : notice && known.on_notice(got->from.host, *notice);
      if (counts && news.size() < max_devices)
        news.try_emplace(got->from.host, now + settling);
    }
    std::erase_if(news, [&](const auto& x) {
      if (x.second > now)
        return false;
      tell(x.first);
      return true;
    });
  }
}

} // namespace devp2p::nat
