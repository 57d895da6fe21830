// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/rlp/shape.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// Why a type is no message, in sentences, each said once: encoder and decoder would say it again
/// and again.
namespace devp2p::rlp::detail {

template <class... Ts>
struct field_list {};

/// Stands for fields that are not known, as `inspect` returns something else.
struct unknown_fields {
  template <class T>
  unknown_fields(const T&) {}
};

/// Returns the types of the fields that it sees.
struct field_finder {
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;
  using result_type = unknown_fields;

  field_finder() = default;
  field_finder(const field_finder&) = delete;

  template <class... Ts>
  field_list<std::remove_reference_t<Ts>...> operator()(Ts&&...) {
    return {};
  }
};

template <record T>
using fields_of = decltype(inspect(std::declval<field_finder&>(), std::declval<T&>()));

/// Whether the first field may be an `std::uint64_t`.
template <class Fields>
inline constexpr bool begins_with_number = !std::same_as<Fields, field_list<>>;
template <class First, class... Others>
inline constexpr bool begins_with_number<field_list<First, Others...>> =
  std::same_as<First, std::uint64_t>;
template <annotation First, class... Others>
inline constexpr bool begins_with_number<field_list<First, Others...>> =
  begins_with_number<field_list<Others...>>;

template <class Fields>
inline constexpr bool is_in_order = true;
template <class... Ts>
inline constexpr bool is_in_order<field_list<Ts...>> = missing_fields_are_last<Ts...>();

/// Whether `inspect` takes what it cannot change: a copy, or a reference to const.
template <class T>
concept inspected_as_copy = requires(field_probe& f, const T& x) {
  inspect(f, x);
};

/// Returns the first of the types that is not void.
template <class First, class... Ts>
constexpr auto first_of(std::type_identity<First> first, std::type_identity<Ts>...) {
  return first;
}
template <class... Ts>
constexpr auto first_of(std::type_identity<void> none, std::type_identity<Ts>... others) {
  if constexpr (sizeof...(Ts) == 0)
    return none;
  else
    return detail::first_of(others...);
}

template <class T, class... Seen>
constexpr auto formless();

template <class... Seen>
struct formless_in {
  template <class T>
  static constexpr auto field() {
    if constexpr (annotation<T> || std::same_as<T, rest>)
      return std::type_identity<void>{};
    else if constexpr (is_optional<T>)
      return formless<typename T::value_type, Seen...>();
    else
      return formless<T, Seen...>();
  }

  template <class... Ts>
  static constexpr auto any_of(std::type_identity<field_list<Ts...>>) {
    return first_of(std::type_identity<void>{}, field<Ts>()...);
  }
  /// The fields are not known.
  template <class Other>
  static constexpr auto any_of(std::type_identity<Other>) {
    return std::type_identity<void>{};
  }

  template <template <class...> class List, class... Ts>
  static constexpr auto any_element_of(std::type_identity<List<Ts...>>) {
    return first_of(std::type_identity<void>{}, formless<Ts, Seen...>()...);
  }
};

/// Returns a type in `T` that has no form, as an `std::type_identity`; void if there is none. A
/// type may be in itself.
template <class T, class... Seen>
constexpr auto formless() {
  using inner = formless_in<Seen..., T>;
  using none = std::type_identity<void>;
  if constexpr ((std::same_as<T, Seen> || ...))
    return none{};
  else if constexpr (represented<T>)
    return formless<typename written_as<T>::type, Seen..., T>();
  else if constexpr (std::is_const_v<T> || std::same_as<T, std::vector<bool>>)
    return std::type_identity<T>{};
  else if constexpr (std::same_as<T, bool> || unsigned_integer<T> || enumeration<T> ||
                     std::same_as<T, uint256> || string_like<T> || is_octets<T> ||
                     std::same_as<T, raw>)
    return none{};
  else if constexpr (is_vector<T> || is_array<T>)
    return formless<typename T::value_type, Seen..., T>();
  else if constexpr (is_tuple<T> || is_variant<T>)
    return inner::any_element_of(std::type_identity<T>{});
  else if constexpr (!record<T> || inspected_as_copy<T>)
    return std::type_identity<T>{};
  else if constexpr (!is_in_order<fields_of<T>>)
    return std::type_identity<T>{};
  else
    return inner::any_of(std::type_identity<fields_of<T>>{});
}

template <class T>
struct type_with_form {
  static_assert(has_no_form<T>,
                "this type has no form in RLP: it needs inspect, or to be another type of those "
                "in devp2p/net/rlp/shape.hpp");
};
template <record T>
struct type_with_form<T> {
  static_assert(!inspected_as_copy<T>,
                "inspect must take the value by reference: inspect(auto& f, T& x)");
  static_assert(inspected_as_copy<T> || is_in_order<fields_of<T>>,
                "fields that may be missing in RLP must be the last: std::optional, rlp::rest");
};
template <>
struct type_with_form<void> {};

template <bool IsMade>
struct made_without_arguments {
  static_assert(IsMade, "a message must have a constructor without arguments");
};

/// Checks the type of a message. Instantiated once for each, it says what is wrong once. The checks
/// fail in other types: clang takes no value from one that has failed.
template <class T>
struct sound_message {
  using culprit = typename decltype(formless<T>())::type;
  static_assert(sizeof(type_with_form<culprit>) != 0);
  static constexpr bool is_made = std::is_default_constructible_v<T>;
  static_assert(sizeof(made_without_arguments<is_made>) != 0);
  static constexpr bool value = std::is_void_v<culprit> && is_made;
};

} // namespace devp2p::rlp::detail
