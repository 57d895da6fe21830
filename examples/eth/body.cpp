// SPDX-License-Identifier: BSL-1.0
#include "eth/body.hpp"

#include "eth/raw_list.hpp"

#include "devp2p/net/rlp/bounded.hpp"
#include "devp2p/net/rlp/decode.hpp"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace devp2p::eth {

namespace {

/// No block has more (Ethereum Yellow Paper, 11.1).
constexpr std::size_t max_ommers = 2;
/// Consensus allows 16; chains of tests may have more.
constexpr std::size_t max_withdrawals = 256;

struct lists {
  raw_list transactions = {};
  rlp::bounded<std::vector<rlp::raw>, max_ommers> ommers = {};
  std::optional<rlp::bounded<std::vector<withdrawal>, max_withdrawals>> withdrawals = {};

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
  return block_body{std::move(*transactions), std::move(all->ommers), std::move(all->withdrawals)};
}

} // namespace devp2p::eth
