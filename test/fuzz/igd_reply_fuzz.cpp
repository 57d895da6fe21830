// SPDX-License-Identifier: BSL-1.0

// Goal: no answer of a gateway by UPnP, through the relay and miniupnpc, does harm, and no
// impossible answer is believed.
//
// Method: a server on loopback answers the request for its description with the first part of the
// input, up to a zero, and each action with the rest. The service that is found must be at the same
// host. An address, and the text about a mapping, must be bounded and fit for a terminal. An answer
// that is neither a response nor a fault must not pass for success.

#include "target.hpp"

#include "../nat/loopback.hpp"

#include "devp2p/nat/igd.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>

namespace devp2p::fuzz::igd_reply_target {

using namespace nat;

namespace {

/// A gateway that gives the answers of the input.
class gateway {
public:
  void say(std::string description, std::string action) {
    std::lock_guard guard{mutex_};
    description_ = std::move(description);
    action_ = std::move(action);
  }

  [[nodiscard]] endpoint where() const { return {nat::test::own_loopback(), server_.port()}; }

private:
  std::string on_request(const std::string& in) {
    std::lock_guard guard{mutex_};
    return in.starts_with("GET ") ? description_ : action_;
  }

  std::mutex mutex_;
  std::string description_, action_;
  nat::test::http_server server_{nat::test::own_loopback(),
                                 [this](const std::string& in) { return on_request(in); }};
};

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  static gateway there;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const auto zero = std::min(input.find('\0'), input.size());
  const std::string action{input.substr(std::min(zero + 1, input.size()))};
  there.say(std::string{input.substr(0, zero)}, action);
  const interrupt stop;
  const auto soon = [] { return deadline::clock::now() + std::chrono::seconds{2}; };
  const ssdp::url where{there.where(), "/d.xml"};
  auto found = igd::connection::describe(where, stop, soon());
  if (found) {
    require(found->control.server.host == where.server.host);
    require(found->control.path.starts_with('/'));
    require(found->service.starts_with("urn:schemas-upnp-org:service:WAN"));
  }
  const igd::connection whom{where, "urn:schemas-upnp-org:service:WANIPConnection:2"};
  igd::call call{whom, stop, soon()};
  std::string address;
  call.external_address(address);
  require(address.size() < 16);
  const local_port port{transport::tcp, 30303};
  const auto answers = action.find("Response") != action.npos || action.find("&") != action.npos ||
                       action.find("<!") != action.npos || action.find('\0') != action.npos ||
                       action.find("errorCode") != action.npos || action.find('\n') != action.npos;
  const auto granted = call.add(port, "127.0.0.1", 30303, std::chrono::seconds{0}) == 0;
  require(!granted || answers);
  std::uint16_t any = 0;
  require(call.add_any(any, port, "127.0.0.1", std::chrono::seconds{0}) != 0 || any != 0);
  auto entry = call.find(port);
  require(std::all_of(entry.client.begin(), entry.client.end(),
                      [](unsigned char c) { return c >= 0x20 && c < 0x7f; }));
  require(!igd::text_for(entry.status).empty());
  return 0;
}

static const target registered{"igd_reply", run};

} // namespace devp2p::fuzz::igd_reply_target
