// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/delegated.hpp>
#include <caf/error.hpp>
#include <caf/local_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/response_promise.hpp>
#include <caf/result.hpp>

#include <exception>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace devp2p {

namespace detail {

inline caf::error error_of(const std::exception_ptr& thrown, errc code) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    return caf::make_error(errc::out_of_memory);
  } catch (const std::exception& what) {
    return caf::make_error(code, std::string{what.what()});
  } catch (...) {
    return caf::make_error(code, std::string{"an exception of an unknown type"});
  }
}

} // namespace detail

/// What an actor ends with that has thrown: `code`, with what the exception said. Want of memory is
/// called that; if there is none even for the error, it is empty.
inline caf::error error_of(const std::exception_ptr& thrown, errc code) noexcept {
  try {
    return detail::error_of(thrown, code);
  } catch (const std::bad_alloc&) {
    return {};
  }
}

namespace detail {

template <class T>
struct to_result {
  using type = caf::result<T>;
};
template <class... Ts>
struct to_result<caf::result<Ts...>> {
  using type = caf::result<Ts...>;
};
template <>
struct to_result<void> {
  using type = void;
};

/// Answers a request here, and not when the function has returned, where nobody would see that
/// there is no memory for the answer.
template <class... Ts>
caf::result<Ts...> answered(caf::local_actor* self, caf::result<Ts...> result) {
  if (!self->current_mailbox_element()->mid.is_request() ||
      (result.flag != caf::rt_value && result.flag != caf::rt_error))
    return result;
  auto promise = self->make_response_promise();
  try {
    if (result.flag == caf::rt_value)
      promise.deliver(std::move(result.value));
    else
      promise.deliver(std::move(result.err));
  } catch (const std::bad_alloc&) {
    promise.deliver(caf::make_error(errc::out_of_memory));
    throw;
  }
  return caf::delegated<Ts...>{};
}

/// There is one for each message of each actor: it holds no more than it must.
template <class OnFailure, class Self, class Function, class Result, class... Args>
auto surviving(Self* self, Function function, Result (Function::*)(Args...) const) {
  return [=](Args... args) -> typename to_result<Result>::type {
    try {
      if constexpr (std::is_void_v<Result>)
        function(std::forward<Args>(args)...);
      else
        return answered(self,
                        typename to_result<Result>::type{function(std::forward<Args>(args)...)});
    } catch (...) {
      auto why = devp2p::error_of(std::current_exception(), errc::callback_failed);
      OnFailure{}(*self, why);
      if constexpr (!std::is_void_v<Result>)
        return why;
    }
  };
}

} // namespace detail

/// Runs `task`; if it throws, calls `on_failure` with what `error_of` makes of that. For what is no
/// message's turn of a behavior: what an answer or the end of another brings.
template <class OnFailure, class Task>
void survive(OnFailure on_failure, Task task) {
  try {
    task();
  } catch (...) {
    on_failure(error_of(std::current_exception(), errc::callback_failed));
  }
}

/// Answers; if there is no memory for that, says so; if there is none for that either, is silent.
template <class Promise, class What>
void deliver(Promise promise, What what) {
  try {
    promise.deliver(std::move(what));
  } catch (const std::bad_alloc&) {
    survive([](const caf::error&) {},
            [&] { promise.deliver(caf::make_error(errc::out_of_memory)); });
  }
}

/// A behavior of these functions, for an actor that is not to end because one of them throws: for
/// want of memory, or out of what the application gave us. It calls `on_failure` with the actor and
/// the error, which also answers whoever has asked, unless the function has made a promise: then
/// the promise is the function's to keep.
///
/// `on_failure` captures nothing.
template <class Behavior, class Self, class OnFailure, class... Functions>
Behavior surviving(Self* self, OnFailure, Functions... functions) {
  return {detail::surviving<OnFailure>(self, std::move(functions), &Functions::operator())...};
}

} // namespace devp2p
