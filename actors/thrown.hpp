// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/errc.hpp"

#include <caf/error.hpp>

#include <exception>
#include <string>

namespace devp2p {

/// Returns the text of an exception.
[[nodiscard]] std::string text_of(const std::exception_ptr& thrown);

/// Returns the error of an actor that has thrown: `code`, with the text of the exception, or
/// `errc::out_of_memory`. If there is no memory even for the error, it is empty.
[[nodiscard]] caf::error error_of(const std::exception_ptr& thrown, errc code) noexcept;

/// Runs `task`. If it throws, calls `on_failure` with the result of `error_of`. For code outside
/// the handlers of a behavior, such as responses and the end of another actor.
template <class OnFailure, class Task>
void survive(OnFailure on_failure, Task task) {
  try {
    task();
  } catch (...) {
    on_failure(error_of(std::current_exception(), errc::callback_failed));
  }
}

} // namespace devp2p
