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

/// What an actor ends with that has thrown: `code`, with what the exception said. Want of memory is
/// called that.
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
    } catch (const std::bad_alloc&) {
      OnFailure{}(*self);
      if constexpr (!std::is_void_v<Result>)
        return caf::make_error(errc::out_of_memory);
    }
  };
}

} // namespace detail

/// Runs `task`; calls `on_failure` if there is no memory for it. For what is no message's turn of a
/// behavior: what an answer or the end of another brings.
template <class OnFailure, class Task>
void survive(OnFailure on_failure, Task task) {
  try {
    task();
  } catch (const std::bad_alloc&) {
    on_failure();
  }
}

/// Answers; if there is no memory for that, says so; if there is none for that either, is silent.
template <class Promise, class What>
void deliver(Promise promise, What what) {
  try {
    promise.deliver(std::move(what));
  } catch (const std::bad_alloc&) {
    survive([] {}, [&] { promise.deliver(caf::make_error(errc::out_of_memory)); });
  }
}

/// A behavior of these functions, for an actor that is not to end by want of memory
/// (`std::bad_alloc`), as an exception out of a message's turn ends others. It calls `on_failure`
/// instead, with the actor, and `errc::out_of_memory` answers whoever has asked, unless the
/// function has made a promise: then the promise is the function's to keep.
///
/// `on_failure` captures nothing.
template <class Behavior, class Self, class OnFailure, class... Functions>
Behavior surviving(Self* self, OnFailure, Functions... functions) {
  return {detail::surviving<OnFailure>(self, std::move(functions), &Functions::operator())...};
}

} // namespace devp2p
