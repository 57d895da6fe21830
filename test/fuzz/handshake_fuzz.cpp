// SPDX-License-Identifier: BSL-1.0

// Goal: whatever comes instead of an auth or an ack, and in whatever pieces, the handshake ends
// with a value and never reads outside its input. It comes to the same end as if all had come at
// once.
//
// Method: the first byte chooses the role, and whether the rest of the input is the packet itself
// or its content. Content is encrypted on the way, since no fuzzer finds a valid tag by chance. The
// second byte is the size of the pieces. Keys and randomness are fixed.

#include "target.hpp"

#include "devp2p/net/crypto/ecies.hpp"
#include "devp2p/net/rlpx/handshake.hpp"

#include <algorithm>
#include <cstdlib>

namespace devp2p::fuzz::handshake_target {

using namespace rlpx;

namespace {

constexpr std::size_t largest_packet = 2 + 2048;

class counting_random final : public random_source {
public:
  void fill(mutable_byte_view out) override {
    for (auto& byte : out)
      byte = ++last_;
  }

private:
  std::uint8_t last_ = 0;
};

// The keys of EIP-8, so that its packets are understood.
crypto::private_key key(std::string_view digits) {
  return *crypto::private_key::parse(*from_hex(digits));
}

const auto dialler = key("49a7b37aa6f6645917e7b807e9d1c00d4fa71f18343b0d4122a4d2df64dd6fee");
const auto answerer = key("b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291");

handshake make(role self, random_source& random) {
  if (self == role::recipient)
    return handshake::recipient(answerer, random);
  auto out = handshake::initiator(dialler, answerer.id(), random);
  require(bool{out.start()});
  return out;
}

bytes encrypted(role reader, byte_view content, bool prefixed) {
  counting_random random;
  auto size = content.size() + crypto::ecies_overhead;
  bytes out;
  if (prefixed)
    out = {static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
  const auto& to = reader == role::recipient ? answerer : dialler;
  auto message = crypto::ecies_encrypt(to.id(), content, out, random);
  require(bool{message});
  out.insert(out.end(), message->begin(), message->end());
  return out;
}

/// The outcome of a handshake, and what shows its keys.
struct end {
  handshake::outcome outcome;
  byte_array<32> ingress{};
};

/// Returns the end of the handshake when `packet` comes in pieces of `step` bytes.
end feed(role self, byte_view packet, std::size_t step) {
  counting_random random;
  auto subject = make(self, random);
  for (std::size_t come = std::min(step, packet.size());;
       come = std::min(come + step, packet.size())) {
    auto in = packet.first(come);
    auto out = subject.receive(in);
    if (std::holds_alternative<handshake::established>(out)) {
      require(in.size() < come);
      return {out, subject.keys().ingress_mac.digest()};
    }
    require(in.size() == come);
    if (auto* more = std::get_if<handshake::incomplete>(&out)) {
      require(more->wanted > come && more->wanted <= largest_packet);
      if (come < packet.size())
        continue;
    } else {
      auto again = subject.receive(in);
      require(std::get<errc>(again) == std::get<errc>(out));
    }
    return {out};
  }
}

void require_same(const end& one, const end& two) {
  const auto& a = one.outcome;
  const auto& b = two.outcome;
  require(a.index() == b.index() && one.ingress == two.ingress);
  if (auto* more = std::get_if<handshake::incomplete>(&a))
    require(more->wanted == std::get<handshake::incomplete>(b).wanted);
  if (auto* why = std::get_if<errc>(&a))
    require(*why == std::get<errc>(b));
  if (auto* done = std::get_if<handshake::established>(&a)) {
    const auto& other = std::get<handshake::established>(b);
    require(done->remote == other.remote && done->reply == other.reply);
  }
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > largest_packet + 100)
    return 0;
  auto self = data[0] & 1 ? role::initiator : role::recipient;
  auto step = data[1] + 1u;
  byte_view rest{data + 2, size - 2};
  bytes packet{rest.begin(), rest.end()};
  if (data[0] & 2)
    packet = encrypted(self, rest, data[0] & 4);
  require_same(feed(self, packet, step), feed(self, packet, packet.size() + 1));
  return 0;
}

static const target registered{"handshake", run};

} // namespace devp2p::fuzz::handshake_target
