// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/igd.hpp"

#include "devp2p/messages/capability.hpp"
#include "devp2p/nat/address.hpp"

// Requires version 2.2.3 of the library or later. Its API version is 17 there, and 21 in 2.3.3,
// whose upnpcommands.h uses std::size_t without including it.
#include <cstddef>

#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <vector>

static_assert(MINIUPNPC_API_VERSION >= 17);

namespace devp2p::nat::igd {

namespace {

constexpr auto description = "devp2p";

template <class Int>
Int to_number(std::string_view text) {
  Int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::string address_of(const http_relay& relay, std::string_view path) {
  return "http://" + to_string(relay.local()) + std::string{path};
}

/// Blocks SIGPIPE in this thread while it lives. miniupnpc's writes raise that signal when the
/// other end has closed the connection, and by default it would end the process.
class no_sigpipe {
public:
  no_sigpipe() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }

  ~no_sigpipe() {
    // If the signal was blocked before, a pending one belongs to the application.
    if (::sigismember(&before_, SIGPIPE) == 0) {
      constexpr timespec at_once{};
      while (::sigtimedwait(&pipe_, nullptr, &at_once) == SIGPIPE)
        ;
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  no_sigpipe(const no_sigpipe&) = delete;
  no_sigpipe& operator=(const no_sigpipe&) = delete;

private:
  sigset_t pipe_{};
  sigset_t before_{};
};

/// The data that the library reads from a description.
struct device {
  UPNPUrls urls{};
  IGDdatas data{};

  device() = default;
  device(const device&) = delete;
  device& operator=(const device&) = delete;
  ~device() { ::FreeUPNPUrls(&urls); }
};

bool maps_ports(std::string_view service) {
  return service.starts_with("urn:schemas-upnp-org:service:WANIPConnection:") ||
         service.starts_with("urn:schemas-upnp-org:service:WANPPPConnection:");
}

/// Returns the services of `found` that map ports, with their control URLs, the likelier URLs
/// first. The URLs that the library resolves itself are of no use: it does not know the gateway's
/// address. `where` is the URL of the description.
std::vector<connection> services(const IGDdatas& found, const ssdp::url& where) {
  std::vector<connection> out;
  // Some devices give a base URL with a former address, or with one of another interface.
  auto named = where.resolve(found.urlbase);
  const auto& base = named && named->server.host == where.server.host ? *named : where;
  for (const auto* service : {&found.first, &found.second}) {
    if (!maps_ports(service->servicetype) || service->controlurl[0] == '\0')
      continue;
    auto control = base.resolve(service->controlurl);
    if (!control || control->server.host != where.server.host)
      continue;
    out.push_back({*control, service->servicetype});
    // Some devices mean a path from the root, whatever the base URL is.
    auto root = ssdp::url{base.server, "/"}.resolve(service->controlurl);
    if (root && *root != *control)
      out.push_back({*root, service->servicetype});
  }
  return out;
}

bool is_false(std::string_view x) {
  return x.starts_with('0') || x.starts_with('f') || x.starts_with('F') || x.starts_with('n') ||
         x.starts_with('N');
}

/// Returns whether this process can open a descriptor. If not, the library and the relay report
/// silence.
bool has_descriptors(const interrupt& stop) {
  auto one = ::fcntl(stop.descriptor(), F_DUPFD_CLOEXEC, 0);
  if (one >= 0)
    ::close(one);
  return one >= 0;
}

} // namespace

errc code_for(int status) {
  switch (status) {
  case UPNPCOMMAND_HTTP_ERROR:
    return errc::no_gateway;
  case not_authorized:
    return errc::gateway_refused;
  case conflict:
    return errc::mapping_conflict;
  default:
    return errc::gateway_failed;
  }
}

std::string text_for(int status) {
  if (status == UPNPCOMMAND_HTTP_ERROR)
    return "no answer";
  if (status == -200)
    return "an answer that makes no sense";
  if (status <= -100)
    return "HTTP status " + std::to_string(-std::int64_t{status});
  const auto* words = ::strupnperror(status);
  return "UPnP error " + std::to_string(status) +
         (words != nullptr ? std::string{" ("} + words + ')' : "");
}

expected<connection> connection::describe(const ssdp::url& where, const interrupt& stop,
                                          deadline until) {
  const no_sigpipe guard;
  device found;
  http_relay relay{where.server, stop, until};
  auto url = address_of(relay, where.path);
  if (::UPNP_GetIGDFromUrl(url.c_str(), &found.urls, &found.data, nullptr, 0) != 1)
    return has_descriptors(stop) ? errc::no_gateway : errc::too_many_files;
  const auto all = services(found.data, where);
  if (all.empty())
    return errc::gateway_failed;
  auto left = all.size();
  const connection* connected = nullptr;
  for (const auto& x : all) {
    std::string address;
    if (call{x, stop, share_of(until, left--)}.external_address(address) != 0)
      continue;
    if (is_public(address))
      return x;
    // A service that is not connected has no address, or a meaningless one.
    if (connected == nullptr && !address.empty() && address != "0.0.0.0")
      connected = &x;
  }
  return connected != nullptr ? *connected : all.front();
}

call::call(const connection& whom, const interrupt& stop, deadline until)
  : relay_(whom.control.server, stop, until),
    url_(address_of(relay_, whom.control.path)),
    service_(whom.service) {}

int call::external_address(std::string& out) {
  const no_sigpipe guard;
  std::array<char, 16> address{};
  auto status = ::UPNP_GetExternalIPAddress(url_.c_str(), service_.c_str(), address.data());
  out = address.data();
  return status;
}

int call::add(local_port external, const std::string& client, std::uint16_t internal,
              std::chrono::seconds lease) {
  const no_sigpipe guard;
  return ::UPNP_AddPortMapping(
    url_.c_str(), service_.c_str(), std::to_string(external.number).c_str(),
    std::to_string(internal).c_str(), client.c_str(), description, to_string(external.protocol),
    nullptr, std::to_string(lease.count()).c_str());
}

int call::add_any(std::uint16_t& port, local_port internal, const std::string& client,
                  std::chrono::seconds lease) {
  if (!service_.ends_with("WANIPConnection:2"))
    return conflict;
  const no_sigpipe guard;
  std::array<char, 6> reserved{};
  auto status = ::UPNP_AddAnyPortMapping(
    url_.c_str(), service_.c_str(), std::to_string(port).c_str(),
    std::to_string(internal.number).c_str(), client.c_str(), description,
    to_string(internal.protocol), nullptr, std::to_string(lease.count()).c_str(), reserved.data());
  if (status == 0)
    port = to_number<std::uint16_t>(reserved.data());
  return status == 0 && port == 0 ? UPNPCOMMAND_INVALID_RESPONSE : status;
}

entry call::find(local_port external) {
  const no_sigpipe guard;
  std::array<char, 40> client{};
  std::array<char, 6> port{};
  std::array<char, 80> about{};
  std::array<char, 4> enabled{};
  std::array<char, 16> lease{};
  auto status = ::UPNP_GetSpecificPortMappingEntry(
    url_.c_str(), service_.c_str(), std::to_string(external.number).c_str(),
    to_string(external.protocol), nullptr, client.data(), port.data(), about.data(), enabled.data(),
    lease.data());
  return {status, printable(client.data()), to_number<std::uint16_t>(port.data()),
          !is_false(enabled.data()), std::chrono::seconds{to_number<std::uint32_t>(lease.data())}};
}

int call::remove(local_port external) {
  const no_sigpipe guard;
  return ::UPNP_DeletePortMapping(url_.c_str(), service_.c_str(),
                                  std::to_string(external.number).c_str(),
                                  to_string(external.protocol), nullptr);
}

} // namespace devp2p::nat::igd
