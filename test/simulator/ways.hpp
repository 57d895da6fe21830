// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace devp2p::simulator {

/// The directions of links that a fault concerns, as the nodes that it names see them.
enum class direction : std::uint8_t {
  both,
  /// Only the data that comes to these nodes.
  in,
  /// Only the data that leaves them.
  out,
};
inline constexpr std::array<std::string_view, 3> direction_names = {"both", "in", "out"};

/// A set of nodes, as a fault names them.
class node_set {
public:
  /// If `members` is empty, the set has all nodes, or with `otherwise` all that are not in there.
  node_set(std::size_t nodes, const std::vector<std::size_t>& members,
           const node_set* otherwise = nullptr)
    : has_(nodes, members.empty()) {
    for (auto x : members)
      has_.at(x) = true;
    if (members.empty() && otherwise)
      for (std::size_t i = 0; i < nodes; ++i)
        has_[i] = !otherwise->has(i);
  }

  [[nodiscard]] bool has(std::size_t node) const { return has_[node]; }

private:
  std::vector<bool> has_;
};

/// The ways that a fault concerns: those from one set of nodes to another, or back.
struct ways {
  node_set nodes;
  node_set others;
  simulator::direction direction;

  [[nodiscard]] bool has(std::size_t from, std::size_t to) const {
    return (direction != direction::in && nodes.has(from) && others.has(to)) ||
           (direction != direction::out && others.has(from) && nodes.has(to));
  }
};

} // namespace devp2p::simulator
