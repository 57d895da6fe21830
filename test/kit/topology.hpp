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

namespace devp2p::kit {

/// Which of some nodes are linked: a simple, undirected graph. A value; it starts no node.
///
/// The functions below make them, of at most `max_nodes` nodes and `max_links` links, or say in a
/// sentence what was wrong and what is allowed. The same arguments make the same topology, on every
/// platform.
struct topology {
  static constexpr std::size_t max_nodes = 1'000'000;
  static constexpr std::size_t max_links = 10'000'000;

  /// Between two nodes, which are numbers from 0. `first` is less than `second`.
  struct link {
    std::uint32_t first = 0;
    std::uint32_t second = 0;

    friend auto operator<=>(const link&, const link&) = default;
  };

  std::size_t nodes = 0;
  /// In ascending order, each once.
  std::vector<link> links;

  friend bool operator==(const topology&, const topology&) = default;
};

/// Each node is linked to the next, and the last to the first. At least 3 nodes.
expected<topology, std::string> ring(std::size_t nodes);

/// Node 0 is linked to all others, and they to it alone. At least 2 nodes.
expected<topology, std::string> star(std::size_t nodes);

/// Rows of nodes, one after the other; each is linked to those beside, above and below it.
expected<topology, std::string> grid(std::size_t width, std::size_t height);

/// Each node is linked to `degree` others, by chance, and all are connected. `nodes` times `degree`
/// is even; `degree` is less than `nodes`, and at least 2 if there are more than 2 nodes.
///
/// Pairs the ends of links by chance (Bollobás, 1980) and exchanges ends where that gives no simple
/// or no connected graph. So not all such graphs are exactly as likely, but nearly.
expected<topology, std::string> random_regular(std::size_t nodes, std::size_t degree,
                                               std::uint64_t seed);

/// A few hubs with many links, many nodes with few: preferential attachment (Barabási and Albert,
/// 1999). The first `links_per_node` + 1 nodes are all linked to each other. Each later one is
/// linked to `links_per_node` of those before it; the more links these have, the more likely.
/// `links_per_node` is at least 1 and less than `nodes`.
expected<topology, std::string> scale_free(std::size_t nodes, std::size_t links_per_node,
                                           std::uint64_t seed);

/// Reads one link a line, as two whole numbers from 0. What follows a `#` is a comment; blank lines
/// and a link's repetitions, in either direction, say nothing. There are as many nodes as the
/// largest number + 1; those that no line names have no links.
///
/// An error is one line: `name`, the line's number, what is wrong and what is wanted. A line has at
/// most 1000 octets. `max_links` may be less, for a caller with less memory.
expected<topology, std::string> read_edge_list(std::istream& in, std::string_view name,
                                               std::size_t max_links = topology::max_links);

/// How many links each node has.
[[nodiscard]] std::vector<std::size_t> degrees(const topology& graph);

/// Whether links lead from each node to every other.
[[nodiscard]] bool is_connected(const topology& graph);

} // namespace devp2p::kit
