// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/keccak_permutation.hpp"

#include <bit>
#include <cstddef>
#include <cstring>
#include <vector>

namespace devp2p::crypto {

namespace {

constexpr std::size_t lanes = 25;
constexpr std::size_t lane_size = 8;
constexpr std::size_t rounds = 24;

/// The constants of iota, from the feedback register that defines them (FIPS 202, section 3.2.5).
constexpr std::array<std::uint64_t, rounds> round_constants = [] {
  std::array<std::uint64_t, rounds> out{};
  std::uint8_t feedback = 1;
  for (auto& constant : out) {
    for (int j = 0; j < 7; ++j) {
      if (feedback & 1)
        constant |= std::uint64_t{1} << ((1 << j) - 1);
      feedback = static_cast<std::uint8_t>(feedback << 1 ^ (feedback & 0x80 ? 0x71 : 0));
    }
  }
  return out;
}();

// A lane is either an integer or a vector register, which has room for the lanes of two states: the
// round below is written once for both, in terms of these functions. All is inlined into the few
// functions at the end, which say what processor to compile for.

template <int Count, class Lane>
[[gnu::always_inline]] inline Lane rotate(Lane x) {
  return x << Count | x >> (64 - Count);
}

[[gnu::always_inline]] inline std::uint64_t xor_of(std::uint64_t a, std::uint64_t b,
                                                   std::uint64_t c) {
  return a ^ b ^ c;
}

[[gnu::always_inline]] inline std::uint64_t chi(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return a ^ (~b & c);
}

/// Returns a lane with `x` in every part: arithmetic with an integer is done in each part.
template <class Lane>
[[gnu::always_inline]] inline Lane broadcast(std::uint64_t x) {
  return x - Lane{};
}

#ifdef __x86_64__

using vector = std::uint64_t __attribute__((vector_size(16)));

// Computes any function of three operands in one instruction, which GCC 12 does not find by itself.
// `volatile` keeps the order below, in which few values are alive at a time: 15 % faster.
template <int Truth>
[[gnu::always_inline]] inline vector ternary_logic(vector a, vector b, vector c) {
  asm volatile("vpternlogq %3, %2, %1, %0" : "+v"(a) : "v"(b), "v"(c), "i"(Truth));
  return a;
}

[[gnu::always_inline]] inline vector xor_of(vector a, vector b, vector c) {
  return ternary_logic<0x96>(a, b, c);
}

[[gnu::always_inline]] inline vector chi(vector a, vector b, vector c) {
  return ternary_logic<0xd2>(a, b, c);
}

#endif

template <class Lane>
[[gnu::always_inline]] inline void chi_row(Lane* out, Lane b0, Lane b1, Lane b2, Lane b3, Lane b4) {
  out[0] = chi(b0, b1, b2);
  out[1] = chi(b1, b2, b3);
  out[2] = chi(b2, b3, b4);
  out[3] = chi(b3, b4, b0);
  out[4] = chi(b4, b0, b1);
}

/// One round from `a` to `e`. Theta's parities come first; then each row of the result takes its
/// five lanes from where pi has them, rotated by the offsets of rho (FIPS 202, table 2).
template <class Lane>
[[gnu::always_inline]] inline void round(const Lane* a, Lane* e, std::uint64_t constant) {
  auto c0 = xor_of(xor_of(a[0], a[5], a[10]), a[15], a[20]);
  auto c1 = xor_of(xor_of(a[1], a[6], a[11]), a[16], a[21]);
  auto c2 = xor_of(xor_of(a[2], a[7], a[12]), a[17], a[22]);
  auto c3 = xor_of(xor_of(a[3], a[8], a[13]), a[18], a[23]);
  auto c4 = xor_of(xor_of(a[4], a[9], a[14]), a[19], a[24]);
  auto d0 = c4 ^ rotate<1>(c1);
  auto d1 = c0 ^ rotate<1>(c2);
  auto d2 = c1 ^ rotate<1>(c3);
  auto d3 = c2 ^ rotate<1>(c4);
  auto d4 = c3 ^ rotate<1>(c0);
  chi_row<Lane>(e, a[0] ^ d0, rotate<44>(a[6] ^ d1), rotate<43>(a[12] ^ d2), rotate<21>(a[18] ^ d3),
                rotate<14>(a[24] ^ d4));
  e[0] ^= broadcast<Lane>(constant);
  chi_row<Lane>(e + 5, rotate<28>(a[3] ^ d3), rotate<20>(a[9] ^ d4), rotate<3>(a[10] ^ d0),
                rotate<45>(a[16] ^ d1), rotate<61>(a[22] ^ d2));
  chi_row<Lane>(e + 10, rotate<1>(a[1] ^ d1), rotate<6>(a[7] ^ d2), rotate<25>(a[13] ^ d3),
                rotate<8>(a[19] ^ d4), rotate<18>(a[20] ^ d0));
  chi_row<Lane>(e + 15, rotate<27>(a[4] ^ d4), rotate<36>(a[5] ^ d0), rotate<10>(a[11] ^ d1),
                rotate<15>(a[17] ^ d2), rotate<56>(a[23] ^ d3));
  chi_row<Lane>(e + 20, rotate<62>(a[2] ^ d2), rotate<55>(a[8] ^ d3), rotate<39>(a[14] ^ d4),
                rotate<41>(a[15] ^ d0), rotate<2>(a[21] ^ d1));
}

/// Converts to or from the byte order of a `keccak_state`.
[[gnu::always_inline]] inline std::uint64_t little_endian(std::uint64_t x) {
  if constexpr (std::endian::native == std::endian::big)
    x = __builtin_bswap64(x);
  return x;
}

[[gnu::always_inline]] inline std::uint64_t load(const keccak_state& state, std::size_t lane) {
  std::uint64_t out;
  std::memcpy(&out, state.content.data() + lane * lane_size, lane_size);
  return little_endian(out);
}

[[gnu::always_inline]] inline void store(std::uint64_t x, keccak_state& state, std::size_t lane) {
  x = little_endian(x);
  std::memcpy(state.content.data() + lane * lane_size, &x, lane_size);
}

[[gnu::always_inline]] inline void store_all(std::uint64_t from, std::size_t lane,
                                             keccak_state& state) {
  store(from, state, lane);
}

#ifdef __x86_64__

template <class... States>
[[gnu::always_inline]] inline void store_all(vector from, std::size_t lane, States&... states) {
  int part = 0;
  (store(from[part++], states, lane), ...);
}

#endif

/// Permutes as many states as a `Lane` has room for, or fewer.
template <class Lane, class... States>
[[gnu::always_inline]] inline void permute(States&... states) {
  static_assert(lanes * lane_size == sizeof(keccak_state::content));
  Lane a[lanes];
  Lane e[lanes];
  for (std::size_t i = 0; i < lanes; ++i)
    a[i] = Lane{load(states, i)...};
  for (std::size_t i = 0; i < rounds; i += 2) {
    round<Lane>(a, e, round_constants[i]);
    round<Lane>(e, a, round_constants[i + 1]);
  }
  for (std::size_t i = 0; i < lanes; ++i)
    store_all(a[i], i, states...);
}

void permute_portable(keccak_state& state) {
  permute<std::uint64_t>(state);
}

void permute_both_portable(keccak_state& x, keccak_state& y) {
  permute_portable(x);
  permute_portable(y);
}

#ifdef __x86_64__

// BMI has and-not in one instruction, BMI2 rotations that leave their operand alone.
[[gnu::target("bmi,bmi2")]] void permute_bmi2(keccak_state& state) {
  permute<std::uint64_t>(state);
}

void permute_both_bmi2(keccak_state& x, keccak_state& y) {
  permute_bmi2(x);
  permute_bmi2(y);
}

// AVX-512VL has 32 registers, so that the state need not go to memory, rotations, and logic of
// three operands.
[[gnu::target("avx512f,avx512vl"), gnu::aligned(64)]] void permute_avx512vl(keccak_state& state) {
  permute<vector>(state);
}

[[gnu::target("avx512f,avx512vl"), gnu::aligned(64)]] void permute_both_avx512vl(keccak_state& x,
                                                                                 keccak_state& y) {
  permute<vector>(x, y);
}

#endif

std::vector<keccak_permutation> available_permutations() {
  std::vector<keccak_permutation> out;
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
    out.push_back({"avx512vl", permute_avx512vl, permute_both_avx512vl});
  if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
    out.push_back({"bmi2", permute_bmi2, permute_both_bmi2});
#endif
  out.push_back({"portable", permute_portable, permute_both_portable});
  return out;
}

} // namespace

std::span<const keccak_permutation> keccak_permutations() {
  static const auto all = available_permutations();
  return all;
}

} // namespace devp2p::crypto
