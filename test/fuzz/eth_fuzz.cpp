// SPDX-License-Identifier: BSL-1.0

// Goal: whatever a stranger sends as a header, a receipt, a transaction or a body of Ethereum, the
// example takes its only encoding, and reckons hashes and roots of nothing that it has refused.
//
// Method: reads the input as each of them. What is taken is written again, and must be the input; a
// receipt is also written in the form of other versions, and must be the same when it is read
// there.

#include "target.hpp"

#include "eth/body.hpp"
#include "eth/header.hpp"
#include "eth/receipt.hpp"
#include "eth/transaction.hpp"
#include "eth/verification.hpp"

#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <algorithm>

namespace devp2p::fuzz::eth_target {

namespace {

void require_same(byte_view x, byte_view y) {
  require(std::equal(x.begin(), x.end(), y.begin(), y.end()));
}

void check_header(const rlp::raw& input) {
  if (auto header = eth::read_header(input)) {
    auto again = eth::seal(header->fields);
    require_same(again.encoding.item.view(), input.item.view());
    require(again.hash == header->hash);
  }
}

void check_receipt(const rlp::raw& input, std::uint64_t version, std::uint64_t other) {
  auto receipt = eth::read_receipt(input, version);
  if (!receipt)
    return;
  require_same(eth::write_receipt(*receipt, version).item.view(), input.item.view());
  auto elsewhere = eth::read_receipt(eth::write_receipt(*receipt, other), other);
  require(bool{elsewhere});
  require(eth::receipts_root({*elsewhere}) == eth::receipts_root({*receipt}));
}

void check_transaction(const rlp::raw& input) {
  auto one = eth::transaction::read(input);
  if (!one)
    return;
  require(eth::transactions_root({input}).has_value());
  require(one->type() <= 4);
  require(one->type() == eth::transaction::blob_type || !one->has_blobs());
  auto copy = eth::transaction::read(one->encoding());
  require(copy && copy->hash() == one->hash());
}

constexpr std::uint32_t max_transactions = 100;

void check_body(byte_view input) {
  auto body = eth::read_body({blob{input}}, max_transactions);
  auto again = rlp::decode<eth::block_body>(input);
  require(!body || again);
  if (!body)
    return;
  require(body->transactions == again->transactions && body->ommers == again->ommers);
  require(body->transactions.size() <= max_transactions && body->ommers.size() <= 2);
  require_same(rlp::encode(*body).view(), input);
  auto roots = eth::roots_of(*body);
  require(roots.withdrawals.has_value() == body->withdrawals.has_value());
  eth::header head;
  head.ommers = roots.ommers;
  head.withdrawals = roots.withdrawals;
  head.transactions = roots.transactions.value_or(eth::hash{});
  require(eth::fits(head, roots) == roots.transactions.has_value());
}

int run(const std::uint8_t* data, std::size_t size) {
  const byte_view input{data, size};
  check_body(input);
  // Transactions and receipts are items when they are looked into, of which a list is not checked.
  rlp::decoder in{input};
  in.skip();
  in.expect_end();
  if (in.error())
    return 0;
  const rlp::raw item{blob{input}};
  check_header(item);
  check_receipt(item, 68, 69);
  check_receipt(item, 69, 68);
  check_transaction(item);
  return 0;
}

} // namespace

static const target registered{"eth", run};

} // namespace devp2p::fuzz::eth_target
