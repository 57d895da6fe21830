// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/rlp/sound_form.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

namespace devp2p {

/// The versions of a protocol, both ends included.
struct versions {
  std::uint64_t first;
  std::uint64_t last;

  consteval versions(std::uint64_t only) : first(only), last(only) {}
  consteval versions(std::uint64_t first, std::uint64_t last) : first(first), last(last) {}

  friend bool operator==(const versions&, const versions&) = default;
};

/// A protocol's message with this code, whose content is a `T`.
template <std::uint64_t Code, class T>
struct message {};

/// A message that is answered by `Answer`, which is a `message`, too. The first field of both is
/// `std::uint64_t id`.
template <std::uint64_t Code, class T, class Answer>
struct request {};

/// A message or request that the protocol has since that version.
template <std::uint64_t Version, class Message>
struct since {};

/// A message or request that the protocol has up to that version.
template <std::uint64_t Version, class Message>
struct until {};

} // namespace devp2p

/// The inside of `typed_protocol`: its messages as one list.
namespace devp2p::detail {

struct no_answer {};

template <class T>
concept has_id = requires(T& x) {
  { x.id } -> std::same_as<std::uint64_t&>;
};

/// Whether `T` has an id, which may be its first field. If that is another number, only
/// `id_is_first` knows.
template <class T>
constexpr bool is_numbered() {
  if constexpr (has_id<T> && rlp::detail::record<T>)
    return rlp::detail::begins_with_number<rlp::detail::fields_of<T>>;
  else
    return false;
}

/// Sees where the first field is.
struct first_field {
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;
  using result_type = void;

  first_field() = default;
  first_field(const first_field&) = delete;

  template <class... Ts>
  void operator()(const Ts&... fields) {
    static_cast<void>(((rlp::detail::annotation<Ts> || (at = &fields, false)) && ...));
  }

  const void* at = nullptr;
};

template <class T>
bool id_is_first() {
  if constexpr (is_numbered<T>()) {
    T x{};
    first_field seen;
    inspect(seen, x);
    return seen.at == &x.id;
  } else {
    return true; // Something else complains.
  }
}

/// A message: its code, its type, the type of its answer, and the versions that have it.
template <std::uint64_t Code, class T, class Answer, bool IsAnswer, std::uint64_t First = 0,
          std::uint64_t Last = std::numeric_limits<std::uint64_t>::max()>
struct entry {
  static constexpr std::uint64_t code = Code;
  using type = T;
  using answer = Answer;
  static constexpr bool is_request = !std::is_same_v<Answer, no_answer>;
  static constexpr bool is_answer = IsAnswer;

  static constexpr bool is_in(std::uint64_t version) { return version >= First && version <= Last; }

  template <std::uint64_t From, std::uint64_t To>
  using within =
    entry<Code, T, Answer, IsAnswer, (From > First ? From : First), (To < Last ? To : Last)>;
};

template <class... Ts>
struct type_list {};

template <class... Lists>
struct joined {
  using type = type_list<>;
};
template <class... Ts>
struct joined<type_list<Ts...>> {
  using type = type_list<Ts...>;
};
template <class... Ts, class... Us, class... Rest>
struct joined<type_list<Ts...>, type_list<Us...>, Rest...>
  : joined<type_list<Ts..., Us...>, Rest...> {};

template <class T>
inline constexpr bool is_no_message = false;

template <class Message>
struct entries_of {
  static_assert(is_no_message<Message>,
                "what follows name and versions of a typed_protocol must be a message, a request "
                "with a message as its answer, or since or until with one of them");
  using type = type_list<>;
};

template <std::uint64_t Code, class T>
struct entries_of<message<Code, T>> {
  using type = type_list<entry<Code, T, no_answer, false>>;
};

template <std::uint64_t Code, class T, std::uint64_t AnswerCode, class Answer>
struct entries_of<request<Code, T, message<AnswerCode, Answer>>> {
  using type = type_list<entry<Code, T, Answer, false>, entry<AnswerCode, Answer, no_answer, true>>;
};

template <std::uint64_t From, std::uint64_t To, class List>
struct limited;
template <std::uint64_t From, std::uint64_t To, class... Entries>
struct limited<From, To, type_list<Entries...>> {
  using type = type_list<typename Entries::template within<From, To>...>;
};

template <std::uint64_t Version, class Message>
struct entries_of<since<Version, Message>>
  : limited<Version, std::numeric_limits<std::uint64_t>::max(),
            typename entries_of<Message>::type> {};

template <std::uint64_t Version, class Message>
struct entries_of<until<Version, Message>>
  : limited<0, Version, typename entries_of<Message>::type> {};

/// The type of the answer to the request `T`; `no_answer` if it is none.
template <class T, class... Entries>
struct first_answer {
  using type = no_answer;
};
template <class T, class Entry, class... Others>
struct first_answer<T, Entry, Others...>
  : std::conditional_t<Entry::is_request && std::is_same_v<typename Entry::type, T>,
                       std::type_identity<typename Entry::answer>, first_answer<T, Others...>> {};

/// All messages of a protocol.
template <class List>
struct message_list;

template <class... Entries>
struct message_list<type_list<Entries...>> {
  using entries = type_list<Entries...>;

