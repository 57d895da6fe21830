// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/chain.hpp"
#include "eth/status.hpp"
#include "eth/transaction.hpp"
#include "eth/verification.hpp"

#include "devp2p/messages/expected.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace devp2p::test {

/// Returns the value, which must be there.
template <class T>
T taken(expected<T, std::string> what) {
  BOOST_REQUIRE_MESSAGE(what, (what ? "" : what.error()));
  return *what;
}

/// Returns the items of a list, of which there must be few.
inline std::vector<rlp::raw> items_of(const eth::raw_list& all) {
  auto out = all.items(10'000);
  BOOST_REQUIRE(out.has_value());
  return *out;
}

/// Returns a transaction without a type, or with type 2, that differs from others in its numbers.
/// It cannot be executed.
inline rlp::raw sample_transaction(std::uint64_t nonce, std::uint64_t value, bool typed = false,
                                   const bytes& data = {}) {
  constexpr std::uint64_t one = 1;
  constexpr std::uint64_t gas = 21'000;
  const byte_array<20> to{7};
  if (!typed)
    return {rlp::encode(std::tuple{nonce, one, gas, to, value, data, one, one, one})};
  const std::vector<rlp::raw> accesses;
  auto list =
    rlp::encode(std::tuple{one, nonce, one, one, gas, to, value, data, accesses, one, one, one});
  bytes content{2};
  content.insert(content.end(), list.view().begin(), list.view().end());
  return {rlp::encode(content)};
}

inline eth::receipt sample_receipt(std::uint64_t number, const rlp::raw& of) {
  eth::log log{{1, 2, 3}, {eth::hash{4}, eth::hash{5}}, bytes(static_cast<std::size_t>(number))};
  return {eth::transaction::read(of)->type(), number % 2 != 0 ? bytes{1} : bytes{}, 21'000, {log}};
}

/// A block of a sample chain, and its receipts.
struct sample_block {
  eth::block block;
  std::vector<eth::receipt> receipts;
};

inline eth::sealed_header sample_genesis(std::uint8_t extra = 0) {
  const eth::block_body empty;
  eth::header out;
  out.ommers = eth::roots_of(empty).ommers;
  out.transactions = *eth::roots_of(empty).transactions;
  out.receipts = eth::receipts_root({});
  out.difficulty = 131'072;
  out.time = 1'000;
  out.extra = {extra};
  return eth::seal(out);
}

/// Returns a child of `parent`, with none to three transactions, and from number 10 on withdrawals.
inline sample_block sample_child(const eth::sealed_header& parent) {
  const auto number = parent.fields.number + 1;
  eth::block_body body;
  std::vector<eth::receipt> receipts;
  for (std::uint64_t i = 0; i < number % 4; ++i) {
    body.transactions.push_back(sample_transaction(number, i, i == 1));
    receipts.push_back(sample_receipt(number, body.transactions.back()));
  }
  if (number % 5 == 0)
    body.ommers.push_back(sample_genesis(2).encoding);
  if (number >= 10)
    body.withdrawals = {{number, 7, {0xdd}, 1'000}};
  const auto roots = eth::roots_of(body);
  auto header = parent.fields;
  header.parent = parent.hash;
  header.number = number;
  header.time += 10;
  header.ommers = roots.ommers;
  header.transactions = *roots.transactions;
  header.withdrawals = roots.withdrawals;
  if (number >= 10)
    header.base_fee = 7;
  header.receipts = eth::receipts_root(receipts);
  header.gas_used = 21'000 * receipts.size();
  return {{eth::seal(header).encoding, body.transactions, body.ommers, body.withdrawals}, receipts};
}

/// Returns a chain with a head of that number. Those that differ in `extra` have no block in
/// common.
inline eth::chain sample_chain(std::uint64_t head, std::uint8_t extra = 0) {
  eth::chain out{sample_genesis(extra)};
  while (out.head().fields.number < head) {
    auto next = sample_child(out.head());
    auto why = out.append(next.block, next.receipts);
    BOOST_REQUIRE_MESSAGE(!why, why.value_or(""));
  }
  return out;
}

/// Returns a chain of blocks that have one transaction of that size each, and no known receipts.
inline eth::chain large_chain(std::uint64_t head, std::size_t size) {
  eth::chain out{sample_genesis()};
  eth::block_body body;
  body.transactions = {{rlp::encode(bytes(size, std::uint8_t{1}))}};
  while (out.head().fields.number < head) {
    auto header = out.head().fields;
    header.parent = out.head().hash;
    ++header.number;
    header.gas_used = 21'000;
    header.transactions = *eth::roots_of(body).transactions;
    BOOST_REQUIRE(!out.append({eth::seal(header).encoding, body.transactions}, std::nullopt));
  }
  return out;
}

/// Returns the sample chain as a node serves it, with forks at block 5 and, after the first blocks,
/// by time.
inline eth::served_chain served_sample(std::uint64_t head, std::uint8_t extra = 0,
                                       std::uint64_t network = 1337) {
  auto blocks = sample_chain(head, extra);
  return {network, eth::fork_schedule{blocks.genesis().hash, {5}, {1'200}, 1'000}, blocks};
}

/// Returns the headers of these numbers.
inline std::vector<eth::sealed_header> headers_of(const eth::chain& from, std::uint64_t first,
                                                  std::uint64_t last) {
  std::vector<eth::sealed_header> out;
  for (auto number = first; number <= last; ++number)
    out.push_back(*from.find(number));
  return out;
}

} // namespace devp2p::test
