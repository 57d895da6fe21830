// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/errc.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace devp2p::rlp {

/// The kind of an RLP item (Ethereum Yellow Paper, appendix B).
enum class kind : std::uint8_t { string, list };

/// The limits beyond which a decoder fails.
struct limits {
  /// The maximum depth of lists within lists. The outermost list counts as one.
  std::uint8_t max_depth = 16;
  /// The maximum number of items of all lists together, the lists themselves included. An item
  /// takes at least one byte, so that the input bounds them in any case.
  std::size_t max_elements = std::numeric_limits<std::size_t>::max();
};

/// Reads the items of RLP one after another, as views into the input: nothing is copied.
///
/// Takes the canonical encoding only. The first failure stays: from then on every function, of this
/// decoder and of all that came from one outermost decoder, returns an empty result, and `at_end`
/// is true so that loops end. A parser reads straight on and checks `error` once, before it
/// believes what it read:
///
///     rlp::decoder in{payload};
///     auto list = in.list();
///     auto version = list.integer();
///     auto name = list.string(32);
///     if (auto why = in.error())
///       return *why;
///
/// Items of a list that are not read are skipped unchecked. Decoders are neither copied nor moved.
/// None may outlive the outermost one, which must not outlive the input. Not thread-safe.
class decoder {
public:
  explicit decoder(byte_view in, const limits& bounds = {});
  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  /// Returns the items of the next list. Not of a temporary: the result refers to the outermost.
  [[nodiscard]] decoder list() &;
  /// Returns the next string, at most `max_size` bytes long; an empty one after a failure.
  [[nodiscard]] byte_view string(std::size_t max_size = std::numeric_limits<std::size_t>::max());
  /// Returns the next string, which must have `N` bytes; zeros after a failure.
  template <std::size_t N>
  [[nodiscard]] byte_array<N> array() {
    byte_array<N> out{};
    fill(out);
    return out;
  }
  /// Returns the next integer, at most `max`; zero after a failure.
  [[nodiscard]] std::uint64_t
  integer(std::uint64_t max = std::numeric_limits<std::uint64_t>::max());
  /// Returns the next item as it is encoded. If it is a list, its content is not checked.
  [[nodiscard]] byte_view raw();
  /// Passes over the next item. If it is a list, its content is not checked.
  void skip();
  /// Fails with `errc::rlp_trailing_bytes` unless everything has been read.
  void expect_end();

  /// Returns the kind of the next item; `nullopt` at the end and after a failure.
  [[nodiscard]] std::optional<kind> next_kind() const;
  /// Returns what has not been read, as it is encoded.
  [[nodiscard]] byte_view unread() const { return rest_; }
  /// Returns whether everything has been read, or reading has failed.
  [[nodiscard]] bool at_end() const { return rest_.empty() || outermost_->failure_; }
  /// Returns why reading failed first, here or in any decoder of the same outermost one.
  [[nodiscard]] std::optional<errc> error() const { return outermost_->failure_; }

private:
  struct item {
    kind type = kind::string;
    byte_view encoding;
    byte_view payload;
  };

  decoder(byte_view payload, decoder& parent);

  static std::optional<errc> split(byte_view in, item& first);
  /// Takes the next item. Returns false after a failure; `first` is then of no use.
  bool next(item& first);
  byte_view next_payload(kind wanted);
  void fill(mutable_byte_view out);
  void fail(errc why);

  byte_view rest_;
  std::uint8_t depth_left_;
  /// The decoder that this one came from, whose two members below count for all that came from it.
  decoder* outermost_;
  std::size_t elements_left_;
  std::optional<errc> failure_;
};

/// Returns why `in` is not exactly one item, canonical through all its depth; `nullopt` if it is.
[[nodiscard]] std::optional<errc> validate(byte_view in, const limits& bounds = {});

} // namespace devp2p::rlp
