// SPDX-License-Identifier: BSL-1.0
#include "eth/body.hpp"

#include "eth/raw_list.hpp"

#include "devp2p/net/rlp/decode.hpp"

#include <optional>
#include <utility>

namespace devp2p::eth {

namespace {

/// No block has more (Ethereum Yellow Paper, 11.1).
constexpr std::uint64_t max_ommers = 2;
/// Consensus allows 16; chains of tests may have more.
constexpr std::uint64_t max_withdrawals = 256;

struct lists {
  raw_list transactions = {};
  raw_list ommers = {};
  std::optional<raw_list> withdrawals = {};

  friend auto inspect(auto& f, lists& x) {
    return inspect_fields(f, {"transactions", "ommers", "withdrawals"}, x.transactions, x.ommers,
                          x.withdrawals);
  }
};

expected<block_body, std::string> no_body(const std::string& why) {
  return "a body makes no sense: " + why;
}

} // namespace

expected<block_body, std::string> read_body(const rlp::raw& encoding,
                                            std::uint32_t max_transactions) {
  auto all = rlp::decode<lists>(encoding.item);
  if (!all)
    return no_body(all.error().text);
  auto transactions = all->transactions.items(max_transactions);
  if (!transactions)
    return no_body("more transactions than its block can have");
  auto ommers = all->ommers.items(max_ommers);
  if (!ommers)
    return no_body("more than 2 ommers");
  block_body out{std::move(*transactions), std::move(*ommers)};
  if (!all->withdrawals)
    return out;
  auto withdrawals = all->withdrawals->items(max_withdrawals);
  if (!withdrawals)
    return no_body("more than 256 withdrawals");
  out.withdrawals.emplace();
  for (const auto& item : *withdrawals) {
    auto one = rlp::decode<withdrawal>(item.item);
    if (!one)
      return no_body("withdrawals: " + one.error().text);
    out.withdrawals->push_back(*one);
  }
  return out;
}

} // namespace devp2p::eth
