// SPDX-License-Identifier: BSL-1.0
#include "cost.hpp"

#include "stopwatch.hpp"

#include "devp2p/net/crypto/aes.hpp"
#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/crypto/sha256.hpp"
#include "devp2p/net/rlpx/compression.hpp"

namespace devp2p::bench::cost {

namespace {

crypto::private_key make_key() {
  return crypto::private_key::generate();
}

const crypto::signed_digest some_digest = crypto::keccak256::of({});

} // namespace

double keccak_permutation(double seconds) {
  auto apply = crypto::keccak_permutations().front().apply;
  crypto::keccak_state state;
  return seconds_per_call(seconds, [&] { apply(state); });
}

double keccak_permutations(double seconds) {
  auto apply = crypto::keccak_permutations().front().apply_to_both;
  crypto::keccak_state x;
  crypto::keccak_state y;
  return seconds_per_call(seconds, [&] { apply(x, y); });
}

double keccak256(double seconds, std::size_t size) {
  bytes in(size);
  return seconds_per_call(seconds, [&] { keep(crypto::keccak256::of({in})); });
}

double aes256_block(double seconds) {
  crypto::aes256 cipher{crypto::secret<32>{}};
  crypto::aes_block block{};
  return seconds_per_call(seconds, [&] { block = cipher.encrypt(block); });
}

double aes_ctr(double seconds, std::size_t size) {
  crypto::aes_ctr cipher{crypto::secret<32>{}, {}};
  bytes data(size);
  return seconds_per_call(seconds, [&] { cipher.apply(data); });
}

double sha256(double seconds, std::size_t size) {
  bytes in(size);
  return seconds_per_call(seconds, [&] { keep(crypto::sha256(in)); });
}

double hmac_sha256(double seconds, std::size_t size) {
  bytes in(size);
  bytes key(32);
  return seconds_per_call(seconds, [&] { keep(crypto::hmac_sha256(key, in)); });
}

double compress(double seconds, byte_view payload) {
  bytes out;
  return seconds_per_call(seconds, [&] {
    out.clear();
    rlpx::compress(payload, out);
  });
}

double uncompress(double seconds, byte_view payload) {
  bytes block;
  rlpx::compress(payload, block);
  bytes out(payload.size());
  return seconds_per_call(seconds, [&] { keep(rlpx::uncompress(block, out)); });
}

double key_generation(double seconds) {
  return seconds_per_call(seconds, [] { keep(make_key()); });
}

double diffie_hellman(double seconds) {
  auto own = make_key();
  auto remote = make_key().id();
  return seconds_per_call(seconds, [&] { keep(crypto::diffie_hellman(own, remote)); });
}

double sign(double seconds) {
  auto own = make_key();
  return seconds_per_call(seconds, [&] { keep(crypto::sign(own, some_digest)); });
}

double recover(double seconds) {
  auto signature = crypto::sign(make_key(), some_digest);
  return seconds_per_call(seconds, [&] { keep(crypto::recover(signature, some_digest)); });
}

} // namespace devp2p::bench::cost
