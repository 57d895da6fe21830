// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/bytes.hpp"
#include "devp2p/net/rlp/prefix.hpp"
#include "devp2p/net/rlp/shape.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

/// Values of C++ as RLP (Ethereum Yellow Paper, appendix B), always in canonical form. `shape.hpp`
/// says which type has which form.
namespace devp2p::rlp {

/// Returns the size of `value` in RLP, in bytes. Throws `std::invalid_argument` if an optional
/// field has a value although one before it has none: the list would have a gap. Throws
/// `std::length_error` if something is larger than its `bounded` allows.
template <class T>
[[nodiscard]] std::size_t encoded_size(const T& value);

namespace detail {

inline byte_view content_of(const std::string& x) {
  return as_bytes(x);
}
inline byte_view content_of(const bytes& x) {
  return x;
}
inline byte_view content_of(const blob& x) {
  return x.view();
}
template <std::size_t N>
byte_view content_of(const byte_array<N>& x) {
  return x;
}
inline byte_view content_of(const uint256& x) {
  auto first = std::find_if(x.big_endian.begin(), x.big_endian.end(),
                            [](std::uint8_t digit) { return digit != 0; });
  return {first, x.big_endian.end()};
}

template <class T, std::size_t Most>
void check_bound(const bounded<T, Most>& x) {
  static_cast<void>(sound_bounded<bounded<T, Most>>{});
  if (x.size() > Most)
    throw std::length_error{"RLP: more than the " + std::to_string(Most) + " that there may be"};
}

inline bool is_own_encoding(byte_view content) {
  return content.size() == 1 && content.front() < string_prefix;
}

/// Hands each element of a list to `f`.
template <class T>
void for_elements(const T& value, auto& f) {
  if constexpr (is_vector<T> || is_array<T>) {
    static_assert(!may_be_missing<typename T::value_type>, "only a field may be missing in RLP");
    for (const auto& x : value)
      f(x);
  } else if constexpr (is_tuple<T>) {
    std::apply(f, value);
  } else {
    if constexpr (tagged<T>)
      f(std::uint64_t{T::tag});
    // Inspectors see the fields of what they do not change, too.
    inspect(f, const_cast<T&>(value));
  }
}

/// The inspectors that write do so field by field, whatever the fields' names.
template <class Derived>
class writing_inspector {
public:
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;
  using result_type = void;

  writing_inspector() = default;
  writing_inspector(const writing_inspector&) = delete;

  template <class... Ts>
  void operator()(Ts&&... fields) {
    static_assert(missing_fields_are_last<std::remove_cvref_t<Ts>...>(),
                  "fields that may be missing in RLP must be the last: std::optional, rlp::rest");
    (static_cast<Derived&>(*this).write(std::as_const(fields)), ...);
  }
};

/// Adds up the sizes of the elements of one list.
class sizer : public writing_inspector<sizer> {
public:
  [[nodiscard]] std::size_t sum() const { return sum_; }

  template <class T>
  void write(const T& x) {
    if constexpr (annotation<T>)
      return;
    else if constexpr (may_be_missing<T>)
      add_last(x);
    else
      sum_ += encoded_size(x);
  }

private:
  template <class T>
  void add_last(const std::optional<T>& x) {
    if (x && gap_)
      throw std::invalid_argument{"RLP: an optional field has a value, and one before it has none"};
    if (x)
      sum_ += encoded_size(*x);
    else
      gap_ = true;
  }

  void add_last(const rest& x) {
    if (x.items.size() > 0 && gap_)
      throw std::invalid_argument{"RLP: there are further items, but an optional field is empty"};
    sum_ += x.items.size();
  }

  std::size_t sum_ = 0;
  bool gap_ = false;
};

/// Writes items to memory that has room for them.
class pen : public writing_inspector<pen> {
public:
  explicit pen(std::uint8_t* at) : at_(at) {}

  [[nodiscard]] std::uint8_t* at() const { return at_; }

  template <class T>
  void write(const T& x) {
    if constexpr (annotation<T>)
      return;
    else if constexpr (represented<T>)
      write(representation<T>::of(x));
    else if constexpr (std::same_as<T, bool> || unsigned_integer<T>)
      put_integer(x);
    else if constexpr (enumeration<T>)
      put_integer(static_cast<std::underlying_type_t<T>>(x));
    else if constexpr (string_like<T> || is_octets<T> || std::same_as<T, uint256>)
      put_string(content_of(x));
    else if constexpr (std::same_as<T, raw>)
      put(x.item.view());
    else if constexpr (std::same_as<T, rest>)
      put(x.items.view());
    else if constexpr (is_optional<T>)
      x ? write(*x) : void();
    else if constexpr (is_variant<T>)
      std::visit([&](const auto& y) { write(y); }, x);
    else if constexpr (is_list<T>())
      put_list(x);
  }

private:
  void put(byte_view content) { at_ = std::copy(content.begin(), content.end(), at_); }

  void put_integer(std::uint64_t value) {
    if (value != 0 && value < string_prefix) {
      *at_++ = static_cast<std::uint8_t>(value);
    } else {
      *at_++ = static_cast<std::uint8_t>(string_prefix + count_digits(value));
      at_ = put_digits(at_, value);
    }
  }

  void put_string(byte_view content) {
    if (!is_own_encoding(content))
      at_ = put_prefix(at_, string_prefix, content.size());
    put(content);
  }

  template <class T>
  void put_list(const T& value) {
    sizer content;
    for_elements(value, content);
    at_ = put_prefix(at_, list_prefix, content.sum());
    for_elements(value, *this);
  }

  std::uint8_t* at_;
};

} // namespace detail

template <class T>
std::size_t encoded_size(const T& value) {
  using namespace detail;
  if constexpr (is_bounded<T>)
    check_bound(value);
  if constexpr (represented<T>) {
    return encoded_size(representation<T>::of(value));
  } else if constexpr (std::same_as<T, bool>) {
    return 1;
  } else if constexpr (unsigned_integer<T>) {
    return value < string_prefix ? 1 : 1 + count_digits(value);
  } else if constexpr (enumeration<T>) {
    return encoded_size(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (string_like<T> || is_octets<T> || std::same_as<T, uint256>) {
    auto content = content_of(value);
    return content.size() + (is_own_encoding(content) ? 0 : prefix_size(content.size()));
  } else if constexpr (std::same_as<T, raw>) {
    return value.item.size();
  } else if constexpr (is_variant<T>) {
    static_cast<void>(sound_variant<T>{});
    return std::visit([](const auto& x) { return encoded_size(x); }, value);
  } else if constexpr (is_list<T>()) {
    sizer content;
    for_elements(value, content);
    return prefix_size(content.sum()) + content.sum();
  } else {
    static_assert(has_no_form<T>,
                  "this type has no form in RLP: it needs inspect, or to be another type of those "
                  "in devp2p/net/rlp/shape.hpp");
  }
}

/// Returns `value` in RLP. Throws as `encoded_size` does.
template <class T>
[[nodiscard]] blob encode(const T& value) {
  auto size = encoded_size(value);
  auto data = std::make_shared_for_overwrite<std::uint8_t[]>(size);
  detail::pen{data.get()}.write(value);
  return blob{std::move(data), size};
}

} // namespace devp2p::rlp
