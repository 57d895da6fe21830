// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/protocol.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace devp2p::eth {

/// A transaction as it was encoded: one without a type is a list, and any other a string that
/// begins with its type (EIP-2718). What it says is for whoever executes it.
class transaction {
public:
  static constexpr std::uint8_t blob_type = 3;

  /// Returns the transaction; `nullopt` if its type is none of 0 to 4, or if it has other fields
  /// than its type has. Who has signed it, and whether it can be executed, is not looked at.
  [[nodiscard]] static std::optional<transaction> read(const rlp::raw& encoding);

  /// Returns the type; 0 if it has none.
  [[nodiscard]] std::uint8_t type() const;
  /// Returns what its hash is made of, and what stands in the trie of a block.
  [[nodiscard]] byte_view content() const { return content_; }
  /// Returns the hash, which does not depend on blobs that come with it.
  [[nodiscard]] eth::hash hash() const;
  /// Whether it comes with its blobs (EIP-4844), as it must outside of blocks.
  [[nodiscard]] bool has_blobs() const;
  /// Returns it as it stands in messages.
  [[nodiscard]] const rlp::raw& encoding() const { return encoding_; }

private:
  transaction(const rlp::raw& encoding, byte_view content)
    : encoding_(encoding),
      content_(content) {}

  [[nodiscard]] byte_view without_blobs() const;

  rlp::raw encoding_;
  /// A part of the encoding, whose memory copies share.
  byte_view content_;
};

/// Returns the root of the trie of these transactions, be their types known here or not; `nullopt`
/// if one of them can be none.
[[nodiscard]] std::optional<hash> transactions_root(const std::vector<rlp::raw>& all);

} // namespace devp2p::eth
