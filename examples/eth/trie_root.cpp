// SPDX-License-Identifier: BSL-1.0
#include "eth/trie_root.hpp"

#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlp/encode.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <algorithm>
#include <span>

namespace devp2p::eth {

namespace {

/// A value, and the way to it: one digit of 4 bits for each branch.
struct leaf {
  bytes way;
  byte_view value;
};

/// Leaves in the order of their ways, of which none begins another one.
using leaves = std::span<const leaf>;

bytes way_to(std::size_t index) {
  bytes out;
  const auto key = rlp::encode(std::uint64_t{index});
  for (auto byte : key.view()) {
    out.push_back(byte >> 4);
    out.push_back(byte & 15);
  }
  return out;
}

/// Returns the digits of a way in pairs, with a prefix that says whether it ends at a value, and
/// whether their number is odd.
bytes packed(byte_view digits, bool to_value) {
  const auto odd = digits.size() % 2;
  bytes out{static_cast<std::uint8_t>((to_value ? 0x20 : 0) | (odd != 0 ? 0x10 | digits[0] : 0))};
  for (auto i = odd; i < digits.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(digits[i] << 4 | digits[i + 1]));
  return out;
}

bytes node_of(leaves all, std::size_t depth);

/// Writes a node into its parent: as it is if it is small, else as its hash.
void write_child(rlp::encoder& out, leaves all, std::size_t depth) {
  if (all.empty())
    return out.string(byte_view{});
  auto node = node_of(all, depth);
  if (node.size() < sizeof(hash))
    out.raw(node);
  else
    out.string(crypto::keccak256::of({node}));
}

/// Returns the depth at which the ways of these leaves part.
std::size_t fork_of(leaves all, std::size_t depth) {
  const auto& first = all.front().way;
  const auto& last = all.back().way;
  while (first[depth] == last[depth])
    ++depth;
  return depth;
}

void write_branch(rlp::encoder& out, leaves all, std::size_t depth) {
  for (std::uint8_t digit = 0; digit < 16; ++digit) {
    auto end =
      std::find_if(all.begin(), all.end(), [=](const leaf& x) { return x.way[depth] != digit; });
    auto count = static_cast<std::size_t>(end - all.begin());
    write_child(out, all.first(count), depth + 1);
    all = all.subspan(count);
  }
  out.string(byte_view{}); // No way ends at a branch.
}

/// Returns the node at that depth, below which these leaves are. Recurses once for each digit of a
/// way, of which there are at most 18.
bytes node_of(leaves all, std::size_t depth) {
  bytes node;
  rlp::encoder out{node};
  const byte_view way{all.front().way};
  out.list([&] {
    if (all.size() == 1) {
      out.string(packed(way.subspan(depth), true));
      out.string(all.front().value);
    } else if (auto fork = fork_of(all, depth); fork > depth) {
      out.string(packed(way.subspan(depth, fork - depth), false));
      write_child(out, all, fork);
    } else {
      write_branch(out, all, depth);
    }
  });
  return node;
}

} // namespace

hash trie_root(const std::vector<bytes>& values) {
  if (values.empty())
    return crypto::keccak256::of({rlp::encode(bytes{}).view()});
  std::vector<leaf> all;
  for (const auto& value : values)
    all.push_back({way_to(all.size()), value});
  // g++ 12 warns of the vectors' own comparison.
  std::sort(all.begin(), all.end(), [](const leaf& x, const leaf& y) {
    return std::lexicographical_compare(x.way.begin(), x.way.end(), y.way.begin(), y.way.end());
  });
  return crypto::keccak256::of({node_of(all, 0)});
}

} // namespace devp2p::eth
