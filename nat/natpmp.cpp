// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/natpmp.hpp"

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/epoch.hpp"
#include "devp2p/nat/interrupt.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <natpmp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace devp2p::nat {

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

/// The limit of one exchange; the library alone would retry for two minutes.
constexpr std::chrono::milliseconds patience{1750};

/// One request and its answer. Each exchange has its own socket: on a shared one, libnatpmp would
/// take a late answer to an earlier request for the answer to this one.
class exchange {
public:
  explicit exchange(const std::string& server) {
    status_ = ::initnatpmp(&state_, 1, ::inet_addr(server.c_str()));
    if (status_ == NATPMP_ERR_SOCKETERROR)
      throw std::system_error{errno, std::generic_category(), "socket"};
    // Set as early as possible: the library opens its socket without close-on-exec.
    if (state_.s > 0)
      ::fcntl(state_.s, F_SETFD, FD_CLOEXEC);
  }

  ~exchange() {
    // If there is no route to the server, the library fails and leaves its socket open.
    if (state_.s > 0)
      ::closenatpmp(&state_);
  }

  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  /// Sends the request by `send`, a function that calls the library. The returned status is the
  /// library's.
  template <class Send>
  std::pair<int, natpmpresp_t> run(const interrupt& stop, Send send) {
    natpmpresp_t out{};
    if (status_ != 0)
      return {status_, out};
    if (auto sent = send(&state_); sent < 0)
      return {sent, out};
    const auto end = deadline::clock::now() + patience;
    for (;;) {
      if (auto status = ::readnatpmpresponseorretry(&state_, &out); status != NATPMP_TRYAGAIN)
        return {status, out};
      timeval left{};
      ::getnatpmprequesttimeout(&state_, &left);
      auto retry = deadline::clock::now() + std::chrono::seconds{left.tv_sec} +
                   std::chrono::microseconds{left.tv_usec};
      stop.readable({state_.s}, std::min(retry, end));
      if (stop.raised() || deadline::clock::now() >= end)
        return {NATPMP_ERR_NOGATEWAYSUPPORT, out};
    }
  }

private:
  natpmp_t state_{};
  int status_;
};

errc code_for(int status) {
  switch (status) {
  case NATPMP_ERR_NOTAUTHORIZED:
    return errc::gateway_refused;
  case NATPMP_ERR_NETWORKFAILURE:
  case NATPMP_ERR_OUTOFRESOURCES:
  case NATPMP_ERR_UNSUPPORTEDOPCODE:
  case NATPMP_ERR_UNDEFINEDERROR:
    return errc::gateway_failed;
  default: // The router is silent, unreachable, or speaks another protocol.
    return errc::no_gateway;
  }
}

/// Returns the text that follows the gateway's name.
std::string text_for(int status) {
  switch (status) {
  case NATPMP_ERR_NOTAUTHORIZED:
    return ": not authorized, or switched off";
  case NATPMP_ERR_NETWORKFAILURE:
    return " has no external address";
  case NATPMP_ERR_OUTOFRESOURCES:
    return ": out of resources";
  case NATPMP_ERR_UNSUPPORTEDOPCODE:
    return ": unsupported opcode";
  case NATPMP_ERR_UNSUPPORTEDVERSION:
    return ": unsupported version";
  case NATPMP_ERR_UNDEFINEDERROR:
    return ": undefined error";
  default:
    return " is silent";
  }
}

class natpmp_gateway final : public gateway {
public:
  explicit natpmp_gateway(std::optional<std::string> address) : given_(std::move(address)) {}

  [[nodiscard]] std::string name() const override {
    return server_.empty() ? "NAT-PMP" : "NAT-PMP at " + server_;
  }

  std::optional<failure> find() override {
    auto address = external_address();
    // A router behind another NAT counts as found; its mappings will be checked later.
    if (address || address.error().code == errc::address_not_public)
      return std::nullopt;
    return address.error();
  }

  outcome<std::string> external_address() override {
    auto answer =
      ask(NATPMP_RESPTYPE_PUBLICADDRESS, [](natpmp_t* p) { return ::sendpublicaddressrequest(p); });
    if (!answer)
      return answer.error();
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, &answer->pnu.publicaddress.addr, text.data(), text.size());
    if (!is_public(text.data()))
      return failure{errc::address_not_public, name() + " has " + text.data()};
    return std::string{text.data()};
  }

  outcome<port_mapping> map(const port_mapping& wish) override {
    auto address = external_address();
    if (!address)
      return address.error();
    auto lifetime = std::max(duration_cast<seconds>(wish.lifetime), seconds{1});
    auto answer = ask_for(wish.internal, wish.external.port, lifetime);
    if (!answer)
      return answer.error();
    const auto& granted = answer->pnu.newportmapping;
    if (granted.privateport != wish.internal.number || granted.mappedpublicport == 0 ||
        granted.lifetime == 0)
      return failure{errc::gateway_failed, name() + " answers what was not asked"};
    return port_mapping{
      wish.internal, {*address, granted.mappedpublicport}, seconds{granted.lifetime}, name()};
  }

  std::optional<failure> unmap(const port_mapping& granted) override {
    auto answer = ask_for(granted.internal, 0, seconds{0});
    return answer ? std::nullopt : std::optional{answer.error()};
  }

  [[nodiscard]] bool has_restarted() override { return std::exchange(restarted_, false); }

  void call_off() override { stop_.raise(); }
  void resume() override { stop_.clear(); }

private:
  outcome<natpmpresp_t> ask_for(local_port internal, std::uint16_t external, seconds lifetime) {
    auto tcp = internal.protocol == transport::tcp;
    return ask(
      tcp ? NATPMP_RESPTYPE_TCPPORTMAPPING : NATPMP_RESPTYPE_UDPPORTMAPPING, [&](natpmp_t* p) {
        return ::sendnewportmappingrequest(p, tcp ? NATPMP_PROTOCOL_TCP : NATPMP_PROTOCOL_UDP,
                                           internal.number, external,
                                           static_cast<std::uint32_t>(lifetime.count()));
      });
  }

  /// Returns the answer, which must be of this type.
  template <class Send>
  outcome<natpmpresp_t> ask(int type, Send send) {
    auto router = router_address(given_);
    if (!router)
      return router.error();
    server_ = *router;
    auto [status, answer] = exchange{server_}.run(stop_, send);
    if (status != 0)
      return failure{code_for(status), name() + text_for(status)};
    if (!epochs_.on_answer(answer.epoch, deadline::clock::now()))
      restarted_ = true;
    if (answer.type != type)
      return failure{errc::gateway_failed, name() + " answers what was not asked"};
    return answer;
  }

  const std::optional<std::string> given_;
  interrupt stop_;
  epoch_watch epochs_;
  bool restarted_ = false;
  std::string server_;
};

} // namespace

std::unique_ptr<gateway> make_natpmp(std::optional<std::string> address) {
  return std::make_unique<natpmp_gateway>(std::move(address));
}

} // namespace devp2p::nat
