// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/rlpx/secrets.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>

/// Helpers that the tests of `net/crypto` and `net/rlpx` share: the vectors of
/// `test/vectors/rlpx_*.json` as values, and randomness that is known beforehand.
namespace devp2p::test {

inline nlohmann::json read_vectors(const std::string& name) {
  std::ifstream file{DEVP2P_VECTORS "/" + name};
  if (!file)
    throw std::runtime_error(name + " cannot be opened");
  return nlohmann::json::parse(file);
}

inline const nlohmann::json& published() {
  static const auto out = read_vectors("rlpx_published.json");
  return out;
}

inline const nlohmann::json& transcript() {
  static const auto out = read_vectors("rlpx_transcript.json");
  return out;
}

inline bytes hex(const nlohmann::json& text) {
  return from_hex(text.get<std::string>()).value();
}

template <std::size_t N>
byte_array<N> byte_array_of(byte_view in) {
  if (in.size() != N)
    throw std::length_error("vector of another size");
  byte_array<N> out;
  std::copy(in.begin(), in.end(), out.begin());
  return out;
}

inline node_id to_id(const nlohmann::json& text) {
  return {byte_array_of<64>(hex(text))};
}

inline crypto::private_key to_key(const nlohmann::json& text) {
  return *crypto::private_key::parse(hex(text));
}

/// A source of the same bytes in every run, after those that a test wants first.
class scripted_random final : public random_source {
public:
  explicit scripted_random(bytes first = {}) : first_(std::move(first)) {}

  void fill(mutable_byte_view out) override {
    for (auto& byte : out)
      byte = next_ < first_.size() ? first_[next_++] : static_cast<std::uint8_t>(rest_());
  }

private:
  bytes first_;
  std::size_t next_ = 0;
  std::mt19937 rest_{1};
};

inline void append(bytes& out, byte_view in) {
  auto size = out.size();
  out.resize(size + in.size());
  std::copy(in.begin(), in.end(), out.begin() + static_cast<std::ptrdiff_t>(size));
}

inline bytes concatenate(const bytes& a, const bytes& b) {
  auto out = a;
  append(out, b);
  return out;
}

/// The secrets of the published exchange of `auth2` and `ack2`.
inline rlpx::secrets eip8_secrets(rlpx::role self) {
  const auto& eip8 = published()["eip8"];
  auto auth = hex(eip8["auth2"]);
  auto ack = hex(eip8["ack2"]);
  auto shared = crypto::diffie_hellman(to_key(eip8["ephA"]), to_id(eip8["ephPubB"]));
  return rlpx::derive_secrets(self, {*shared, byte_array_of<32>(hex(eip8["nonceA"])),
                                     byte_array_of<32>(hex(eip8["nonceB"])), auth, ack});
}

} // namespace devp2p::test
