// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace devp2p::rlp {

/// What an item of RLP is (Ethereum Yellow Paper, appendix B).
enum class kind : std::uint8_t { string, list };

/// How much nesting and how many items a decoder takes before it gives up.
struct limits {
  /// Lists within lists. The outermost list counts as one.
  std::uint8_t max_depth = 16;
  /// Items of all lists together, the lists themselves included. An item takes at least one octet,
  /// so that the input bounds them in any case.
  std::size_t max_elements = std::numeric_limits<std::size_t>::max();
};

/// Reads the items of RLP one after another, as views into the input: nothing is copied.
///
/// Takes the canonical encoding only. The first failure stays: from then on every verb, of this
/// decoder and of all that came from one outermost decoder, yields nothing, and `at_end` is true so
/// that loops end. A parser reads straight on and asks for the `error` once, before it believes
/// what it read:
///
///     rlp::decoder in{payload};
///     auto list = in.list();
///     auto version = list.integer();
///     auto name = list.string(32);
///     if (auto why = in.error())
///       return *why;
///
/// What is not read of a list is skipped unseen. Decoders stay where they are; none may outlive the
/// outermost, and that one not the input. Not thread-safe.
class decoder {
public:
  explicit decoder(byte_view in, const limits& bounds = {});
  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  /// The items of the list that comes next. Not of a temporary: the result refers to the outermost.
  [[nodiscard]] decoder list() &;
  /// The string that comes next, at most `max_size` octets long.
  [[nodiscard]] byte_view string(std::size_t max_size = std::numeric_limits<std::size_t>::max());
  /// The string that comes next, which must have `N` octets; zeros after a failure.
  template <std::size_t N>
  [[nodiscard]] byte_array<N> array() {
    byte_array<N> out{};
    fill(out);
    return out;
  }
  /// The integer that comes next, at most `max`; zero after a failure.
  [[nodiscard]] std::uint64_t
  integer(std::uint64_t max = std::numeric_limits<std::uint64_t>::max());
  /// The item that comes next as it is encoded. If it is a list, what is in it was not looked at.
  [[nodiscard]] byte_view raw();
  /// Passes over the item that comes next. If it is a list, what is in it is not looked at.
  void skip();
  /// Fails with `errc::rlp_trailing_bytes` unless everything has been read.
  void expect_end();

  /// What comes next; nothing at the end and after a failure.
  [[nodiscard]] std::optional<kind> next_kind() const;
  /// Whether everything has been read, or reading has failed.
  [[nodiscard]] bool at_end() const;
  /// Why reading failed first, here or in any decoder of the same outermost one.
  [[nodiscard]] std::optional<errc> error() const;

private:
  struct item {
    kind type = kind::string;
    byte_view encoding;
    byte_view payload;
  };

  decoder(byte_view payload, decoder& parent);

  static std::optional<errc> split(byte_view in, item& first);
  std::optional<item> next();
  byte_view next_payload(kind wanted);
  void fill(mutable_byte_view out);
  void fail(errc why);

  byte_view rest_;
  std::uint8_t depth_left_;
  /// Its two members below count for all that came from it.
  decoder* outermost_;
  std::size_t elements_left_;
  std::optional<errc> failure_;
};

/// Why `in` is not exactly one item, canonical through all its depth; nothing if it is.
[[nodiscard]] std::optional<errc> validate(byte_view in, const limits& bounds = {});

} // namespace devp2p::rlp
