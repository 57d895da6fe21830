// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/uint256.hpp"
#include "devp2p/net/rlp/bounded.hpp"
#include "devp2p/net/rlp/raw.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace caf::meta {

struct annotation;

} // namespace caf::meta

/// The form of each C++ type in RLP, for `encode` and `decode`:
///
/// | type | RLP |
/// |---|---|
/// | `bool`, unsigned integers, enums that name such a type, `uint256` | an integer |
/// | `std::string`, `bytes`, `blob` | a string |
/// | `byte_array<N>`, `node_id` | a string of `N` bytes |
/// | `std::vector<T>` | a list |
/// | `rlp::bounded<T, Most>`, where `T` is one of the above of any size | that of `T` |
/// | `std::array<T, N>`, `std::pair`, `std::tuple` | a list of so many elements |
/// | a type with `inspect` | a list of its fields; before them its `tag`, if it has one |
/// | `std::optional<T>`, the last fields of a type | nothing, or the element |
/// | `std::variant<Ts...>` | the form of the alternative |
/// | `rlp::raw`, and `rlp::rest` as the last field | what is encoded already |
///
/// A `tag` is a `static constexpr` integer. Among several types with `inspect`, `decode` chooses a
/// variant's alternative by it. All other alternatives must differ in kind (string or list) or in
/// the sizes that they take, and the first that takes the item is chosen. One that could never be
/// chosen does not compile, and neither does a variant inside a variant.
namespace devp2p::rlp {

/// Names the member that stands for a whole value, so that the value is written as that member is,
/// and not as a list. Specialise it for a type that only gives another type a name:
///
///     template <>
///     struct rlp::representation<block_hash> {
///       static auto& of(auto& x) { return x.value; }
///     };
template <class T>
struct representation {};

template <>
struct representation<node_id> {
  static auto& of(auto& id) { return id.value; }
};

template <class T, std::size_t Most>
struct representation<bounded<T, Most>> {
  static T& of(bounded<T, Most>& x) { return x; }
  static const T& of(const bounded<T, Most>& x) { return x; }
};

namespace detail {

template <class T>
concept represented = requires(T& x) {
  representation<T>::of(x);
};

/// The type as which a value is written.
template <class T>
struct written_as : std::type_identity<T> {};
template <represented T>
struct written_as<T>
  : written_as<std::remove_cvref_t<decltype(representation<T>::of(std::declval<T&>()))>> {};

/// `char` and `bool` are no numbers.
template <class T>
concept unsigned_integer =
  std::unsigned_integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
  !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <class T>
struct underlying {};
template <class T>
requires std::is_enum_v<T>
struct underlying<T> : std::underlying_type<T> {
};

/// An enum that names its type, and so may have any number of it, whatever a remote sends.
template <class T>
concept enumeration = unsigned_integer<typename underlying<T>::type> && requires {
  T{0};
};

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
inline constexpr std::size_t array_size = 0;
template <class T, std::size_t N>
inline constexpr std::size_t array_size<std::array<T, N>> = N;

template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;

template <class T>
inline constexpr bool is_octets = false;
template <std::size_t N>
inline constexpr bool is_octets<byte_array<N>> = true;

template <class T>
inline constexpr bool is_tuple = false;
template <class... Ts>
inline constexpr bool is_tuple<std::tuple<Ts...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_variant = false;
template <class... Ts>
inline constexpr bool is_variant<std::variant<Ts...>> = true;

/// Strings of any size.
template <class T>
concept string_like =
  std::same_as<T, std::string> || std::same_as<T, bytes> || std::same_as<T, blob>;

template <class T>
concept vector_like = is_vector<T> && !string_like<T>;

template <class T>
inline constexpr bool is_bounded = false;
template <class T, std::size_t Most>
inline constexpr bool is_bounded<bounded<T, Most>> = true;

/// A bounded type whose size can be bounded. A type of its own, so that it is looked at once.
template <class T>
struct sound_bounded;
template <class T, std::size_t Most>
struct sound_bounded<bounded<T, Most>> {
  static_assert(is_vector<T> || string_like<T>,
                "rlp::bounded is for std::vector, std::string, bytes and blob");
};

template <class T>
concept tagged = requires {
  { T::tag } -> std::convertible_to<std::uint64_t>;
};

/// An argument of CAF's inspectors that is no field, such as the name of the type.
template <class T>
concept annotation = std::is_base_of_v<caf::meta::annotation, std::remove_cvref_t<T>>;

/// Sees which fields a type has. Like all inspectors it has no copies, which would keep what they
/// see from it: `inspect` must take it by reference.
struct field_probe {
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;
  using result_type = void;

  field_probe() = default;
  field_probe(const field_probe&) = delete;

  template <class... Ts>
  void operator()(Ts&&...) {}
};

template <class T>
concept record = std::is_class_v<T> && requires(field_probe& f, T& x) {
  inspect(f, x);
};

/// Whether the type's form is a list. A variant has none of its own.
template <class T>
constexpr bool is_list() {
  if constexpr (represented<T>)
    return is_list<typename written_as<T>::type>();
  else
    return !string_like<T> && !is_octets<T> && !std::same_as<T, uint256> && !std::same_as<T, raw> &&
           !std::same_as<T, rest> && (is_vector<T> || is_array<T> || is_tuple<T> || record<T>);
}

/// Whether the alternative `Before` of a variant takes all items that `After` does.
template <class Before, class After>
constexpr bool takes_those_of() {
  if constexpr (std::same_as<Before, raw>)
    return true;
  else if constexpr (std::same_as<After, raw> || is_list<Before>() != is_list<After>())
    return false;
  else if constexpr (tagged<Before> && tagged<After>)
    return Before::tag == After::tag;
  else if constexpr (is_list<Before>())
    return !tagged<Before>;
  else if constexpr (string_like<Before> || string_like<After>)
    return string_like<Before>;
  else if constexpr (is_octets<Before>)
    return is_octets<After> && array_size<Before> == array_size<After>;
  else
    return (is_octets<After> ? array_size<After> : sizeof(After)) <= sizeof(Before);
}

template <class First, class... Others>
constexpr bool all_may_be_chosen() {
  if constexpr (sizeof...(Others) == 0)
    return true;
  else
    return (!takes_those_of<First, Others>() && ...) && all_may_be_chosen<Others...>();
}

/// A variant whose alternatives can be told apart. A type, so that it is looked at once.
template <class T>
struct sound_variant;
template <class... Ts>
struct sound_variant<std::variant<Ts...>> {
  static constexpr bool is_nested = (is_variant<typename written_as<Ts>::type> || ...);
  static_assert(!is_nested, "a variant inside a variant: let the outer one have its alternatives");
  static_assert(
    is_nested || all_may_be_chosen<typename written_as<Ts>::type...>(),
    "an alternative of a variant is never chosen, as one before it takes all its items");
};

/// Whether a field of this type may be missing at the end of its list.
template <class T>
inline constexpr bool may_be_missing = is_optional<T> || std::same_as<T, rest>;

/// Whether all fields that may be missing are the last, and at most the very last is `rest`.
template <class... Ts>
constexpr bool missing_fields_are_last() {
  constexpr std::array<bool, sizeof...(Ts) + 1> may{may_be_missing<Ts>..., true};
  constexpr std::array<bool, sizeof...(Ts) + 1> all{std::same_as<Ts, rest>..., false};
  for (std::size_t i = 0; i + 1 < sizeof...(Ts); ++i)
    if ((may[i] && !may[i + 1]) || all[i])
      return false;
  return true;
}

template <class T>
inline constexpr bool has_no_form = false;

} // namespace detail

} // namespace devp2p::rlp
