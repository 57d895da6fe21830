// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <cstddef>
#include <cstring>
#include <utility>

namespace devp2p::crypto {

/// Overwrites `out` with zeros, even where the compiler can see that they are never read.
void wipe(mutable_byte_view out);

/// Wipes without a call, for data that is wiped with each frame: a few stores, for which no
/// instruction waits, where a call of `memset` takes several nanoseconds.
template <std::size_t N>
void wipe(byte_array<N>& out) {
  constexpr byte_array<16> zeros{};
  constexpr auto whole = N / zeros.size();
  auto clear = [&]<std::size_t... I>(std::index_sequence<I...>) {
    (std::memcpy(out.data() + I * zeros.size(), zeros.data(), zeros.size()), ...);
  };
  clear(std::make_index_sequence<whole>{});
  std::memset(out.data() + whole * zeros.size(), 0, N % zeros.size());
  // To the compiler, this may read the zeros.
  asm volatile("" : : "r"(out.data()) : "memory");
}

/// Returns whether `a` and `b` are the same bytes. Takes equally long wherever they differ; only
/// their sizes, which are no secret, show in the time it takes.
[[nodiscard]] bool equal_in_constant_time(byte_view a, byte_view b);

/// Bytes that are wiped when destroyed, and never printed.
template <std::size_t N>
class secret {
public:
  secret() = default;
  explicit secret(const byte_array<N>& content) : content_(content) {}
  /// Wipes the argument, too.
  explicit secret(byte_array<N>&& content) : content_(content) { wipe(content); }
  secret(const secret&) = default;
  secret& operator=(const secret&) = default;
  ~secret() { wipe(content_); }

  byte_array<N>& content() { return content_; }
  const byte_array<N>& content() const { return content_; }

private:
  byte_array<N> content_{};
};

} // namespace devp2p::crypto
