// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"
#include "devp2p/simulator/json_document.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p::simulator {

/// The nodes that lists of nodes in a scenario stand for. test/simulator/scenario.md describes the
/// forms: numbers, ranges, groups, samples, and lists of these.
///
/// A value. What it returns depends on nothing but its arguments and what it has been told, except
/// that all lists together are bounded. An error is a sentence.
class node_lists {
public:
  using numbers = std::vector<std::size_t>;

  /// The number of nodes that all lists of a file may have together.
  static constexpr std::size_t max_total = 10'000'000;
  static constexpr std::size_t max_groups = 1000;
  /// The name of the group of all nodes.
  static constexpr std::string_view everybody = "all";

  node_lists() = default;
  /// A network of that number of nodes.
  explicit node_lists(std::size_t nodes) : nodes_(nodes) {}

  [[nodiscard]] std::size_t nodes() const { return nodes_; }

  /// Samples are drawn by this seed from now on.
  void draw_by(std::uint64_t seed) { seed_ = seed; }

  /// Adds a group. Returns a sentence if it must not have that name, else an empty text.
  std::string add_group(const std::string& name, numbers nodes);

  /// Returns the nodes in the order in which they are written; those of a range, a group or a
  /// sample in ascending order, without those that are there already. Samples in other places are
  /// others.
  expected<numbers, std::string> read(const json_value& from, std::string_view place);

  /// Returns the one node that a value stands for, which is no list.
  expected<std::size_t, std::string> read_one(const json_value& from, std::string_view place);

  /// Counts so many nodes, or values that take as much memory. Returns false if there are more than
  /// `max_total` by now.
  bool count(std::size_t more);

private:
  class list;

  std::size_t nodes_ = 0;
  std::uint64_t seed_ = 0;
  std::map<std::string, numbers, std::less<>> groups_;
  std::size_t total_ = 0;
};

} // namespace devp2p::simulator
