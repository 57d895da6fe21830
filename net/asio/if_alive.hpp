// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <system_error>
#include <utility>

namespace devp2p::net {

/// Returns a handler of a wait: calls `Member` of the object, unless it is gone by then. Whether
/// the wait has succeeded does not matter, because the next read or write tells.
template <auto Member, class T>
auto if_alive(std::weak_ptr<T> object) {
  return [object = std::move(object)](const std::error_code&) {
    if (auto self = object.lock())
      ((*self).*Member)();
  };
}

} // namespace devp2p::net
