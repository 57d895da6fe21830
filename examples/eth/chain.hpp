// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/fork_id.hpp"
#include "eth/header.hpp"
#include "eth/protocol.hpp"
#include "eth/receipt.hpp"

#include "devp2p/messages/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::eth {

/// The blocks of one chain, from the genesis on, in memory, and what a node answers about them.
/// Each block's parent and roots are checked, and nothing is executed.
class chain {
public:
  /// The bounds of an answer. The one in bytes is passed by the last item.
  static constexpr std::size_t max_items = 1'024;
  static constexpr std::size_t enough_bytes = std::size_t{2} << 20;

  /// Precondition: the number of `genesis` is 0.
  explicit chain(sealed_header genesis);

  /// Appends a block. Returns why it is not the next one; then nothing has changed. A block without
  /// receipts is one whose receipts are not known.
  [[nodiscard]] std::optional<std::string> append(const block& next,
                                                  std::optional<std::vector<receipt>> receipts);

  [[nodiscard]] const sealed_header& genesis() const { return blocks_.front().header; }
  [[nodiscard]] const sealed_header& head() const { return blocks_.back().header; }
  [[nodiscard]] chain_height height() const;
  /// The difficulty of all blocks together.
  [[nodiscard]] const uint256& total_difficulty() const { return total_difficulty_; }

  [[nodiscard]] const sealed_header* find(const origin& where) const;

  /// Returns the headers that were asked for, as far as they are there.
  [[nodiscard]] std::vector<rlp::raw> headers(const header_query& query) const;
  /// Returns the bodies of these blocks, up to the first that is unknown.
  [[nodiscard]] std::vector<rlp::raw> bodies(const std::vector<hash>& of) const;
  /// Returns the receipts of these blocks, up to the first whose receipts are unknown, in the form
  /// of that version.
  [[nodiscard]] std::vector<rlp::raw> receipts(const std::vector<hash>& of,
                                               std::uint64_t version) const;

private:
  /// A block as it is served, encoded once and not for each who asks.
  struct entry {
    sealed_header header;
    rlp::raw body;
    /// In the form of eth/66, and of eth/69; nothing if they are not known.
    std::optional<rlp::raw> receipts_66;
    std::optional<rlp::raw> receipts_69;
  };

  [[nodiscard]] const entry* entry_of(const origin& where) const;

  /// The blocks by number.
  std::vector<entry> blocks_;
  std::map<hash, std::uint64_t> numbers_;
  uint256 total_difficulty_;
};

/// Returns the chain of these encodings, or why there is none: all blocks from the genesis on, one
/// after the other, as other clients export them; and for each of these blocks a list of its
/// receipts, as in eth/68, or nothing at all.
[[nodiscard]] expected<chain, std::string> read_chain(byte_view blocks, byte_view receipts);

} // namespace devp2p::eth
