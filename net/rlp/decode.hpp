// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/shape.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

/// RLP as values of C++. `shape.hpp` says which type has which form. Takes the canonical encoding
/// only; a list with more elements than fields is refused, unless the last field is `rlp::rest`.
namespace devp2p::rlp {

/// Why an item is no value of the type that it should be.
struct misfit {
  errc code;
  /// The place, by the names of fields, and what is wrong there: "all[3]: an integer with a leading
  /// zero". Where `inspect` names no fields, they count from 1: "#2[3]".
  std::string text;
};

namespace detail {

/// The form that an item should have.
struct wanted {
  enum class form : std::uint8_t { integer, string, octets, list, alternative };

  form kind;
  /// The largest integer, or the exact number of bytes of a string.
  std::uint64_t bound = std::numeric_limits<std::uint64_t>::max();
};

/// Says what is wrong with the first item of `unread`, which was refused for `code`.
[[nodiscard]] std::string explain(byte_view unread, errc code, wanted what);

/// The state that all readers of one input share.
struct reading {
  /// Bytes of memory for each byte of input that a value may take, and those that it may take in
  /// any case: an empty list of one byte can stand for a large element.
  static constexpr std::size_t max_expansion = 8;
  static constexpr std::size_t free_memory = std::size_t{1} << 20;
  /// The cost of an allocation beyond its bytes.
  static constexpr std::size_t overhead = 48;

  explicit reading(byte_view in) : memory_left(in.size() * max_expansion + free_memory) {}

  /// Records that the value takes so much memory. Fails if it is too much for the input's size.
  [[nodiscard]] bool take_memory(std::size_t size) {
    if (size > memory_left)
      return fail(errc::rlp_too_many_elements, "too many elements for the message's size");
    memory_left -= size;
    return true;
  }

  /// Records the first failure.
  bool fail(errc code, std::string_view what) {
    failure = {code, std::string{what}};
    return false;
  }

  /// Adds to the failure's place the field, or the element, in which it is.
  bool at_field(std::string_view name);
  bool at_element(std::size_t index);

  /// Returns the failure with its place. Precondition: there is one.
  [[nodiscard]] misfit described() const;

  std::size_t memory_left;
  std::optional<misfit> failure;
  std::string place;
  /// The owner of the input; may be null.
  const blob* owner = nullptr;
};

/// Makes the bytes a blob. They share the input's memory if they are a good part of it; otherwise a
/// few bytes would keep all of it.
[[nodiscard]] bool share(byte_view part, blob& out, reading& all);

template <class T>
bool read(decoder& in, T& out, reading& all);

/// Whether the next item may be a `T`, as far as its kind, its size and its tag tell.
template <class T>
bool may_be(byte_view unread) {
  decoder in{unread};
  auto kind = in.next_kind();
  if constexpr (represented<T>) {
    return may_be<typename written_as<T>::type>(unread);
  } else if constexpr (std::same_as<T, raw>) {
    return kind.has_value();
  } else if constexpr (is_list<T>()) {
    if constexpr (tagged<T>) {
      auto fields = in.list();
      return fields.integer() == T::tag && !in.error();
    } else {
      return kind == rlp::kind::list;
    }
  } else {
    auto content = in.string();
    if (in.error())
      return false;
    if constexpr (is_octets<T>)
      return content.size() == array_size<T>;
    else if constexpr (string_like<T>)
      return true;
    else
      return content.size() <= sizeof(T);
  }
}

/// Whether the first item is a list of more elements.
[[nodiscard]] bool is_longer_list(byte_view unread, std::size_t most);
/// Whether the first item is a string of more bytes.
[[nodiscard]] bool is_longer_string(byte_view unread, std::size_t most);

/// Reads what is bounded, if it is not too large.
template <class T, std::size_t Most>
bool read_bounded(decoder& in, bounded<T, Most>& out, reading& all) {
  static_cast<void>(sound_bounded<bounded<T, Most>>{});
  if constexpr (string_like<T>) {
    if (is_longer_string(in.unread(), Most))
      return all.fail(errc::rlp_wrong_size,
                      "a string of more than " + std::to_string(Most) + " bytes");
  } else {
    if (is_longer_list(in.unread(), Most))
      return all.fail(errc::rlp_too_many_elements,
                      "a list of more than " + std::to_string(Most) + " elements");
  }
  return read(in, static_cast<T&>(out), all);
}

/// Reads the fields of one list, in their order.
class field_reader {
public:
  static constexpr bool reads_state = false;
  static constexpr bool writes_state = true;
  using result_type = void;

