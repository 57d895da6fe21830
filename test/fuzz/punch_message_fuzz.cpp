// SPDX-License-Identifier: BSL-1.0

// Goal: no datagram does harm to a rendezvous, or to a side that punches; and each message has one
// encoding only.
//
// Method: decodes the input; the message, encoded again, must be the input. Then gives it to a
// rendezvous, whose answer must be no larger, and to a side that punches, which must not answer, as
// no stranger can guess its nonces and keys.

#include "target.hpp"

#include "devp2p/nat/punching/punch.hpp"
#include "devp2p/nat/punching/rendezvous_server.hpp"

#include <algorithm>
#include <cstdlib>

namespace devp2p::fuzz::punch_message_target {

using namespace nat;

namespace {

const endpoint remote{"192.0.2.1", 1};
const endpoint middle{"192.0.2.2", 3478};
const punch::time_point now{std::chrono::hours{1}};

/// Fills everything with the same byte.
struct constant_random final : random_source {
  void fill(mutable_byte_view out) override { std::ranges::fill(out, std::uint8_t{0x5a}); }
};

constant_random random;

/// Returns a side that has met `remote`.
punch met() {
  punch out{{}, {middle}, random, now};
  answer x{.status = answer_status::met, .secret = {7}, .observed = remote, .peer = remote};
  random.fill(x.nonce);
  (void)out.on_datagram(middle, encode(x), now);
  return out;
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  byte_view input{data, size};
  if (auto message = decode_punch_message(input))
    require(std::ranges::equal(encode(*message), input));
  static rendezvous_server subject{random};
  for (auto at : {rendezvous_address::first, rendezvous_address::second})
    if (auto out = subject.on_datagram(at, remote, input, now))
      require(out->size() <= size);
  static const punch stage = met();
  require(stage.where() == punch::phase::punching);
  auto side = stage;
  require(side.on_datagram(remote, input, now).empty());
  require(side.where() == punch::phase::punching);
  return 0;
}

static const target registered{"punch_message", run};

} // namespace devp2p::fuzz::punch_message_target
