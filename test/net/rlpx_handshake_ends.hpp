// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/crypto/ecies.hpp"
#include "devp2p/net/rlp/encoder.hpp"
#include "devp2p/net/rlpx/handshake.hpp"
#include "rlpx_vectors.hpp"

#include <functional>

/// Both ends of a handshake, Alice and Bob of EIP-8, and packets that neither of them makes.
namespace devp2p::test {

inline const auto& eip8 = published()["eip8"];
inline const auto alice = to_key(eip8["keyA"]);
inline const auto bob = to_key(eip8["keyB"]);

/// Returns the randomness by which a handshake uses the published ephemeral key and nonce of one
/// side.
inline bytes script(const std::string& side) {
  return concatenate(hex(eip8["eph" + side]), hex(eip8["nonce" + side]));
}

template <class T>
T expect(rlpx::handshake::outcome outcome) {
  BOOST_REQUIRE(std::holds_alternative<T>(outcome));
  return std::get<T>(std::move(outcome));
}

/// The result of a handshake, and the keys that follow from it.
struct established : rlpx::handshake::established {
  rlpx::secrets keys;
};

/// Passes `packet` to `subject`, which must take all of it.
inline established establish(rlpx::handshake& subject, byte_view packet) {
  auto out = expect<rlpx::handshake::established>(subject.receive(packet));
  BOOST_TEST(packet.empty());
  return {std::move(out), subject.keys()};
}

inline errc refusal(rlpx::handshake& subject, byte_view packet) {
  auto left = packet.size();
  auto why = expect<errc>(subject.receive(packet));
  BOOST_TEST(packet.size() == left);
  return why;
}

struct recipient {
  scripted_random random{script("B")};
  rlpx::handshake subject = rlpx::handshake::recipient(bob, random);
};

/// An initiator that has sent its auth.
struct initiator {
  scripted_random random{script("A")};
  rlpx::handshake subject = rlpx::handshake::initiator(alice, bob.id(), random);
  bytes auth = start();

  bytes start() {
    auto out = subject.start();
    BOOST_REQUIRE(out);
    return *out;
  }
};

/// Returns a packet of EIP-8 to `to`, which any node may have sent.
inline bytes eip8_packet(const node_id& to, byte_view content) {
  scripted_random random;
  auto size = content.size() + crypto::ecies_overhead;
  bytes out{static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
  auto message = crypto::ecies_encrypt(to, content, out, random);
  BOOST_REQUIRE(message);
  return concatenate(out, *message);
}

inline bytes plain_packet(const node_id& to, byte_view content) {
  scripted_random random;
  auto message = crypto::ecies_encrypt(to, content, {}, random);
  BOOST_REQUIRE(message);
  return *message;
}

/// The fields of an auth, right unless a test changes them.
struct auth_fields {
  bytes signature = sign();
  bytes sender{alice.id().value.begin(), alice.id().value.end()};
  bytes nonce = hex(eip8["nonceA"]);
  std::function<void(rlp::encoder&)> rest = [](auto& out) { out.integer(4); };

  static bytes sign() {
    auto digest = crypto::diffie_hellman(alice, bob.id())->content();
    auto nonce = hex(eip8["nonceA"]);
    for (std::size_t i = 0; i < digest.size(); ++i)
      digest[i] ^= nonce[i];
    auto out = crypto::sign(to_key(eip8["ephA"]), digest);
    return {out.begin(), out.end()};
  }

  bytes content() const {
    bytes out;
    rlp::encoder fields{out};
    fields.list([&] {
      fields.string(signature);
      fields.string(sender);
      fields.string(nonce);
      rest(fields);
    });
    return out;
  }
};

} // namespace devp2p::test