  field_reader(decoder& in, reading& all) : in_(in), all_(all) {}
  field_reader(const field_reader&) = delete;

  template <class... Ts>
  void named_fields(const char* const (&names)[sizeof...(Ts)], Ts&... fields) {
    check<Ts...>();
    std::size_t i = 0;
    static_cast<void>(((read_field(fields) ? (++i, true) : all_.at_field(names[i])) && ...));
  }

  template <class... Ts>
  void operator()(Ts&&... fields) {
    check<std::remove_cvref_t<Ts>...>();
    [[maybe_unused]] std::size_t number = 0; // There may be no field.
    static_cast<void>((read_numbered(fields, number) && ...));
  }

private:
  template <class... Ts>
  static void check() {
    static_assert(missing_fields_are_last<Ts...>(),
                  "fields that may be missing in RLP must be the last: std::optional, rlp::rest");
  }

  template <class T>
  bool read_numbered(T& field, std::size_t& number) {
    if constexpr (annotation<T>)
      return true;
    else
      return ++number, read_field(field) || all_.at_field("#" + std::to_string(number));
  }

  template <class T>
  bool read_field(T& field) {
    if constexpr (is_optional<T>)
      return in_.at_end() ? (field.reset(), true) : read(in_, field.emplace(), all_);
    else if constexpr (std::same_as<T, rest>)
      return read_rest(field);
    else
      return read(in_, field, all_);
  }

  bool read_rest(rest& out);

