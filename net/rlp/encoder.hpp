// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace devp2p::rlp {

/// Appends items of RLP to a buffer (Ethereum Yellow Paper, appendix B), always in canonical form.
///
///     rlp::encoder out{buffer};
///     out.list([&] {
///       out.integer(5);
///       out.string("name");
///       out.list([&] { out.integer(1); });
///     });
///
/// Only appends: the buffer keeps what it held before. No other code may change the buffer between
/// calls, and it must outlive the encoder. Not thread-safe.
class encoder {
public:
  explicit encoder(bytes& out) : out_(out) {}

  void string(byte_view content);
  void string(std::string_view content) { string(as_bytes(content)); }
  /// Appends the shortest big-endian string; zero is the empty one.
  void integer(std::uint64_t value);
  /// Appends a list of the items that `content()` writes to this encoder.
  ///
  /// The length is put in front once it is known: a byte moves at most once for each list of more
  /// than 55 bytes around it, however many items there are.
  template <class Content>
  void list(Content&& content) {
    auto start = open_list();
    content();
    close_list(start);
  }
  /// Appends an item that is encoded already, unchecked.
  void raw(byte_view item);

private:
  std::size_t open_list();
  void close_list(std::size_t start);

  bytes& out_;
};

} // namespace devp2p::rlp
