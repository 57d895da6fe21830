// SPDX-License-Identifier: BSL-1.0
#include "eth/verification.hpp"

#include "eth/transaction.hpp"
#include "eth/trie_root.hpp"

#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlp/encode.hpp"

namespace devp2p::eth {

namespace {

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
  return trie_root(values);
}

} // namespace

std::optional<std::string> mismatch(const header_query& query,
                                    const std::vector<sealed_header>& answer) {
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
