// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/errc.hpp"

#include <utility>
#include <variant>

namespace devp2p {

/// A value, or the error that explains its absence. Accessing the one that is not there throws
/// `std::bad_variant_access`: check first.
template <class T, class Error = errc>
class [[nodiscard]] expected {
public:
  expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  expected(Error why) : state_(std::in_place_index<1>, std::move(why)) {}

  explicit operator bool() const { return state_.index() == 0; }

  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

private:
  std::variant<T, Error> state_;
};

} // namespace devp2p