  /// Whether `T` is the content of a message.
  template <class T>
  static constexpr bool has = (std::is_same_v<typename Entries::type, T> || ...);

  /// Returns the code of the message with the content `T` in that version; `nullopt` if it has
  /// none.
  template <class T>
  static constexpr std::optional<std::uint64_t> code_of(std::uint64_t version) {
    std::optional<std::uint64_t> out;
    ((std::is_same_v<typename Entries::type, T> && Entries::is_in(version)
        ? void(out = Entries::code)
        : void()),
     ...);
    return out;
  }

  template <class T>
  using answer_to = typename first_answer<T, Entries...>::type;

  /// Calls `f` with the entry of each message, until it returns true. Returns whether it has.
  template <class F>
  static constexpr bool any(F&& f) {
    return (f(Entries{}) || ...);
  }

  /// Returns the number of codes, up to the highest, of that version.
  static constexpr std::uint64_t length(std::uint64_t version) {
    std::uint64_t out = 0;
    ((out = Entries::is_in(version) ? std::max(out, Entries::code + 1) : out), ...);
    return out;
  }

  /// Whether in each version each code, and each type, is that of one message.
  static constexpr bool is_sound(versions all) {
    for (auto version = all.first; version <= all.last; ++version)
      if (!codes_differ(version) || !types_differ(version))
        return false;
    return true;
  }

  /// Whether each of the versions has a message.
  static constexpr bool is_filled(versions all) {
    for (auto version = all.first; version <= all.last; ++version)
      if ((!Entries::is_in(version) && ...))
        return false;
    return true;
  }

  /// Whether the first field of each request and of its answer is its id.
  static bool ids_are_first() {
    auto is_right = [](auto one) {
      using entry = decltype(one);
      if constexpr (entry::is_request || entry::is_answer)
        return id_is_first<typename entry::type>();
      return true;
    };
    return (is_right(Entries{}) && ...);
  }

  /// Whether each message is in one of the versions.
  static constexpr bool is_used(versions all) {
    auto in_any = [=](auto one) {
      for (auto version = all.first; version <= all.last; ++version)
        if (decltype(one)::is_in(version))
          return true;
      return false;
    };
    return (in_any(Entries{}) && ...);
  }

private:
  /// Whether no two messages of that version have the same code.
  static constexpr bool codes_differ(std::uint64_t version) {
    auto count = [=](std::uint64_t code) {
      return ((Entries::is_in(version) && Entries::code == code ? 1 : 0) + ... + 0);
    };
    return ((!Entries::is_in(version) || count(Entries::code) == 1) && ...);
  }

  /// Whether each type of that version is that of one message.
  static constexpr bool types_differ(std::uint64_t version) {
    return (is_once<Entries>(version) && ...);
  }

  template <class One>
  static constexpr bool is_once(std::uint64_t version) {
    return !One::is_in(version) ||
           ((Entries::is_in(version) && std::is_same_v<typename Entries::type, typename One::type>
               ? 1
               : 0) +
            ... + 0) == 1;
  }
};

} // namespace devp2p::detail
