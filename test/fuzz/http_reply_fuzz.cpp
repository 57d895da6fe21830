// SPDX-License-Identifier: BSL-1.0

// Goal: an HTTP reply means the same in whatever pieces it comes, and stays within its bounds.
//
// Method: reads the input as a whole, then in pieces of the size that its first byte gives. State,
// status and body must be the same. A reply that is complete or broken must stay so.

#include "target.hpp"

#include "devp2p/nat/http_reply.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace devp2p::fuzz::http_reply_target {

using namespace nat;

static int run(const std::uint8_t* data, std::size_t size) {
  using progress = http_reply::progress;
  if (size == 0)
    return 0;
  const std::string_view input{reinterpret_cast<const char*>(data + 1), size - 1};
  const std::size_t piece = data[0] + 1u;
  http_reply whole, bytewise;
  whole.on_bytes(input);
  for (auto rest = input; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
    const auto before = bytewise.state();
    const auto body = bytewise.body();
    const auto after = bytewise.on_bytes(rest.substr(0, piece));
    require(before == progress::incomplete || (after == before && bytewise.body() == body));
  }
  for (auto ended : {false, true}) {
    if (ended) {
      require(whole.on_end() != progress::incomplete);
      bytewise.on_end();
    }
    require(whole.state() == bytewise.state());
    require(whole.body().size() <= http_reply::max_size);
    require(whole.body().size() <= input.size());
    if (whole.state() == progress::broken)
      continue;
    require(whole.status() == bytewise.status() && whole.body() == bytewise.body());
    require(whole.state() == progress::incomplete ||
            (whole.status() >= 200 && whole.status() < 1000));
  }
  return 0;
}

static const target registered{"http_reply", run};

} // namespace devp2p::fuzz::http_reply_target
