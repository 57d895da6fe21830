// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The part of the door to CAF (see `caf.hpp`) that values in messages need: their fields by name.
namespace devp2p {

/// The body of `inspect`: shows the fields of a value to `f`, with their names. An inspector that
/// wants the names has a member function `named_fields(names, values...)`.
template <class... Ts>
auto inspect_fields(auto& f, const char* const (&names)[sizeof...(Ts)], Ts&... values) {
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
