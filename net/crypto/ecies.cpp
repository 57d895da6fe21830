// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/ecies.hpp"

#include "devp2p/net/crypto/aes.hpp"
#include "devp2p/net/crypto/secret.hpp"
#include "devp2p/net/crypto/sha256.hpp"

#include <algorithm>

namespace devp2p::crypto {

namespace {

constexpr std::size_t point_size = 1 + node_id::size;
constexpr std::size_t tag_size = sha256_size;

static_assert(ecies_overhead == point_size + aes_block_size + tag_size);

struct message_keys {
  secret<16> encryption;
  secret<32> authentication;
};

/// The concatenation key derivation of NIST SP 800-56A, section 5.8.1, whose only round gives two
/// keys of 16 bytes; the second is hashed once more.
message_keys derive_keys(const secret<32>& shared) {
  secret<4 + 32> input;
  input.content()[3] = 1; // The round's number, big-endian.
  std::copy(shared.content().begin(), shared.content().end(), input.content().begin() + 4);
  secret<32> derived{sha256(input.content())};
  message_keys out;
  std::copy_n(derived.content().begin(), 16, out.encryption.content().begin());
  out.authentication = secret<32>{sha256(byte_view{derived.content()}.subspan(16))};
  return out;
}

void append(bytes& out, byte_view in) {
  out.insert(out.end(), in.begin(), in.end());
}

} // namespace

expected<bytes> ecies_encrypt(const node_id& remote, byte_view plain, byte_view authenticated,
                              random_source& random) {
  return ecies_encrypt(remote, plain, authenticated, private_key::generate(random), random);
}

expected<bytes> ecies_encrypt(const node_id& remote, byte_view plain, byte_view authenticated,
                              const private_key& ephemeral, random_source& random) {
  auto shared = diffie_hellman(ephemeral, remote);
  if (!shared)
    return shared.error();
  auto keys = derive_keys(*shared);
  aes_block initial_counter;
  random.fill(initial_counter);
  bytes out;
  out.reserve(plain.size() + ecies_overhead + authenticated.size());
  out.push_back(ecies_first_byte);
  append(out, ephemeral.id().value);
  append(out, initial_counter);
  append(out, plain);
  aes_ctr{keys.encryption, initial_counter}.apply(
    mutable_byte_view{out}.subspan(point_size + aes_block_size));
  // The tag covers the counter, the ciphertext and `authenticated`, which is appended only for
  // that.
  append(out, authenticated);
  auto tag = hmac_sha256(keys.authentication.content(), byte_view{out}.subspan(point_size));
  out.resize(out.size() - authenticated.size());
  append(out, tag);
  return out;
}

expected<bytes> ecies_decrypt(const private_key& own, byte_view message, byte_view authenticated) {
  if (message.size() < ecies_overhead || message[0] != ecies_first_byte)
    return errc::handshake_decryption;
  node_id ephemeral;
  std::copy_n(message.begin() + 1, node_id::size, ephemeral.value.begin());
  auto shared = diffie_hellman(own, ephemeral);
  if (!shared)
    return errc::handshake_decryption;
  auto keys = derive_keys(*shared);
  auto tag = message.last(tag_size);
  auto covered = message.subspan(point_size, message.size() - point_size - tag_size);
  bytes out;
  out.reserve(covered.size() + authenticated.size());
  append(out, covered);
  append(out, authenticated);
  if (!equal_in_constant_time(hmac_sha256(keys.authentication.content(), out), tag))
    return errc::handshake_decryption;
  out.resize(covered.size());
  aes_block initial_counter;
  std::copy_n(out.begin(), aes_block_size, initial_counter.begin());
  out.erase(out.begin(), out.begin() + aes_block_size);
  aes_ctr{keys.encryption, initial_counter}.apply(out);
  return out;
}

} // namespace devp2p::crypto
