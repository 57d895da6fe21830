// SPDX-License-Identifier: BSL-1.0
#include "eth/transaction.hpp"

#include "eth/trie_root.hpp"

#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlp/decoder.hpp"

namespace devp2p::eth {

namespace {

/// The first byte of a list.
constexpr std::uint8_t first_of_list = 0xc0;
/// The types that there may be.
constexpr std::uint8_t end_of_types = 0x80;

} // namespace

std::optional<transaction> transaction::read(const rlp::raw& encoding) {
  rlp::decoder in{encoding.item.view()};
  if (in.next_kind() == rlp::kind::list)
    return transaction{encoding, encoding.item.view()};
  auto content = in.string();
  if (in.error() || content.empty() || content[0] >= end_of_types)
    return std::nullopt;
  return transaction{encoding, content};
}

std::uint8_t transaction::type() const {
  return content_[0] >= first_of_list ? 0 : content_[0];
}

eth::hash transaction::hash() const {
  if (!has_blobs())
    return crypto::keccak256::of({content_});
  return crypto::keccak256::of({content_.first(1), without_blobs()});
}

bool transaction::has_blobs() const {
  return type() == blob_type && !without_blobs().empty();
}

/// Returns the transaction that comes with blobs, as a list; nothing if no blobs come with it. Both
/// are lists then: that of the transaction, which begins with a number, is in that of all.
byte_view transaction::without_blobs() const {
  rlp::decoder in{content_.subspan(1)};
  auto all = in.list();
  return all.next_kind() == rlp::kind::list ? all.raw() : byte_view{};
}

std::optional<hash> transactions_root(const std::vector<rlp::raw>& all) {
  std::vector<bytes> values;
  values.reserve(all.size());
  for (const auto& encoding : all) {
    auto one = transaction::read(encoding);
    if (!one)
      return std::nullopt;
    values.emplace_back(one->content().begin(), one->content().end());
  }
  return trie_root(values);
}

} // namespace devp2p::eth
