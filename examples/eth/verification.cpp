// SPDX-License-Identifier: BSL-1.0
#include "eth/verification.hpp"

#include "eth/body.hpp"
#include "eth/raw_list.hpp"
#include "eth/trie_root.hpp"

#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <algorithm>

namespace devp2p::eth {

namespace {

/// Returns the item in memory of its own. As a view into the remote's message it would keep all of
/// that, and the session's window full.
rlp::raw copy_of(const rlp::raw& item) {
  return {blob{item.item.view()}};
}

/// Something that a block pays for with gas.
struct ware {
  std::uint64_t gas;
  // A header may say what it likes, and so there are other bounds: for one block, and for all of an
  // answer, which ends soon after 2 MiB.
  std::uint32_t most_of_block;
  std::uint32_t most;
};

/// 344 million of gas pay for so many transactions of a block.
constexpr std::uint32_t most_transactions = 1 << 14;
constexpr ware transactions_of_answer{21'000, most_transactions, 1 << 16};
constexpr ware receipts_of_answer{21'000, most_transactions, 1 << 15};
constexpr ware logs_of_answer{375, 1 << 18, 1 << 18};

/// Returns how many of these the block with this header has, at most. Refunds gave back half of
/// what a transaction has used, before London.
std::uint32_t bought(const sealed_header& by, const ware& what) {
  return static_cast<std::uint32_t>(
    std::min<std::uint64_t>(by.fields.gas_used / (what.gas / 2), what.most_of_block));
}

std::uint32_t bought(const sealed_headers& by, const ware& what) {
  std::uint32_t out = 0;
  for (const auto& one : by)
    out = std::min(out + bought(one, what), what.most);
  return out;
}

std::string too_many(const std::string& items) {
  return "more " + items + " than were asked for, or no list of them";
}

bool is_at(const origin& where, const sealed_header& head) {
  if (const auto* number = std::get_if<std::uint64_t>(&where))
    return head.fields.number == *number;
  return head.hash == std::get<hash>(where);
}

/// Whether `skip` blocks lie between the two. In this form nothing overflows.
bool are_apart(std::uint64_t lower, std::uint64_t higher, std::uint64_t skip) {
  return lower < higher && higher - lower - 1 == skip;
}

std::optional<hash> withdrawals_root(const block_body& body) {
  if (!body.withdrawals)
    return std::nullopt;
  std::vector<bytes> values;
  for (const auto& one : *body.withdrawals) {
    auto value = rlp::encode(one);
    values.emplace_back(value.view().begin(), value.view().end());
  }
  return trie_root(std::vector<byte_view>{values.begin(), values.end()});
}

} // namespace

checked<sealed_headers> check(const header_query& asked, const block_headers& answer) {
  auto items = answer.headers.items(asked.limit);
  if (!items)
    return too_many("headers");
  sealed_headers out; // Grows with what makes sense: an item of one byte is no header.
  for (const auto& item : *items) {
    auto header = read_header(copy_of(item));
    if (!header)
      return header.error();
    out.push_back(std::move(*header));
  }
  if (auto why = mismatch(asked, out))
    return *why;
  return out;
}

checked<found_bodies> check(const sealed_headers& asked, const block_bodies& answer) {
  auto items = answer.bodies.items(asked.size());
  if (!items)
    return too_many("bodies");
  auto left = max_transactions(asked);
  std::vector<block_body> out;
  for (const auto& item : *items) {
    auto body = read_body(copy_of(item), left);
    if (!body)
      return body.error();
    left -= static_cast<std::uint32_t>(body->transactions.size());
    out.push_back(std::move(*body));
  }
  return matched(asked, std::move(out));
}

checked<found_receipts> check(const sealed_headers& asked, const receipts& answer,
                              std::uint64_t version) {
  auto blocks = answer.blocks.items(asked.size());
  if (!blocks)
    return too_many("blocks' receipts");
  auto left = max_receipts(asked);
  auto logs_left = max_logs(asked);
  std::vector<std::vector<receipt>> out;
  for (const auto& block : *blocks) {
    auto items = raw_list{block}.items(left);
    if (!items)
      return std::string{"more receipts than their blocks can have, or no list of them"};
    left -= static_cast<std::uint32_t>(items->size());
    auto& all = out.emplace_back();
    for (const auto& item : *items) {
      auto one = read_receipt(item, version, logs_left);
      if (!one)
        return one.error();
      logs_left -= static_cast<std::uint32_t>(one->logs.size());
      all.push_back(std::move(*one));
    }
  }
  return matched(asked, std::move(out));
}

/// Some may be missing, but they keep the order in which they were asked for.
checked<found_transactions> check(const std::vector<hash>& asked,
                                  const pooled_transactions& answer) {
  auto items = answer.transactions.items(asked.size());
  if (!items)
    return too_many("transactions");
  found_transactions out;
  auto at = asked.begin();
  for (const auto& item : *items) {
    auto one = transaction::read(copy_of(item));
    if (!one)
      return std::string{"a transaction makes no sense"};
    at = std::find(at, asked.end(), one->hash());
    if (at == asked.end())
      return std::string{"a transaction was not asked for"};
    ++at;
    if (one->type() == transaction::blob_type && !one->has_blobs())
      return std::string{"a transaction comes without its blobs"};
    out.push_back(std::move(*one));
  }
  return out;
}

std::uint32_t max_transactions(const sealed_headers& of) {
  return bought(of, transactions_of_answer);
}

std::uint32_t max_receipts(const sealed_headers& of) {
  return bought(of, receipts_of_answer);
}

std::uint32_t max_logs(const sealed_headers& of) {
  return bought(of, logs_of_answer);
}

sealed_headers with_receipts_of_one_answer(const sealed_headers& of) {
  std::uint32_t sum = 0;
  auto end = std::find_if(of.begin(), of.end(), [&](const sealed_header& one) {
    sum += bought(one, receipts_of_answer);
    return sum > receipts_of_answer.most;
  });
  return {of.begin(), end};
}

std::optional<std::string> mismatch(const header_query& query, const sealed_headers& answer) {
  if (answer.size() > query.limit)
    return "more headers than were asked for";
  if (!answer.empty() && !is_at(query.origin, answer.front()))
    return "the first header is another than was asked for";
  for (std::size_t i = 1; i < answer.size(); ++i) {
    const auto& lower = answer[query.reverse ? i : i - 1];
    const auto& higher = answer[query.reverse ? i - 1 : i];
    if (!are_apart(lower.fields.number, higher.fields.number, query.skip))
      return "a header has another number than was asked for";
    if (query.skip == 0 && !follows(higher, lower))
      return "a header is not the parent of the next one";
  }
  return std::nullopt;
}

bool follows(const sealed_header& child, const sealed_header& parent) {
  return child.fields.parent == parent.hash && child.fields.number == parent.fields.number + 1;
}

body_roots roots_of(const block_body& body) {
  return {crypto::keccak256::of({rlp::encode(body.ommers).view()}),
          transactions_root(body.transactions), withdrawals_root(body)};
}

hash roots_of(const std::vector<receipt>& all) {
  return receipts_root(all);
}

bool fits(const header& head, const body_roots& roots) {
  return head.ommers == roots.ommers && head.transactions == roots.transactions &&
         head.withdrawals == roots.withdrawals;
}

bool fits(const header& head, const hash& receipts) {
  return head.receipts == receipts;
}

} // namespace devp2p::eth
