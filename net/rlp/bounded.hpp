// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <utility>

namespace devp2p::rlp {

/// A field that has no more than `Most` elements, or bytes: a `T`, which is an `std::vector`, an
/// `std::string`, `bytes` or a `blob`.
///
///     struct announcement {
///       rlp::bounded<std::vector<hash>, 4'096> hashes;
///       rlp::bounded<std::string, 100> note;
///     };
///
/// `decode` refuses a larger one before it reads an element, so that a remote cannot have it read
/// all that fits into a message. `encode` throws `std::length_error`.
template <class T, std::size_t Most>
struct bounded : T {
  static constexpr std::size_t most = Most;

  using T::T;
  bounded() = default;
  bounded(T from) : T(std::move(from)) {}

  friend auto inspect(auto& f, bounded& x) { return f(static_cast<T&>(x)); }
};

} // namespace devp2p::rlp
