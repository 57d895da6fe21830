// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/message_list.hpp"
#include "devp2p/actors/typed/pending_answer.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/detail/type_list.hpp>
#include <caf/detail/type_traits.hpp>

#include <algorithm>
#include <optional>
#include <type_traits>

/// Why the functions of a typed protocol's behavior do not compile, in sentences. Each function
/// here returns whether its check has passed, so that the compiler says nothing that follows from
/// it.
namespace devp2p::detail {

template <class F>
using parameters = typename caf::detail::get_callable_trait<F>::arg_types;

/// The type of a function's first parameter.
template <class F>
using first_parameter = std::decay_t<typename caf::detail::tl_head<parameters<F>>::type>;

template <class F>
concept names_its_types = requires {
  &F::operator();
};

/// Whether a message of this signature has the types that `F` takes.
template <class F, class Signature>
constexpr bool is_taken_by =
  std::is_same_v<typename caf::detail::tl_map<parameters<F>, std::decay>::type,
                 inputs_of<Signature>>;

/// Whether `F` takes a message of one of the signatures, other than those of `Base`.
template <class F, class Base, class... Signatures>
constexpr bool takes_further_message(caf::detail::type_list<Signatures...>) {
  return ((is_taken_by<F, Signatures> && !caf::detail::tl_contains<Base, Signatures>::value) ||
          ...);
}

template <class Message, class... Fs>
constexpr bool is_handled_by = (std::is_same_v<first_parameter<Fs>, Message> || ...);

template <class F, class Answer>
constexpr bool returns_or_takes =
  std::is_convertible_v<typename caf::detail::get_callable_trait<F>::result_type,
                        std::optional<Answer>> ||
  std::is_same_v<std::decay_t<typename caf::detail::tl_back<parameters<F>>::type>,
                 pending_answer<Answer>>;

/// Whether the function for the request `Question`, if there is one, gives the answer.
template <class Question, class Answer, class... Fs>
constexpr bool is_answered_by = ((!std::is_same_v<first_parameter<Fs>, Question> ||
                                  returns_or_takes<Fs, Answer>)&&...);

/// Checks one function: what it takes must come from somewhere.
template <class Messages, class Base, class Handler, class F>
constexpr bool is_called() {
  static_assert(names_its_types<F>,
                "a function of a behavior must name the types that it takes, without auto");
  if constexpr (names_its_types<F>) {
    constexpr auto out =
      Messages::template has<first_parameter<F>> ||
      takes_further_message<F, typename Base::signatures>(typename Handler::signatures{});
    static_assert(out, "a function of the behavior takes no message of the protocol");
    return out;
  } else {
    return false;
  }
}

/// Checks one message: it must have a function, which gives the answer if it is a request.
template <class Entry, class... Fs>
constexpr bool suits() {
  using type = typename Entry::type;
  constexpr auto is_handled = Entry::is_answer || is_handled_by<type, Fs...>;
  static_assert(is_handled, "the behavior has no function for a message of the protocol");
  constexpr auto is_answered =
    !Entry::is_request || is_answered_by<type, typename Entry::answer, Fs...>;
  static_assert(is_answered, "the function for a request must return the answer or an "
                             "std::optional of it, or take a pending_answer, too");
  return is_handled && is_answered;
}

template <class... Fs, class... Entries>
constexpr bool suit(type_list<Entries...>) {
  return std::min({true, suits<Entries, Fs...>()...}); // All are looked at.
}

} // namespace devp2p::detail
