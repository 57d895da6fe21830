// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p::simulator {

/// A simple, undirected graph of linked nodes. A value; it starts no node.
///
/// The functions below return a topology of at most `max_nodes` nodes and `max_links` links, or an
/// error: a sentence that says what was wrong and what is allowed. The same arguments make the same
/// topology, on every platform.
struct topology {
  static constexpr std::size_t max_nodes = 1'000'000;
  static constexpr std::size_t max_links = 10'000'000;

  /// A link between two nodes, which are numbers from 0. `first` is less than `second`.
  struct link {
    std::uint32_t first = 0;
    std::uint32_t second = 0;

    friend auto operator<=>(const link&, const link&) = default;
  };

  std::size_t nodes = 0;
  /// The links in ascending order, each once.
  std::vector<link> links;

  friend bool operator==(const topology&, const topology&) = default;
};

/// Returns a ring: each node is linked to the next, and the last to the first. At least 3 nodes.
expected<topology, std::string> ring(std::size_t nodes);

/// Returns a star: node 0 is linked to all others, and they to it alone. At least 2 nodes.
expected<topology, std::string> star(std::size_t nodes);

/// Returns a complete graph: all nodes are linked to each other. At least 2 nodes, and as many as
/// `max_links` allows.
expected<topology, std::string> complete(std::size_t nodes);

/// Returns a grid: rows of nodes, each linked to those beside, above and below it.
expected<topology, std::string> grid(std::size_t width, std::size_t height);

/// Returns a connected random graph in which each node is linked to `degree` others. `nodes` times
/// `degree` is even; `degree` is less than `nodes`, and at least 2 if there are more than 2 nodes.
///
/// Pairs the ends of links at random (Bollobás, 1980) and exchanges ends where that gives no simple
/// or no connected graph. So not all such graphs are exactly as likely, but nearly.
expected<topology, std::string> random_regular(std::size_t nodes, std::size_t degree,
                                               std::uint64_t seed);

/// Returns a graph of a few hubs with many links and many nodes with few, by preferential
/// attachment (Barabási and Albert, 1999). The first `links_per_node` + 1 nodes are all linked to
/// each other. Each later node is linked to `links_per_node` of those before it; the more links
/// these have, the more likely. `links_per_node` is at least 1 and less than `nodes`.
expected<topology, std::string> scale_free(std::size_t nodes, std::size_t links_per_node,
                                           std::uint64_t seed);

/// Reads one link a line, as two whole numbers from 0. Text after a `#` is a comment. Blank lines,
/// and repetitions of a link in either direction, are ignored. There are as many nodes as the
/// largest number + 1; nodes that no line names have no links.
///
/// An error is one line: `name`, the line's number, what is wrong and what is wanted. A line has at
/// most 1000 bytes. `max_links` may be less, for a caller with less memory.
expected<topology, std::string> read_edge_list(std::istream& in, std::string_view name,
                                               std::size_t max_links = topology::max_links);

/// Returns the number of links of each node.
[[nodiscard]] std::vector<std::size_t> degrees(const topology& graph);

/// Whether links lead from each node to every other.
[[nodiscard]] bool is_connected(const topology& graph);

} // namespace devp2p::simulator
