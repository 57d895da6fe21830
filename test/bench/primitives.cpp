// SPDX-License-Identifier: BSL-1.0
//
// The case `primitives`: how fast the primitives are that all else is made of.
#include "cost.hpp"
#include "payloads.hpp"
#include "repeat.hpp"

namespace devp2p::bench {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// Adds a line for a primitive that takes any number of bytes.
template <class Cost>
void throughput(const options& chosen, report& out, std::string_view primitive, std::size_t size,
                Cost cost) {
  parameters which{{"primitive", primitive}, {"payload", size}};
  out.announce("primitives", which);
  out.add("primitives", which, repeat(chosen, [&](double seconds) -> figures {
            auto each = cost(seconds, size);
            return {{"per_second", 1 / each},
                    {"megabytes_per_second", static_cast<double>(size) / each / 1e6},
                    {"nanoseconds", each * 1e9}};
          }));
}

/// Adds a line for a primitive that always does the same work.
template <class Cost>
void rate(const options& chosen, report& out, std::string_view primitive, Cost cost) {
  parameters which{{"primitive", primitive}};
  out.announce("primitives", which);
  out.add("primitives", which, repeat(chosen, [&](double seconds) -> figures {
            auto each = cost(seconds);
            return {{"per_second", 1 / each}, {"nanoseconds", each * 1e9}};
          }));
}

void snappy(const options& chosen, report& out, std::string_view data) {
  auto payload = make_payload(data, mebibyte);
  auto compress = [&](double seconds, std::size_t) { return cost::compress(seconds, payload); };
  auto uncompress = [&](double seconds, std::size_t) { return cost::uncompress(seconds, payload); };
  auto repeating = data == "repeat";
  throughput(chosen, out, repeating ? "snappy_compress_repeat" : "snappy_compress_random", mebibyte,
             compress);
  throughput(chosen, out, repeating ? "snappy_uncompress_repeat" : "snappy_uncompress_random",
             mebibyte, uncompress);
}

} // namespace

void primitives(const options& chosen, report& out) {
  rate(chosen, out, "keccak_permutation", cost::keccak_permutation);
  rate(chosen, out, "keccak_permutations_of_two", cost::keccak_permutations);
  throughput(chosen, out, "keccak256", mebibyte, cost::keccak256);
  throughput(chosen, out, "keccak256", 32, cost::keccak256);
  throughput(chosen, out, "aes256_ctr", mebibyte, cost::aes_ctr);
  throughput(chosen, out, "aes256_ctr", 16, cost::aes_ctr);
  rate(chosen, out, "aes256_block", cost::aes256_block);
  throughput(chosen, out, "sha256", mebibyte, cost::sha256);
  throughput(chosen, out, "hmac_sha256", 32, cost::hmac_sha256);
  snappy(chosen, out, "random");
  snappy(chosen, out, "repeat");
  rate(chosen, out, "secp256k1_key_generation", cost::key_generation);
  rate(chosen, out, "secp256k1_diffie_hellman", cost::diffie_hellman);
  rate(chosen, out, "secp256k1_sign", cost::sign);
  rate(chosen, out, "secp256k1_recover", cost::recover);
}

} // namespace devp2p::bench