  decoder& in_;
  reading& all_;
};

template <class T>
bool read_elements(decoder& in, std::vector<T>& out, reading& all) {
  if constexpr (is_octets<T>)
    out.reserve(in.unread().size() / (array_size<T> + 1));
  while (!in.at_end()) {
    if (!all.take_memory(sizeof(T)))
      return false;
    if (!read(in, out.emplace_back(), all))
      return all.at_element(out.size() - 1);
  }
  return true;
}

template <class T, std::size_t N>
bool read_elements(decoder& in, std::array<T, N>& out, reading& all) {
  for (std::size_t i = 0; i < N; ++i)
    if (!read(in, out[i], all))
      return all.at_element(i);
  return true;
}

template <class... Ts>
bool read_elements(decoder& in, std::tuple<Ts...>& out, reading& all) {
  return std::apply(
    [&](Ts&... xs) {
      std::size_t i = 0;
      return ((read(in, xs, all) ? (++i, true) : all.at_element(i)) && ...);
    },
    out);
}

template <class A, class B>
bool read_elements(decoder& in, std::pair<A, B>& out, reading& all) {
  return (read(in, out.first, all) || all.at_element(0)) &&
         (read(in, out.second, all) || all.at_element(1));
}

template <record T>
bool read_elements(decoder& in, T& out, reading& all) {
  if constexpr (tagged<T>) {
    if (auto tag = in.integer(); in.error() || tag != T::tag)
      return all.fail(in.error().value_or(errc::rlp_wrong_size),
                      "the first element is not " + std::to_string(T::tag));
  }
  field_reader fields{in, all};
  inspect(fields, out);
  return !all.failure;
}

/// Reads a list to its end.
template <class T>
bool read_list(decoder& in, T& out, reading& all) {
  auto unread = in.unread();
  auto elements = in.list();
  if (auto why = in.error())
    return all.fail(*why, explain(unread, *why, {wanted::form::list}));
  if (!read_elements(elements, out, all))
    return false;
  return elements.at_end() ||
         all.fail(errc::rlp_trailing_bytes, "the list has more elements than it should");
}

template <class T, std::size_t I = 0>
bool read_alternative(decoder& in, T& out, reading& all) {
  if constexpr (I == std::variant_size_v<T>) {
    auto unread = in.unread();
    auto why = unread.empty() ? errc::rlp_truncated : errc::rlp_unexpected_kind;
    return all.fail(why, explain(unread, why, {wanted::form::alternative}));
  } else if (may_be<std::variant_alternative_t<I, T>>(in.unread())) {
    return read(in, out.template emplace<I>(), all);
  } else {
    return read_alternative<T, I + 1>(in, out, all);
  }
}

/// Reads an integer of at most `max`.
inline bool read_integer(decoder& in, std::uint64_t max, std::uint64_t& out, reading& all) {
  auto unread = in.unread();
  out = in.integer(max);
  if (auto why = in.error())
    return all.fail(*why, explain(unread, *why, {wanted::form::integer, max}));
  return true;
}

bool read_big_integer(decoder& in, uint256& out, reading& all);

inline bool read_string(decoder& in, byte_view& out, reading& all) {
  auto unread = in.unread();
  out = in.string();
  if (auto why = in.error())
    return all.fail(*why, explain(unread, *why, {wanted::form::string}));
  return true;
}

template <std::size_t N>
bool read_octets(decoder& in, byte_array<N>& out, reading& all) {
  auto unread = in.unread();
  auto content = in.string();
  auto why = in.error();
  if (!why && content.size() != N)
    why = errc::rlp_wrong_size;
  if (why)
    return all.fail(*why, explain(unread, *why, {wanted::form::octets, N}));
  std::copy(content.begin(), content.end(), out.begin());
  return true;
}

bool read_raw(decoder& in, raw& out, reading& all);

template <class T>
bool read_text(decoder& in, T& out, reading& all) {
  byte_view content;
  if (!read_string(in, content, all))
    return false;
  if constexpr (std::same_as<T, blob>)
    return share(content, out, all);
  else
    return (content.empty() || all.take_memory(content.size() + reading::overhead)) &&
           (out.assign(content.begin(), content.end()), true);
}

template <class T>
bool read(decoder& in, T& out, reading& all) {
  if constexpr (is_bounded<T>) {
    return read_bounded(in, out, all);
  } else if constexpr (represented<T>) {
    return read(in, representation<T>::of(out), all);
  } else if constexpr (std::same_as<T, bool> || unsigned_integer<T> || enumeration<T>) {
    using number =
      typename std::conditional_t<enumeration<T>, underlying<T>, std::type_identity<T>>::type;
    std::uint64_t value = 0;
    auto done = read_integer(in, std::numeric_limits<number>::max(), value, all);
    out = static_cast<T>(value);
    return done;
  } else if constexpr (std::same_as<T, uint256>) {
    return read_big_integer(in, out, all);
  } else if constexpr (string_like<T>) {
    return read_text(in, out, all);
  } else if constexpr (is_octets<T>) {
    return read_octets(in, out, all);
  } else if constexpr (std::same_as<T, raw>) {
    return read_raw(in, out, all);
  } else if constexpr (is_variant<T>) {
    static_cast<void>(sound_variant<T>{});
    return read_alternative(in, out, all);
  } else if constexpr (is_list<T>()) {
    return read_list(in, out, all);
  } else {
    static_assert(has_no_form<T>,
                  "this type has no form in RLP: it needs inspect, or to be another type of those "
                  "in devp2p/net/rlp/shape.hpp");
  }
}

template <class T>
expected<T, misfit> decode(byte_view in, const blob* owner, const limits& bounds) {
  decoder items{in, bounds};
  reading all{in};
  all.owner = owner;
  T out{};
  if (read(items, out, all) && !items.at_end())
    all.fail(errc::rlp_trailing_bytes, "bytes follow the item");
  if (all.failure)
    return all.described();
  return out;
}

} // namespace detail

/// Returns the `T` that `in` holds, and nothing else. Allocates no memory for what is not there:
/// the elements of vectors, strings and bytes take at most 8 bytes for each byte of input, and 1
/// MiB. While a vector grows, they may take three times as much.
template <class T>
[[nodiscard]] expected<T, misfit> decode(byte_view in, const limits& bounds = {}) {
  return detail::decode<T>(in, nullptr, bounds);
}

/// Returns the `T` that `in` holds. Fields of type `blob`, `raw` and `rest` that are a good part of
/// `in` share its memory.
template <class T>
[[nodiscard]] expected<T, misfit> decode(const blob& in, const limits& bounds = {}) {
  return detail::decode<T>(in.view(), &in, bounds);
}

} // namespace devp2p::rlp
