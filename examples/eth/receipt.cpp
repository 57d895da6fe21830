// SPDX-License-Identifier: BSL-1.0
#include "eth/receipt.hpp"

#include "eth/trie_root.hpp"

#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace devp2p::eth {

namespace {

using text = std::string;

/// The first version that leaves blooms out.
constexpr std::uint64_t without_bloom = 69;

/// The part of a receipt that follows the type, in the trie and until eth/68.
struct receipt_66 {
  rlp::bounded<bytes, sizeof(hash)> outcome;
  std::uint64_t gas_used = 0;
  byte_array<256> bloom{};
  std::vector<log> logs;

  friend auto inspect(auto& f, receipt_66& x) {
    return inspect_fields(f, {"outcome", "gas_used", "bloom", "logs"}, x.outcome, x.gas_used,
                          x.bloom, x.logs);
  }
};

expected<receipt, text> unsound(const text& why) {
  return "a receipt makes no sense: " + why;
}

/// Returns the bounds within which a receipt has no more logs, or few more.
rlp::limits bounds_of(std::uint32_t max_logs) {
  constexpr std::size_t elements_of_receipt = 6;
  constexpr std::size_t elements_of_log = 8;
  return {.max_elements = elements_of_receipt + std::size_t{max_logs} * elements_of_log};
}

expected<receipt, text> if_sound(receipt what, std::uint32_t max_logs) {
  const auto& x = what.outcome;
  if (!x.empty() && x != bytes{1} && x.size() != sizeof(hash))
    return unsound("its outcome");
  if (what.type >= 0x80)
    return unsound("its type");
  if (what.logs.size() > max_logs)
    return unsound("more logs than its block can have");
  return what;
}

expected<receipt, text> read_without_type(byte_view list, std::uint8_t type,
                                          std::uint32_t max_logs) {
  auto x = rlp::decode<receipt_66>(list, bounds_of(max_logs));
  if (!x)
    return unsound(x.error().text);
  auto out = if_sound({type, std::move(x->outcome), x->gas_used, std::move(x->logs)}, max_logs);
  if (out && x->bloom != bloom_of(out->logs))
    return unsound("its bloom is not that of its logs");
  return out;
}

/// A receipt without a type is a list, and any other a string that begins with the type.
expected<receipt, text> read_66(const rlp::raw& encoding, std::uint32_t max_logs) {
  rlp::decoder in{encoding.item.view()};
  if (in.next_kind() == rlp::kind::list)
    return read_without_type(encoding.item.view(), 0, max_logs);
  auto content = in.string();
  if (in.error() || content.empty() || content[0] == 0)
    return unsound("its type");
  return read_without_type(content.subspan(1), content[0], max_logs);
}

expected<receipt, text> read_69(const rlp::raw& encoding, std::uint32_t max_logs) {
  auto x = rlp::decode<receipt>(encoding.item, bounds_of(max_logs));
  return x ? if_sound(std::move(*x), max_logs) : unsound(x.error().text);
}

/// Returns the receipt as it stands in the trie.
bytes consensus_form(const receipt& what) {
  const auto bloom = bloom_of(what.logs);
  const auto list = rlp::encode(std::tie(what.outcome, what.gas_used, bloom, what.logs));
  bytes out;
  out.reserve(1 + list.size());
  if (what.type != 0)
    out.push_back(what.type);
  out.insert(out.end(), list.view().begin(), list.view().end());
  return out;
}

void add(byte_array<256>& bloom, byte_view item) {
  auto digest = crypto::keccak256::of({item});
  for (std::size_t i = 0; i < 6; i += 2) {
    auto bit = (digest[i] << 8 | digest[i + 1]) % 2048;
    bloom[bloom.size() - 1 - static_cast<std::size_t>(bit / 8)] |=
      static_cast<std::uint8_t>(1 << bit % 8);
  }
}

} // namespace

expected<receipt, std::string> read_receipt(const rlp::raw& encoding, std::uint64_t version,
                                            std::uint32_t max_logs) {
  return version < without_bloom ? read_66(encoding, max_logs) : read_69(encoding, max_logs);
}

rlp::raw write_receipt(const receipt& what, std::uint64_t version) {
  if (version >= without_bloom)
    return {rlp::encode(what)};
  auto form = consensus_form(what);
  return {what.type == 0 ? blob{form} : rlp::encode(form)};
}

byte_array<256> bloom_of(const std::vector<log>& logs) {
  byte_array<256> out{};
  for (const auto& log : logs) {
    add(out, log.address);
    for (const auto& topic : log.topics)
      add(out, topic);
  }
  return out;
}

hash receipts_root(const std::vector<receipt>& all) {
  std::vector<bytes> values;
  values.reserve(all.size());
  for (const auto& one : all)
    values.push_back(consensus_form(one));
  return trie_root(std::vector<byte_view>{values.begin(), values.end()});
}

} // namespace devp2p::eth
