// SPDX-License-Identifier: BSL-1.0

// Goal: no text crashes the reader of edge lists. An accepted text is a simple graph within its
// bounds, and a refusal is one line that says where.
//
// Method: the input is the text. The graph, written as one link a line, must read the same; so must
// its links backwards and doubled.

#include "target.hpp"

#include "script.hpp"

#include "devp2p/simulator/topology.hpp"

#include <sstream>
#include <string>

namespace devp2p::fuzz::edge_list_target {

namespace {

constexpr std::size_t max_links = 1000;

expected<simulator::topology, std::string> read(const std::string& text) {
  std::istringstream in{text};
  return simulator::read_edge_list(in, "list", max_links);
}

void check_error(const std::string& text) {
  require(text.starts_with("list:"));
  auto end = text.find(": ");
  require(end != text.npos && end > 5 && end + 2 < text.size());
  require(text.find_first_not_of("0123456789", 5) == end && text[5] != '0');
  require(std::ranges::none_of(text, [](char c) { return c == '\n' || c == '\r' || c == '\0'; }));
}

void check_graph(const simulator::topology& graph) {
  require(!graph.links.empty() && graph.links.size() <= max_links);
  require(graph.nodes <= simulator::topology::max_nodes);
  std::size_t last = 0;
  for (const auto& x : graph.links) {
    require(x.first < x.second);
    last = std::max<std::size_t>(last, x.second);
  }
  require(graph.nodes == last + 1);
  require(std::ranges::is_sorted(graph.links));
  require(std::ranges::adjacent_find(graph.links) == graph.links.end());
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  auto found = read({reinterpret_cast<const char*>(data), size});
  if (!found) {
    check_error(found.error());
    return 0;
  }
  check_graph(*found);
  std::string forth;
  std::string back;
  for (const auto& x : found->links) {
    auto one = std::to_string(x.first);
    auto two = std::to_string(x.second);
    forth += one + ' ' + two + '\n';
    back.insert(0, two + '\t' + one + " # again\n\n");
  }
  for (const auto& text : {forth, back, forth + back}) {
    auto again = read(text);
    require(again && *again == *found);
  }
  return 0;
}

static const target registered{"edge_list", run};

} // namespace devp2p::fuzz::edge_list_target
