// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/message_list.hpp"
#include "devp2p/actors/typed/pending_answer.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/rlp/sound_form.hpp"

#include <caf/deduce_mpi.hpp>
#include <caf/detail/type_list.hpp>
#include <caf/detail/type_traits.hpp>

#include <algorithm>
#include <cstddef>
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

/// A function, or an object that can be called, that names the types that it takes.
template <class F>
concept names_parameters = requires {
  typename parameters<F>;
};

template <class F, class Otherwise>
struct first_parameter_or : std::type_identity<Otherwise> {};
template <names_parameters F, class Otherwise>
struct first_parameter_or<F, Otherwise> : std::type_identity<first_parameter<F>> {};

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

/// Whether `F` can be given `Message` alone, or with what its answer is given to.
template <class F, class Message, class Answer>
constexpr bool is_given =
  std::is_invocable_v<F&, Message> || std::is_invocable_v<F&, Message, pending_answer<Answer>>;

/// The number of functions that take the message.
template <class Message, class... Fs>
constexpr std::size_t handlers_of = (std::size_t{std::is_same_v<first_parameter<Fs>, Message>} +
                                     ... + 0);

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

/// Checks one function: what it takes must come from somewhere, as it takes it.
template <class Messages, class Base, class Handler, class F>
constexpr bool is_called() {
  static_assert(names_its_types<F>,
                "a function of a behavior must be a lambda, or an object like one, that names the "
                "types that it takes, without auto");
  constexpr auto is_copied = std::is_copy_constructible_v<F>;
  static_assert(is_copied, "a function of a behavior must be one that can be copied");
  if constexpr (names_its_types<F> && is_copied) {
    constexpr auto out =
      Messages::template has<first_parameter<F>> ||
      takes_further_message<F, typename Base::signatures>(typename Handler::signatures{});
    static_assert(out, "a function of the behavior takes no message of the protocol");
    using message = first_parameter<F>;
    constexpr auto is_sound = !Messages::template has<message> ||
                              is_given<F, message, typename Messages::template answer_to<message>>;
    static_assert(is_sound, "a function of the behavior must take its message by value or by "
                            "reference to const, and nothing else but a pending_answer");
    return out && is_sound;
  } else {
    return false;
  }
}

/// Checks one message: it must have a function, which gives the answer if it is a request.
template <class Entry, class... Fs>
constexpr bool suits() {
  using type = typename Entry::type;
  constexpr auto handlers = handlers_of<type, Fs...>;
  constexpr auto is_handled = Entry::is_answer || handlers != 0;
  static_assert(is_handled, "the behavior has no function for a message of the protocol");
  static_assert(handlers <= 1, "two functions of the behavior take the same message");
  constexpr auto is_answered =
    !Entry::is_request || is_answered_by<type, typename Entry::answer, Fs...>;
  static_assert(is_answered, "the function for a request must return the answer or an "
                             "std::optional of it, or take a pending_answer, too");
  constexpr auto has_number =
    !Entry::is_request || (is_numbered<type>() && is_numbered<typename Entry::answer>());
  static_assert(has_number, "the first field of a request and of its answer must be "
                            "std::uint64_t id");
  return is_handled && handlers <= 1 && is_answered && has_number &&
         rlp::detail::sound_message<type>::value;
}

template <class... Fs, class... Entries>
constexpr bool suit(type_list<Entries...>) {
  return std::min({true, suits<Entries, Fs...>()...}); // All are looked at.
}

/// Checks one message of an interface of its own: it must have a function that returns its result.
template <class Signature, class... Fs>
constexpr bool is_served() {
  constexpr auto functions = (std::size_t{is_taken_by<Fs, Signature>} + ... + 0);
  static_assert(functions != 0, "the behavior has no function for a message that the handler's "
                                "interface has beside the protocol's");
  static_assert(functions <= 1, "two functions of the behavior take the same message");
  constexpr auto is_answered =
    ((!is_taken_by<Fs, Signature> || std::is_same_v<caf::deduce_mpi_t<Fs>, Signature>)&&...);
  static_assert(is_answered, "a function of the behavior does not return what the handler's "
                             "interface says");
  return functions == 1 && is_answered;
}

/// Checks a message unless it is one of `Base`, which has its functions elsewhere.
template <class Base, class Signature, class... Fs>
constexpr bool is_served_beside() {
  if constexpr (caf::detail::tl_contains<typename Base::signatures, Signature>::value)
    return true;
  else
    return is_served<Signature, Fs...>();
}

template <class Base, class... Fs, class... Signatures>
constexpr bool serve(caf::detail::type_list<Signatures...>) {
  return std::min({true, is_served_beside<Base, Signatures, Fs...>()...});
}

} // namespace devp2p::detail
