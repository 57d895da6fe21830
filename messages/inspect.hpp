// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// The part of the door to CAF (see `caf.hpp`) that values in messages need: their fields by name.
namespace devp2p {

namespace detail {

/// A type of its own, so that a compiler complains once, and not for each inspector.
template <std::size_t Names, std::size_t Fields>
struct named {
  static_assert(Names == Fields, "inspect_fields must be given one name for each field");
};

} // namespace detail

/// The body of `inspect`: shows the fields of a value to `f`, with their names. An inspector that
/// wants the names has a member function `named_fields(names, values...)`.
template <std::size_t N, class... Ts>
auto inspect_fields(auto& f, const char* const (&names)[N], Ts&... values) {
  static_cast<void>(detail::named<N, sizeof...(Ts)>{});
  if constexpr (requires { f.named_fields(names, values...); })
    return f.named_fields(names, values...);
  else
    return f(values...);
}

/// The body of `inspect` for a value without fields.
auto inspect_fields(auto& f) {
  return f();
}

} // namespace devp2p
