// SPDX-License-Identifier: BSL-1.0
#include "eth/chain.hpp"

#include "eth/verification.hpp"

#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <algorithm>

namespace devp2p::eth {

namespace {

/// Adds modulo 2^256.
uint256 sum(const uint256& a, const uint256& b) {
  uint256 out;
  unsigned carry = 0;
  for (auto i = uint256::size; i-- > 0; carry >>= 8) {
    carry += a.big_endian[i] + b.big_endian[i];
    out.big_endian[i] = static_cast<std::uint8_t>(carry);
  }
  return out;
}

/// An answer that grows until it is large enough.
struct growing_answer {
  std::vector<rlp::raw> items;
  std::size_t size = 0;

  void add(const rlp::raw& item) {
    size += item.item.size();
    items.push_back(item);
  }

  [[nodiscard]] bool is_full() const {
    return items.size() >= chain::max_items || size > chain::enough_bytes;
  }
};

rlp::raw encoded(const std::vector<receipt>& all, std::uint64_t version) {
  std::vector<rlp::raw> out;
  for (const auto& one : all)
    out.push_back(write_receipt(one, version));
  return {rlp::encode(out)};
}

/// Returns the number of the next header that was asked for; `nullopt` if there is none.
std::optional<std::uint64_t> next_number(const header_query& query, std::uint64_t number,
                                         std::uint64_t head) {
  // The sums overflow for the largest values, which strangers send.
  auto room = query.reverse ? number : head - number;
  if (query.skip >= room)
    return std::nullopt;
  return query.reverse ? number - query.skip - 1 : number + query.skip + 1;
}

} // namespace

chain::chain(sealed_header genesis) {
  block_body body;
  if (genesis.fields.withdrawals)
    body.withdrawals.emplace();
  const rlp::raw none{rlp::encode(std::vector<rlp::raw>{})};
  entry first{std::move(genesis), {rlp::encode(body)}, none, none};
  numbers_.emplace(first.header.hash, 0);
  total_difficulty_ = first.header.fields.difficulty;
  blocks_.push_back(std::move(first));
}

std::optional<std::string> chain::append(const block& next,
                                         std::optional<std::vector<receipt>> receipts) {
  auto header = read_header(next.header);
  if (!header)
    return header.error();
  block_body body{next.transactions, next.ommers, next.withdrawals};
  if (!follows(*header, head()))
    return "its parent is another";
  if (!fits(header->fields, roots_of(body)))
    return "the roots in its header are not those of its body";
  if (receipts && !fits(header->fields, roots_of(*receipts)))
    return "the root in its header is not that of its receipts";
  entry added{std::move(*header), {rlp::encode(body)}, {}, {}};
  if (receipts) {
    added.receipts_66 = encoded(*receipts, 66);
    added.receipts_69 = encoded(*receipts, 69);
  }
  numbers_.emplace(added.header.hash, added.header.fields.number);
  total_difficulty_ = sum(total_difficulty_, added.header.fields.difficulty);
  blocks_.push_back(std::move(added));
  return std::nullopt;
}

chain_height chain::height() const {
  return {head().fields.number, head().fields.time};
}

const sealed_header* chain::find(const origin& where) const {
  const auto* found = entry_of(where);
  return found ? &found->header : nullptr;
}

std::vector<rlp::raw> chain::headers(const header_query& query) const {
  growing_answer out;
  const auto* first = find(query.origin);
  auto number = first ? std::optional{first->fields.number} : std::nullopt;
  while (number && out.items.size() < query.limit && !out.is_full()) {
    out.add(blocks_[*number].header.encoding);
    number = next_number(query, *number, head().fields.number);
  }
  return std::move(out.items);
}

std::vector<rlp::raw> chain::bodies(const std::vector<hash>& of) const {
  growing_answer out;
  for (const auto& hash : of) {
    const auto* found = entry_of(hash);
    if (!found || out.is_full())
      break;
    out.add(found->body);
  }
  return std::move(out.items);
}

std::vector<rlp::raw> chain::receipts(const std::vector<hash>& of, std::uint64_t version) const {
  growing_answer out;
  for (const auto& hash : of) {
    const auto* found = entry_of(hash);
    if (!found || !found->receipts_69 || out.is_full())
      break;
    out.add(version < 69 ? *found->receipts_66 : *found->receipts_69);
  }
  return std::move(out.items);
}

const chain::entry* chain::entry_of(const origin& where) const {
  if (const auto* number = std::get_if<std::uint64_t>(&where))
    return *number < blocks_.size() ? &blocks_[*number] : nullptr;
  auto found = numbers_.find(std::get<hash>(where));
  return found == numbers_.end() ? nullptr : &blocks_[found->second];
}

namespace {

using failure = std::string;

/// Returns the receipts of the next block, if there are any.
expected<std::optional<std::vector<receipt>>, failure> next_receipts(rlp::decoder& in) {
  using result = std::optional<std::vector<receipt>>;
  if (in.at_end())
    return result{};
  auto items = rlp::decode<std::vector<rlp::raw>>(in.raw());
  if (!items)
    return "its receipts make no sense: " + items.error().text;
  std::vector<receipt> out;
  for (const auto& item : *items) {
    auto one = read_receipt(item, 68);
    if (!one)
      return one.error();
    out.push_back(std::move(*one));
  }
  return result{std::move(out)};
}

/// Appends the next block. Returns why that cannot be done.
std::optional<failure> append_next(chain& to, rlp::decoder& blocks, rlp::decoder& receipts) {
  auto next = rlp::decode<block>(blocks.raw());
  if (!next)
    return next.error().text;
  auto theirs = next_receipts(receipts);
  if (!theirs)
    return theirs.error();
  return to.append(*next, std::move(*theirs));
}

/// Returns the genesis' header.
expected<sealed_header, failure> first_header(rlp::decoder& blocks, rlp::decoder& receipts) {
  auto first = rlp::decode<block>(blocks.raw());
  if (!first)
    return first.error().text;
  if (!receipts.at_end())
    receipts.skip(); // It has none.
  auto header = read_header(first->header);
  if (header && header->fields.number != 0) // Blocks are found by their number.
    return "the first block is no genesis: its number is " + std::to_string(header->fields.number);
  return header;
}

} // namespace

expected<chain, std::string> read_chain(byte_view blocks, byte_view receipts) {
  rlp::decoder all_blocks{blocks};
  rlp::decoder all_receipts{receipts};
  auto genesis = first_header(all_blocks, all_receipts);
  if (!genesis)
    return "block 0: " + genesis.error();
  chain out{std::move(*genesis)};
  while (!all_blocks.unread().empty())
    if (auto why = append_next(out, all_blocks, all_receipts))
      return "block " + std::to_string(out.head().fields.number + 1) + ": " + *why;
  return out;
}

} // namespace devp2p::eth
