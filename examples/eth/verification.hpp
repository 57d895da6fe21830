// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/header.hpp"
#include "eth/protocol.hpp"
#include "eth/receipt.hpp"

#include "devp2p/messages/expected.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Whether what a remote answers is what was asked for.
namespace devp2p::eth {

/// Returns why these headers are no answer to that query; `nullopt` if they are one, to which fewer
/// headers than asked for are no hindrance.
[[nodiscard]] std::optional<std::string> mismatch(const header_query& query,
                                                  const std::vector<sealed_header>& answer);

/// Whether `child` says that `parent` is its parent.
[[nodiscard]] bool follows(const sealed_header& child, const sealed_header& parent);

/// The hashes by which a header knows the body of its block.
struct body_roots {
  hash ommers{};
  /// None if one of the transactions can be none.
  std::optional<hash> transactions = {};
  std::optional<hash> withdrawals = {};
};

[[nodiscard]] body_roots roots_of(const block_body& body);
/// Returns what a header says of the receipts of its block.
[[nodiscard]] hash roots_of(const std::vector<receipt>& all);

/// Whether the block with this header has a body, or receipts, with these roots.
[[nodiscard]] bool fits(const header& head, const body_roots& roots);
[[nodiscard]] bool fits(const header& head, const hash& receipts);

/// Returns for each header the body, or the receipts, that fit it, or nothing if the remote has
/// none; or why the items are no answer. They stand in the order of the headers.
template <class Item>
[[nodiscard]] expected<std::vector<std::optional<Item>>, std::string>
matched(const std::vector<sealed_header>& headers, std::vector<Item> items) {
  std::vector<std::optional<Item>> out(headers.size());
  std::size_t at = 0;
  for (auto& item : items) {
    const auto roots = roots_of(item);
    while (at < headers.size() && !fits(headers[at].fields, roots))
      ++at;
    if (at == headers.size())
      return std::string{"the roots of an item are those of no header that was asked for"};
    out[at++] = std::move(item);
  }
  return out;
}

} // namespace devp2p::eth
