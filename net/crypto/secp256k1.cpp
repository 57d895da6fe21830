// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/secp256k1.hpp"

#include "devp2p/net/crypto/system_random.hpp"

#include <secp256k1.h>
#include <secp256k1_ecdh.h>
#include <secp256k1_recovery.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace devp2p::crypto {

namespace {

constexpr std::size_t compact_signature_size = 64;
constexpr std::uint8_t max_recovery_id = 3;

/// The first byte of an uncompressed point; the value of a `node_id` follows (SEC 1, section
/// 2.3.3).
constexpr std::uint8_t uncompressed = 0x04;
constexpr std::size_t uncompressed_size = 1 + node_id::size;

struct context_deleter {
  void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
};

// Returns the context, which is only read once it is made, hence shared by all threads. Blinding it
// changes no result, so the seed need not come from the random source of a simulation.
const secp256k1_context* context() {
  static const auto instance = [] {
    std::unique_ptr<secp256k1_context, context_deleter> out{
      secp256k1_context_create(SECP256K1_CONTEXT_NONE)};
    secret<32> seed;
    system_random{}.fill(seed.content());
    if (secp256k1_context_randomize(out.get(), seed.content().data()) != 1)
      std::abort();
    return out;
  }();
  return instance.get();
}

std::optional<secp256k1_pubkey> parse_point(const node_id& id) {
  byte_array<uncompressed_size> point_bytes;
  point_bytes[0] = uncompressed;
  std::copy(id.value.begin(), id.value.end(), point_bytes.begin() + 1);
  secp256k1_pubkey out;
  if (secp256k1_ec_pubkey_parse(context(), &out, point_bytes.data(), point_bytes.size()) != 1)
    return std::nullopt;
  return out;
}

node_id to_node_id(const secp256k1_pubkey& point) {
  byte_array<uncompressed_size> point_bytes;
  auto size = point_bytes.size();
  secp256k1_ec_pubkey_serialize(context(), point_bytes.data(), &size, &point,
                                SECP256K1_EC_UNCOMPRESSED);
  node_id out;
  std::copy(point_bytes.begin() + 1, point_bytes.end(), out.value.begin());
  return out;
}

// Replaces libsecp256k1's own function, which would hash the point.
int copy_x(unsigned char* out, const unsigned char* x, const unsigned char*, void*) {
  std::copy_n(x, 32, out);
  return 1;
}

} // namespace

expected<private_key> private_key::parse(byte_view in) {
  if (in.size() != size)
    return errc::invalid_private_key;
  secret<size> scalar;
  std::copy(in.begin(), in.end(), scalar.content().begin());
  // Fails for numbers that are no keys, and for no other reason.
  secp256k1_pubkey point;
  if (secp256k1_ec_pubkey_create(context(), &point, scalar.content().data()) != 1)
    return errc::invalid_private_key;
  return private_key{scalar, to_node_id(point)};
}

private_key private_key::generate() {
  system_random random;
  return generate(random);
}

private_key private_key::generate(random_source& random) {
  // One number in 2^128 is no key.
  constexpr int max_attempts = 16;
  secret<size> scalar;
  for (int i = 0; i < max_attempts; ++i) {
    random.fill(scalar.content());
    if (auto out = parse(scalar.content()))
      return *out;
  }
  std::abort();
}

bool is_public_key(const node_id& id) {
  return parse_point(id).has_value();
}

expected<secret<32>> diffie_hellman(const private_key& own, const node_id& remote) {
  auto point = parse_point(remote);
  if (!point)
    return errc::invalid_public_key;
  secret<32> out;
  // Both factors were checked and the order of the curve is prime: the product is a point, too.
  if (secp256k1_ecdh(context(), out.content().data(), &*point, own.scalar().content().data(),
                     copy_x, nullptr) != 1)
    return errc::invalid_public_key;
  return out;
}

recoverable_signature sign(const private_key& own, const signed_digest& digest) {
  secp256k1_ecdsa_recoverable_signature signature;
  // Fails for invalid keys only.
  if (secp256k1_ecdsa_sign_recoverable(context(), &signature, digest.data(),
                                       own.scalar().content().data(), nullptr, nullptr) != 1)
    std::abort();
  recoverable_signature out;
  int recovery_id = 0;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), out.data(), &recovery_id,
                                                          &signature);
  out[compact_signature_size] = static_cast<std::uint8_t>(recovery_id);
  return out;
}

expected<node_id> recover(const recoverable_signature& signature, const signed_digest& digest) {
  auto recovery_id = signature[compact_signature_size];
  // libsecp256k1 takes a larger id for the caller's mistake and ends the program.
  if (recovery_id > max_recovery_id)
    return errc::invalid_signature;
  secp256k1_ecdsa_recoverable_signature parsed;
  secp256k1_pubkey point;
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(context(), &parsed, signature.data(),
                                                          recovery_id) != 1 ||
      secp256k1_ecdsa_recover(context(), &point, &parsed, digest.data()) != 1)
    return errc::invalid_signature;
  return to_node_id(point);
}

} // namespace devp2p::crypto
