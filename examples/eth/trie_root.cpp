// SPDX-License-Identifier: BSL-1.0
#include "eth/trie_root.hpp"

#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlp/encode.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace devp2p::eth {

namespace {

/// The digits, of 4 bits, of an index in RLP.
constexpr std::size_t max_digits = 2 * (1 + sizeof(std::uint64_t));

/// A value, and the way to it: one digit for each branch.
struct leaf {
  std::array<std::uint8_t, max_digits> digits;
  std::size_t size = 0;
  byte_view value;

  leaf(std::size_t index, byte_view value) : value(value) {
    const auto key = rlp::encode(std::uint64_t{index});
    for (auto byte : key.view()) {
      digits[size++] = byte >> 4;
      digits[size++] = byte & 15;
    }
  }

  [[nodiscard]] byte_view way() const { return byte_view{digits}.first(size); }
};

/// Leaves in the order of their ways, of which none begins another one.
using leaves = std::span<const leaf>;

/// Returns the depth at which the ways of these leaves part.
std::size_t fork_of(leaves all, std::size_t depth) {
  const auto first = all.front().way();
  const auto last = all.back().way();
  while (first[depth] == last[depth])
    ++depth;
  return depth;
}

/// Writes the nodes of a trie, each into a buffer of its depth, where others were before.
class node_writer {
public:
  /// Returns the node at that depth, below which these leaves are, until another one of that depth
  /// is written. Recurses once for each digit of a way.
  byte_view node_of(leaves all, std::size_t depth) {
    auto& node = nodes_[depth];
    node.clear();
    rlp::encoder out{node};
    const auto way = all.front().way();
    out.list([&] {
      if (all.size() == 1) {
        write_way(out, way.subspan(depth), true);
        out.string(all.front().value);
      } else if (auto fork = fork_of(all, depth); fork > depth) {
        write_way(out, way.subspan(depth, fork - depth), false);
        write_child(out, all, fork);
      } else {
        write_branch(out, all, depth);
      }
    });
    return node;
  }

private:
  /// Writes digits in pairs, with a prefix that says whether they end at a value, and whether their
  /// number is odd.
  static void write_way(rlp::encoder& out, byte_view digits, bool to_value) {
    const auto odd = digits.size() % 2;
    std::array<std::uint8_t, 1 + max_digits / 2> pairs{};
    pairs[0] = static_cast<std::uint8_t>((to_value ? 0x20 : 0) | (odd != 0 ? 0x10 | digits[0] : 0));
    std::size_t size = 1;
    for (auto i = odd; i < digits.size(); i += 2)
      pairs[size++] = static_cast<std::uint8_t>(digits[i] << 4 | digits[i + 1]);
    out.string(byte_view{pairs}.first(size));
  }

  /// Writes a node into its parent: as it is if it is small, else as its hash.
  void write_child(rlp::encoder& out, leaves all, std::size_t depth) {
    if (all.empty())
      return out.string(byte_view{});
    const auto node = node_of(all, depth);
    if (node.size() < sizeof(hash))
      out.raw(node);
    else
      out.string(crypto::keccak256::of({node}));
  }

  void write_branch(rlp::encoder& out, leaves all, std::size_t depth) {
    for (std::uint8_t digit = 0; digit < 16; ++digit) {
      auto end = std::find_if(all.begin(), all.end(),
                              [=](const leaf& x) { return x.way()[depth] != digit; });
      auto count = static_cast<std::size_t>(end - all.begin());
      write_child(out, all.first(count), depth + 1);
      all = all.subspan(count);
    }
    out.string(byte_view{}); // No way ends at a branch.
  }

  std::array<bytes, max_digits + 1> nodes_;
};

} // namespace

hash trie_root(std::span<const byte_view> values) {
  if (values.empty())
    return crypto::keccak256::of({rlp::encode(bytes{}).view()});
  std::vector<leaf> all;
  all.reserve(values.size());
  for (const auto& value : values)
    all.emplace_back(all.size(), value);
  std::sort(all.begin(), all.end(), [](const leaf& x, const leaf& y) {
    const auto left = x.way();
    const auto right = y.way();
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
  });
  return crypto::keccak256::of({node_writer{}.node_of(all, 0)});
}

} // namespace devp2p::eth
