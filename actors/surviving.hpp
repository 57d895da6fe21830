// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/thrown.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/delegated.hpp>
#include <caf/error.hpp>
#include <caf/local_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/response_promise.hpp>
#include <caf/result.hpp>

#include <exception>
#include <new>
#include <type_traits>
#include <utility>

namespace devp2p {

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

/// Answers a request here. After the function has returned, no code would notice that there is no
/// memory for the answer.
template <class... Ts>
caf::result<Ts...> answered(caf::local_actor* self, caf::result<Ts...> result) {
  if (!self->current_mailbox_element()->mid.is_request() || !is_answer(result))
    return result;
  auto promise = self->make_response_promise();
  try {
    answer_with(promise, std::move(result));
  } catch (const std::bad_alloc&) {
    promise.deliver(caf::make_error(errc::out_of_memory));
    throw;
  }
  return caf::delegated<Ts...>{};
}

/// The wrapper of one message handler. Each actor has one for each of its messages, so it holds no
/// more than it must.
template <class OnFailure, class Self, class Function, class Result, class... Args>
auto surviving(Self self, Function function, Result (Function::*)(Args...) const) {
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

/// Answers a request. Without memory for the answer, answers with `errc::out_of_memory`; without
/// memory for that either, gives no answer. Does not throw. Does nothing if `promise` is empty, or
/// was kept before.
template <class Promise, class What>
void deliver(Promise&& promise, What&& what) {
  try {
    promise.deliver(std::forward<What>(what));
  } catch (const std::bad_alloc&) {
    survive([](const caf::error&) {},
            [&] { promise.deliver(caf::make_error(errc::out_of_memory)); });
  }
}

/// Returns a behavior of these functions for an actor that must not end when one of them throws,
/// for want of memory or in code of the application. An exception calls `on_failure` with the actor
/// and the error. The error also answers a request, unless the function has made a promise, which
/// it must then keep itself.
///
/// `self` is a pointer to the actor, or `uniform::self`. `on_failure` captures nothing.
template <class Behavior, class Self, class OnFailure, class... Functions>
Behavior surviving(Self self, OnFailure, Functions... functions) {
  return {detail::surviving<OnFailure>(self, std::move(functions), &Functions::operator())...};
}

} // namespace devp2p
