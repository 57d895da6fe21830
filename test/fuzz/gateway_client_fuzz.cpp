// SPDX-License-Identifier: BSL-1.0

// Goal: for any answers of a router by NAT-PMP or PCP, a client believes no more than it may, and
// each call ends.
//
// Method: the input's first byte chooses the protocol, and which fields of the request are copied
// into the answers, so that they fit it. The rest is answers, each behind its length. A server on
// loopback gives one answer to each request, and behind it one that ends the call. A granted
// mapping must lead from a public address to the port that was meant, for some time.

#include "target.hpp"

#include "../nat/loopback.hpp"

#include "devp2p/nat/address.hpp"
#include "devp2p/nat/natpmp.hpp"
#include "devp2p/nat/pcp.hpp"
#include "devp2p/nat/pcp_message.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>

namespace devp2p::fuzz::gateway_client_target {

using namespace nat;

namespace {

constexpr std::uint8_t by_pcp = 1, copies_opcode = 2, copies_map = 4;

class router {
public:
  void say(std::uint8_t how, byte_view answers) {
    std::lock_guard guard{mutex_};
    how_ = how;
    answers_.assign(answers.begin(), answers.end());
  }

private:
  /// Returns the next answer of the input.
  bytes next() {
    if (answers_.empty())
      return {};
    auto size = std::min<std::size_t>(answers_.front(), answers_.size() - 1);
    bytes out{answers_.begin() + 1, answers_.begin() + 1 + static_cast<std::ptrdiff_t>(size)};
    answers_.erase(answers_.begin(), answers_.begin() + 1 + static_cast<std::ptrdiff_t>(size));
    return out;
  }

  std::vector<bytes> on_datagram(byte_view in) {
    std::lock_guard guard{mutex_};
    auto out = next();
    const auto speaks_pcp = (how_ & by_pcp) != 0;
    if ((how_ & copies_opcode) != 0 && out.size() >= 2 && in.size() >= 2) {
      out[0] = in[0];
      out[1] = in[1] | 128;
    }
    // The nonce, the protocol and the internal port; for NAT-PMP, the port.
    const std::size_t from = speaks_pcp ? 24 : 4, count = speaks_pcp ? 18 : 2,
                      to = speaks_pcp ? 24 : 8;
    if ((how_ & copies_map) != 0 && out.size() >= to + count && in.size() >= from + count)
      std::copy_n(in.begin() + static_cast<std::ptrdiff_t>(from), count,
                  out.begin() + static_cast<std::ptrdiff_t>(to));
    // An answer that a PCP client accepts ends the call. A second one would count as the answer to
    // its next request.
    constexpr std::uint8_t all = by_pcp | copies_opcode | copies_map;
    if ((how_ & all) == all && pcp::decode(out))
      return {out};
    // An answer which says that the version is not supported.
    const bytes last{
      speaks_pcp ? std::uint8_t{1} : std::uint8_t{0}, 128, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    if (out.empty())
      return {last};
    return {out, last};
  }

  std::mutex mutex_;
  std::uint8_t how_ = 0;
  bytes answers_;
  nat::test::udp_server server_{nat::test::own_loopback(), 5351,
                                [this](byte_view in, const endpoint&) { return on_datagram(in); }};
};

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  static router there;
  if (size == 0)
    return 0;
  there.say(data[0], {data + 1, size - 1});
  auto by = (data[0] & by_pcp) != 0 ? make_pcp(nat::test::own_loopback())
                                    : make_natpmp(nat::test::own_loopback());
  const port_mapping wish{{transport::tcp, 30303}, {"", 30304}, std::chrono::seconds{600}, {}};
  for (auto round = 0; round < 2; ++round) {
    auto granted = by->map(wish);
    if (!granted) {
      require(granted.error().detail.starts_with(by->name()));
      continue;
    }
    require(granted->internal == wish.internal);
    require(granted->external.port != 0 && is_public(granted->external.host));
    require(granted->lifetime > std::chrono::seconds{0});
    require(granted->gateway == by->name());
  }
  if (auto address = by->external_address())
    require(is_public(*address));
  by->unmap(wish);
  return 0;
}

static const target registered{"gateway_client", run};

} // namespace devp2p::fuzz::gateway_client_target
