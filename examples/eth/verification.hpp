// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/header.hpp"
#include "eth/protocol.hpp"
#include "eth/receipt.hpp"
#include "eth/transaction.hpp"

#include "devp2p/messages/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Whether what a remote answers is what was asked for.
namespace devp2p::eth {

using sealed_headers = std::vector<sealed_header>;
/// For each header the body; nothing if the remote has none.
using found_bodies = std::vector<std::optional<block_body>>;
/// For each header the receipts; nothing if the remote has none.
using found_receipts = std::vector<std::optional<std::vector<receipt>>>;
using found_transactions = std::vector<transaction>;

template <class T>
using checked = expected<T, std::string>;

// Each returns what an answer holds, in memory of its own, or why it is none. Nothing is looked
// into before it is known that there are no more items than there may be.

[[nodiscard]] checked<sealed_headers> check(const header_query& asked, const block_headers& answer);
[[nodiscard]] checked<found_bodies> check(const sealed_headers& asked, const block_bodies& answer);
[[nodiscard]] checked<found_receipts> check(const sealed_headers& asked, const receipts& answer,
                                            std::uint64_t version);
[[nodiscard]] checked<found_transactions> check(const std::vector<hash>& asked,
                                                const pooled_transactions& answer);

// The number of transactions, of receipts, and of logs, that an answer for the blocks with these
// headers has at most: each takes gas.

[[nodiscard]] std::uint32_t max_transactions(const sealed_headers& of);
[[nodiscard]] std::uint32_t max_receipts(const sealed_headers& of);
[[nodiscard]] std::uint32_t max_logs(const sealed_headers& of);

/// Returns those of the headers, from the first on, whose receipts one answer may have: the root of
/// many small ones costs far more than their bytes.
[[nodiscard]] sealed_headers with_receipts_of_one_answer(const sealed_headers& of);

/// Returns why these headers are no answer to that query; `nullopt` if they are one, to which fewer
/// headers than asked for are no hindrance.
[[nodiscard]] std::optional<std::string> mismatch(const header_query& query,
                                                  const sealed_headers& answer);

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
matched(const sealed_headers& headers, std::vector<Item> items) {
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
