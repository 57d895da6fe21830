// SPDX-License-Identifier: BSL-1.0
#include "eth/transaction.hpp"

#include "eth/trie_root.hpp"

#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlp/decoder.hpp"

#include <cstddef>
#include <span>

namespace devp2p::eth {

namespace {

/// The first byte of a list.
constexpr std::uint8_t first_of_list = 0xc0;
/// The types that there may be.
constexpr std::uint8_t end_of_types = 0x80;

/// Returns what the hash of a transaction is made of; `nullopt` if it can be none.
std::optional<byte_view> content_of(const rlp::raw& encoding) {
  rlp::decoder in{encoding.item.view()};
  if (in.next_kind() == rlp::kind::list)
    return encoding.item.view();
  auto content = in.string();
  if (in.error() || content.empty() || content[0] >= end_of_types)
    return std::nullopt;
  return content;
}

/// The content of a field.
enum class field : std::uint8_t {
  /// An integer of 64 bits.
  number,
  /// An integer of 256 bits.
  word,
  data,
  account,
  /// An account, or nothing: a contract is made.
  recipient,
  hashes,
  accesses,
  authorizations,
};

using fields = std::span<const field>;

/// The fields of each type, and of the records in their lists.
struct forms {
  using enum field;

  static constexpr field legacy[]{number, word, number, recipient, word, data, word, word, word};
  // EIP-2930.
  static constexpr field with_accesses[]{word, number,   word,   number, recipient, word,
                                         data, accesses, number, word,   word};
  // EIP-1559.
  static constexpr field with_tip[]{word, number, word,     word,   number, recipient,
                                    word, data,   accesses, number, word,   word};
  // EIP-4844.
  static constexpr field with_hashes[]{word, number,   word, word,   number, account, word,
                                       data, accesses, word, hashes, number, word,    word};
  // EIP-7702.
  static constexpr field with_authorizations[]{word,    number, word, word,     number,
                                               account, word,   data, accesses, authorizations,
                                               number,  word,   word};

  static constexpr field access[]{account, hashes};
  static constexpr field authorization[]{word, account, number, number, word, word};
};

bool is_list_of(rlp::decoder& in, fields record);

/// Reads a list of strings of that size. Like all functions that read here, it returns false, or
/// leaves an error in the decoder, if the item is another one.
bool is_list_of(rlp::decoder& in, std::size_t size) {
  auto items = in.list();
  while (!items.at_end())
    if (items.string().size() != size)
      return false;
  return true;
}

/// Reads a list of so many strings of that size.
bool is_list_of(rlp::decoder& in, std::size_t count, std::size_t size) {
  auto items = in.list();
  for (std::size_t i = 0; i < count; ++i)
    if (items.string().size() != size)
      return false;
  return items.at_end();
}

bool is_field(rlp::decoder& in, field what) {
  constexpr std::size_t account_size = 20;
  switch (what) {
  case field::number:
    static_cast<void>(in.integer());
    return true;
  case field::word: {
    auto digits = in.string(uint256::size);
    return digits.empty() || digits.front() != 0;
  }
  case field::data:
    static_cast<void>(in.string());
    return true;
  case field::account:
    return in.string().size() == account_size;
  case field::recipient: {
    auto size = in.string().size();
    return size == account_size || size == 0;
  }
  case field::hashes:
    return is_list_of(in, sizeof(hash));
  case field::accesses:
    return is_list_of(in, forms::access);
  case field::authorizations:
    return is_list_of(in, forms::authorization);
  }
  return false;
}

bool is_record(rlp::decoder& in, fields record) {
  auto items = in.list();
  for (auto what : record)
    if (items.at_end() || !is_field(items, what))
      return false;
  return items.at_end();
}

bool is_list_of(rlp::decoder& in, fields record) {
  auto items = in.list();
  while (!items.at_end())
    if (!is_record(items, record))
      return false;
  return true;
}

/// Returns the number of blobs whose hashes a sound transaction has.
std::size_t count_blobs(byte_view with_hashes) {
  rlp::decoder in{with_hashes};
  auto items = in.list();
  for (auto what : forms::with_hashes) {
    if (what == field::hashes)
      break;
    items.skip();
  }
  return items.list().unread().size() / (1 + sizeof(hash));
}

/// Reads a transaction with its blobs, their commitments and proofs (EIP-4844), or with the version
/// of that form, blobs, commitments and a proof for each of a blob's cells (EIP-7594).
bool is_with_blobs(rlp::decoder& in) {
  constexpr std::size_t blob_size = 131'072;
  constexpr std::size_t point_size = 48;
  constexpr std::size_t cells_of_blob = 128;
  auto items = in.list();
  const auto start = items.unread();
  if (!is_record(items, forms::with_hashes) || items.at_end())
    return false;
  const auto count = count_blobs(start);
  const auto has_version = items.next_kind() == rlp::kind::string;
  if (has_version && items.integer() != 1)
    return false;
  return is_list_of(items, count, blob_size) && is_list_of(items, count, point_size) &&
         is_list_of(items, has_version ? count * cells_of_blob : count, point_size) &&
         items.at_end();
}

/// Returns whether the next item is a list that begins with a list.
bool is_list_in_list(byte_view next) {
  rlp::decoder in{next};
  return in.list().next_kind() == rlp::kind::list;
}

bool is_of_type(std::uint8_t type, rlp::decoder& in) {
  switch (type) {
  case 0:
    return is_record(in, forms::legacy);
  case 1:
    return is_record(in, forms::with_accesses);
  case 2:
    return is_record(in, forms::with_tip);
  case transaction::blob_type:
    return is_list_in_list(in.unread()) ? is_with_blobs(in) : is_record(in, forms::with_hashes);
  case 4:
    return is_record(in, forms::with_authorizations);
  default:
    return false;
  }
}

bool is_transaction(byte_view content) {
  const auto is_typed = content.front() < first_of_list;
  if (is_typed && content.front() == 0)
    return false;
  rlp::decoder in{is_typed ? content.subspan(1) : content};
  return is_of_type(is_typed ? content.front() : 0, in) && in.at_end() && !in.error();
}

} // namespace

std::optional<transaction> transaction::read(const rlp::raw& encoding) {
  auto content = content_of(encoding);
  if (!content || !is_transaction(*content))
    return std::nullopt;
  return transaction{encoding, *content};
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
  std::vector<byte_view> values;
  values.reserve(all.size());
  for (const auto& encoding : all) {
    auto content = content_of(encoding);
    if (!content)
      return std::nullopt;
    values.push_back(*content);
  }
  return trie_root(values);
}

} // namespace devp2p::eth
