// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/seeded_rng.hpp"
#include "devp2p/simulator/topology.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(topology_test)

namespace {

using simulator::topology;
using links = std::vector<topology::link>;
using sizes = std::vector<std::size_t>;
using made = expected<topology, std::string>;

const sizes seeds = [] {
  sizes out(50);
  std::iota(out.begin(), out.end(), 0);
  return out;
}();

std::string error(const made& x) {
  return x ? "no error" : x.error();
}

/// Returns the topology; a test ends here if there is none.
topology graph(const made& x) {
  BOOST_REQUIRE_MESSAGE(x, error(x));
  return *x;
}

/// Returns true iff `make` makes another topology of each seed.
bool differs_by_seed(made (*make)(std::size_t seed)) {
  std::set<links> seen;
  for (auto seed : seeds)
    seen.insert(graph(make(seed)).links);
  return seen.size() == seeds.size();
}

made read(const std::string& text, std::size_t max_links = topology::max_links) {
  std::istringstream in{text};
  return simulator::read_edge_list(in, "graph.txt", max_links);
}

/// Returns the links in the order in which they are kept.
std::string text(const topology& x) {
  std::string out;
  for (auto link : x.links)
    out +=
      (out.empty() ? "" : " ") + std::to_string(link.first) + '-' + std::to_string(link.second);
  return out;
}

/// Returns true iff each link joins two nodes that exist, once, and the links are in order.
bool is_simple(const topology& x) {
  return std::is_sorted(x.links.begin(), x.links.end()) &&
         std::adjacent_find(x.links.begin(), x.links.end()) == x.links.end() &&
         std::all_of(x.links.begin(), x.links.end(),
                     [&](auto link) { return link.first < link.second && link.second < x.nodes; });
}

bool is_regular(const topology& x, std::size_t degree) {
  return simulator::degrees(x) == sizes(x.nodes, degree);
}

/// FNV-1a of the bytes of each number, the lowest first.
std::uint64_t hash(const topology& x) {
  std::uint64_t out = 0xcbf29ce484222325;
  for (auto link : x.links)
    for (auto number : {link.first, link.second})
      for (auto shift : {0, 8, 16, 24})
        out = (out ^ (number >> shift & 0xff)) * 0x100000001b3;
  return out;
}

/// Returns a graph with as many links as `like`, between random nodes, all equally likely.
topology random_graph(const topology& like, std::uint64_t seed) {
  net::seeded_rng random{seed};
  std::set<topology::link> out;
  while (out.size() < like.links.size()) {
    auto x = static_cast<std::uint32_t>(random.below(like.nodes));
    auto y = static_cast<std::uint32_t>(random.below(like.nodes));
    if (x != y)
      out.insert({std::min(x, y), std::max(x, y)});
  }
  return {like.nodes, {out.begin(), out.end()}};
}

/// Returns the sum of the degrees of the ten nodes that have most links.
std::size_t links_of_hubs(const topology& x) {
  auto all = simulator::degrees(x);
  std::sort(all.rbegin(), all.rend());
  return std::accumulate(all.begin(), all.begin() + 10, std::size_t{0});
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_topology)

BOOST_AUTO_TEST_CASE(knows_the_degrees_of_its_nodes) {
  const sizes expected{2, 1, 3, 1, 1, 0};
  const topology subject{6, {{0, 1}, {0, 2}, {2, 3}, {2, 4}}};
  BOOST_TEST(simulator::degrees(subject) == expected, boost::test_tools::per_element());
  BOOST_TEST(simulator::degrees({}).empty());
}

BOOST_AUTO_TEST_CASE(knows_whether_it_is_connected) {
  BOOST_TEST(simulator::is_connected({0, {}}));
  BOOST_TEST(simulator::is_connected({1, {}}));
  BOOST_TEST(!simulator::is_connected({2, {}}));
  BOOST_TEST(simulator::is_connected({2, {{0, 1}}}));
  BOOST_TEST(!simulator::is_connected({3, {{0, 1}}}), "the last has no link");
  BOOST_TEST(!simulator::is_connected({6, {{0, 1}, {0, 2}, {1, 2}, {3, 4}, {3, 5}, {4, 5}}}),
             "as many links as nodes, but two parts");
  BOOST_TEST(simulator::is_connected({6, {{0, 5}, {1, 4}, {1, 5}, {2, 3}, {2, 4}}}), "a path");
  BOOST_TEST(!simulator::is_connected({6, {{0, 5}, {1, 4}, {2, 3}, {2, 4}}}));
}

BOOST_AUTO_TEST_CASE(is_equal_only_if_nodes_and_links_are) {
  const topology subject{3, {{0, 1}}};
  BOOST_TEST((subject == topology{3, {{0, 1}}}));
  BOOST_TEST((subject != topology{4, {{0, 1}}}));
  BOOST_TEST((subject != topology{3, {{0, 2}}}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_complete_graph)

BOOST_AUTO_TEST_CASE(links_all_to_all) {
  BOOST_TEST(text(graph(simulator::complete(2))) == "0-1");
  BOOST_TEST(text(graph(simulator::complete(4))) == "0-1 0-2 0-3 1-2 1-3 2-3");
  BOOST_TEST(graph(simulator::complete(4472)).links.size() == 4472u * 4471 / 2);
}

BOOST_AUTO_TEST_CASE(has_no_more_links_than_a_topology) {
  BOOST_TEST(error(simulator::complete(4473)) ==
             "a topology has at most 10000000 links, not 10001628");
  BOOST_TEST(error(simulator::complete(1)) ==
             "a complete graph has from 2 to 1000000 nodes, not 1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_ring_a_star_and_a_grid)

BOOST_AUTO_TEST_CASE(have_exactly_these_links) {
  BOOST_TEST(text(graph(simulator::ring(3))) == "0-1 0-2 1-2");
  BOOST_TEST(text(graph(simulator::ring(5))) == "0-1 0-4 1-2 2-3 3-4");
  BOOST_TEST(text(graph(simulator::star(2))) == "0-1");
  BOOST_TEST(text(graph(simulator::star(4))) == "0-1 0-2 0-3");
  BOOST_TEST(text(graph(simulator::grid(3, 2))) == "0-1 0-3 1-2 1-4 2-5 3-4 4-5");
  BOOST_TEST(text(graph(simulator::grid(2, 3))) == "0-1 0-2 1-3 2-3 2-4 3-5 4-5");
  BOOST_TEST(text(graph(simulator::grid(1, 3))) == "0-1 1-2");
  BOOST_TEST(text(graph(simulator::grid(3, 1))) == "0-1 1-2");
  BOOST_TEST(text(graph(simulator::grid(1, 1))) == "");
}

BOOST_AUTO_TEST_CASE(have_so_many_nodes) {
  BOOST_TEST(graph(simulator::ring(5)).nodes == 5u);
  BOOST_TEST(graph(simulator::star(4)).nodes == 4u);
  BOOST_TEST(graph(simulator::grid(3, 2)).nodes == 6u);
  BOOST_TEST(graph(simulator::grid(1, 1)).nodes == 1u);
}

BOOST_AUTO_TEST_CASE(may_be_large) {
  for (const auto& subject :
       {simulator::ring(100'000), simulator::star(100'000), simulator::grid(400, 250)}) {
    BOOST_TEST(graph(subject).nodes == 100'000u);
    BOOST_TEST(is_simple(*subject));
    BOOST_TEST(simulator::is_connected(*subject));
  }
  BOOST_TEST(is_regular(graph(simulator::ring(100'000)), 2));
  BOOST_TEST(simulator::star(100'000)->links.size() == 99'999u);
  BOOST_TEST(simulator::grid(400, 250)->links.size() == 399u * 250 + 400u * 249);
}

BOOST_AUTO_TEST_CASE(have_a_least_and_a_largest_size) {
  BOOST_TEST(graph(simulator::ring(topology::max_nodes)).links.size() == 1'000'000u);
  BOOST_TEST(graph(simulator::star(topology::max_nodes)).links.size() == 999'999u);
  BOOST_TEST(graph(simulator::grid(topology::max_nodes, 1)).links.size() == 999'999u);
  BOOST_TEST(graph(simulator::grid(1000, 1000)).links.size() == 1'998'000u);
  BOOST_TEST(error(simulator::ring(2)) == "a ring has from 3 to 1000000 nodes, not 2");
  BOOST_TEST(error(simulator::ring(1'000'001)) ==
             "a ring has from 3 to 1000000 nodes, not 1000001");
  BOOST_TEST(error(simulator::star(1)) == "a star has from 2 to 1000000 nodes, not 1");
  BOOST_TEST(error(simulator::star(1'000'001)) ==
             "a star has from 2 to 1000000 nodes, not 1000001");
  BOOST_TEST(error(simulator::grid(0, 7)) == "a grid has from 1 to 1000000 nodes, not 0 times 7");
  BOOST_TEST(error(simulator::grid(7, 0)) == "a grid has from 1 to 1000000 nodes, not 7 times 0");
  BOOST_TEST(error(simulator::grid(1001, 1000)) ==
             "a grid has from 1 to 1000000 nodes, not 1001 times 1000");
  // The product would overflow to 0.
  BOOST_TEST(error(simulator::grid(std::size_t{1} << 32, std::size_t{1} << 32)) ==
             "a grid has from 1 to 1000000 nodes, not 4294967296 times 4294967296");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_random_regular_graph)

BOOST_AUTO_TEST_CASE(is_simple_regular_and_connected_whatever_its_size_and_seed) {
  for (std::size_t nodes = 3; nodes <= 16; ++nodes)
    for (std::size_t degree = 2; degree < nodes; ++degree)
      for (auto seed : seeds) {
        if (nodes * degree % 2 != 0)
          continue;
        BOOST_TEST_CONTEXT(nodes << " nodes, degree " << degree << ", seed " << seed) {
          auto subject = graph(simulator::random_regular(nodes, degree, seed));
          BOOST_TEST(subject.nodes == nodes);
          BOOST_TEST(is_simple(subject));
          BOOST_TEST(is_regular(subject, degree));
          BOOST_TEST(simulator::is_connected(subject));
        }
      }
}

BOOST_AUTO_TEST_CASE(is_made_even_if_few_links_can_be_exchanged) {
  // One in a thousand pairings of these nodes links each to itself.
  for (std::size_t seed = 0; seed < 5000; ++seed)
    for (auto nodes : {5, 6, 7})
      BOOST_TEST_CONTEXT(nodes << " nodes, seed " << seed) {
        auto subject = graph(simulator::random_regular(nodes, 2, seed));
        BOOST_TEST(
          (is_simple(subject) && is_regular(subject, 2) && simulator::is_connected(subject)));
      }
}

BOOST_AUTO_TEST_CASE(is_one_of_a_kind_if_no_other_is_possible) {
  BOOST_TEST(text(graph(simulator::random_regular(1, 0, 1))) == "");
  BOOST_TEST(graph(simulator::random_regular(1, 0, 1)).nodes == 1u);
  BOOST_TEST(text(graph(simulator::random_regular(2, 1, 1))) == "0-1");
  BOOST_TEST(text(graph(simulator::random_regular(3, 2, 1))) == "0-1 0-2 1-2");
  BOOST_TEST(text(graph(simulator::random_regular(4, 3, 1))) == "0-1 0-2 0-3 1-2 1-3 2-3");
}

BOOST_AUTO_TEST_CASE(may_be_any_that_is_possible) {
  // The expected numbers: three cycles of 4 nodes, 12 of 5; 15 ways to leave out three links of 6
  // nodes' 15; of degree 3, 60 prisms and 10 graphs that have two sides.
  const std::vector<std::array<std::size_t, 3>> cases{
    {4, 2, 3}, {5, 2, 12}, {6, 2, 60}, {6, 3, 70}, {6, 4, 15}};
  for (auto [nodes, degree, kinds] : cases) {
    std::set<links> seen;
    for (std::size_t seed = 0; seed < 2000; ++seed)
      seen.insert(graph(simulator::random_regular(nodes, degree, seed)).links);
    BOOST_TEST(seen.size() == kinds, nodes << " nodes, degree " << degree);
  }
}

BOOST_AUTO_TEST_CASE(may_be_large_sparse_and_dense) {
  const std::vector<std::array<std::size_t, 2>> cases{
    {100'000, 8}, {100'000, 3}, {100'000, 2}, {1000, 8}, {400, 199}, {400, 200}, {400, 399}};
  for (auto [nodes, degree] : cases)
    BOOST_TEST_CONTEXT(nodes << " nodes, degree " << degree) {
      auto subject = graph(simulator::random_regular(nodes, degree, 1));
      BOOST_TEST(is_simple(subject));
      BOOST_TEST(is_regular(subject, degree));
      BOOST_TEST(simulator::is_connected(subject));
    }
}

BOOST_AUTO_TEST_CASE(is_the_same_for_the_same_seed_on_every_platform) {
  BOOST_TEST(text(graph(simulator::random_regular(8, 3, 1))) ==
             "0-4 0-5 0-7 1-3 1-5 1-6 2-3 2-4 2-7 3-7 4-6 5-6");
  BOOST_TEST(text(graph(simulator::random_regular(7, 4, 1))) ==
             "0-1 0-3 0-4 0-6 1-3 1-5 1-6 2-3 2-4 2-5 2-6 3-5 4-5 4-6");
  BOOST_TEST(hash(graph(simulator::random_regular(1000, 8, 1))) == 18116361802871122237u);
  BOOST_TEST(hash(graph(simulator::random_regular(1000, 2, 1))) == 6264181942424473737u);
  BOOST_TEST(hash(graph(simulator::random_regular(60, 29, 1))) == 9562799978605022741u);
}

BOOST_AUTO_TEST_CASE(is_another_for_another_seed) {
  BOOST_TEST(differs_by_seed([](auto seed) { return simulator::random_regular(50, 4, seed); }));
}

BOOST_AUTO_TEST_CASE(has_limits) {
  const std::string nodes = "a random regular graph has from 1 to 1000000 nodes, not ";
  BOOST_TEST(error(simulator::random_regular(0, 0, 1)) == nodes + "0");
  BOOST_TEST(error(simulator::random_regular(1'000'001, 8, 1)) == nodes + "1000001");
  BOOST_TEST(error(simulator::random_regular(1, 1, 1)) ==
             "each of 1 connected nodes has from 0 to 0 links, not 1");
  BOOST_TEST(error(simulator::random_regular(2, 0, 1)) ==
             "each of 2 connected nodes has from 1 to 1 links, not 0");
  BOOST_TEST(error(simulator::random_regular(6, 1, 1)) ==
             "each of 6 connected nodes has from 2 to 5 links, not 1");
  BOOST_TEST(error(simulator::random_regular(6, 6, 1)) ==
             "each of 6 connected nodes has from 2 to 5 links, not 6");
  BOOST_TEST(error(simulator::random_regular(7, 3, 1)) ==
             "nodes times degree is even, not 7 times 3");
  BOOST_TEST(error(simulator::random_regular(1'000'000, 21, 1)) ==
             "a topology has at most 10000000 links, not 10500000");
  BOOST_TEST(error(simulator::random_regular(1'000'000, 999'999, 1)) ==
             "a topology has at most 10000000 links, not 499999500000");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_scale_free_graph)

BOOST_AUTO_TEST_CASE(is_simple_and_connected_and_each_newcomer_brings_its_links) {
  for (std::size_t nodes = 2; nodes <= 16; ++nodes)
    for (std::size_t each = 1; each < nodes; ++each)
      for (auto seed : seeds)
        BOOST_TEST_CONTEXT(nodes << " nodes with " << each << " links, seed " << seed) {
          auto subject = graph(simulator::scale_free(nodes, each, seed));
          BOOST_TEST(subject.nodes == nodes);
          BOOST_TEST(is_simple(subject));
          BOOST_TEST(simulator::is_connected(subject));
          // The links that a node has brought are those to the nodes before it.
          sizes brought(nodes);
          for (auto link : subject.links)
            ++brought[link.second];
          for (std::size_t x = 0; x < nodes; ++x)
            BOOST_TEST(brought[x] == std::min(x, each));
        }
}

BOOST_AUTO_TEST_CASE(has_hubs_that_a_graph_by_mere_chance_has_not) {
  for (std::size_t seed = 0; seed < 10; ++seed) {
    auto subject = graph(simulator::scale_free(2000, 4, seed));
    BOOST_TEST(links_of_hubs(subject) > 3 * links_of_hubs(random_graph(subject, seed)));
  }
}

BOOST_AUTO_TEST_CASE(is_made_even_if_a_newcomer_is_linked_to_almost_all) {
  // Chance hardly ever hits the last of a newcomer's links.
  auto subject = graph(simulator::scale_free(600, 500, 1));
  BOOST_TEST(is_simple(subject));
  BOOST_TEST(subject.links.size() == 501u * 500 / 2 + 99u * 500);
}

BOOST_AUTO_TEST_CASE(may_be_large) {
  auto subject = graph(simulator::scale_free(100'000, 4, 1));
  BOOST_TEST(subject.nodes == 100'000u);
  BOOST_TEST(is_simple(subject));
  BOOST_TEST(simulator::is_connected(subject));
}

BOOST_AUTO_TEST_CASE(is_the_same_for_the_same_seed_on_every_platform) {
  BOOST_TEST(text(graph(simulator::scale_free(8, 2, 1))) ==
             "0-1 0-2 0-4 0-5 0-7 1-2 1-3 2-3 2-4 2-5 2-6 3-6 3-7");
  BOOST_TEST(hash(graph(simulator::scale_free(1000, 4, 1))) == 9898906866804321977u);
  BOOST_TEST(hash(graph(simulator::scale_free(600, 500, 1))) == 12319001567254188400u);
}

BOOST_AUTO_TEST_CASE(is_another_for_another_seed) {
  BOOST_TEST(differs_by_seed([](auto seed) { return simulator::scale_free(50, 2, seed); }));
}

BOOST_AUTO_TEST_CASE(has_limits) {
  const std::string nodes = "a scale-free graph has from 2 to 1000000 nodes, not ";
  BOOST_TEST(error(simulator::scale_free(1, 1, 1)) == nodes + "1");
  BOOST_TEST(error(simulator::scale_free(1'000'001, 1, 1)) == nodes + "1000001");
  BOOST_TEST(error(simulator::scale_free(5, 0, 1)) ==
             "each of 5 nodes brings from 1 to 4 links, not 0");
  BOOST_TEST(error(simulator::scale_free(5, 5, 1)) ==
             "each of 5 nodes brings from 1 to 4 links, not 5");
  // The first 11 nodes have 55 links, and each other node brings 11.
  BOOST_TEST(error(simulator::scale_free(1'000'000, 11, 1)) ==
             "a topology has at most 10000000 links, not 10999934");
  BOOST_TEST(error(simulator::scale_free(1'000'000, 999'999, 1)) ==
             "a topology has at most 10000000 links, not 499999500000");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_edge_list)

BOOST_AUTO_TEST_CASE(is_one_link_a_line) {
  auto subject = graph(read("0 1\n3 2\n1 2\n"));
  BOOST_TEST(text(subject) == "0-1 1-2 2-3");
  BOOST_TEST(subject.nodes == 4u);
  BOOST_TEST((subject == graph(read("0 1\n3 2\n1 2"))), "the last line need not end");
}

BOOST_AUTO_TEST_CASE(has_comments_blank_lines_and_any_white_space) {
  BOOST_TEST(
    text(graph(read("# a comment 1 2 3\n\n \t\n0 1 # nearest\n\t 2\t \t0 \r\n01 002#\n"))) ==
    "0-1 0-2 1-2");
}

BOOST_AUTO_TEST_CASE(says_nothing_new_when_it_repeats_a_link) {
  auto subject = graph(read("0 1\n1 0\n1 2\n0 1\n2 1\n"));
  BOOST_TEST(text(subject) == "0-1 1-2");
}

BOOST_AUTO_TEST_CASE(has_nodes_without_links_where_numbers_are_left_out) {
  auto subject = graph(read("1 4\n"));
  BOOST_TEST(subject.nodes == 5u);
  BOOST_TEST(!simulator::is_connected(subject));
  BOOST_TEST(graph(read("0 1\n1 999999\n")).nodes == topology::max_nodes);
}

BOOST_AUTO_TEST_CASE(gives_back_what_was_written) {
  auto subject = graph(simulator::random_regular(1000, 4, 1));
  std::string out;
  for (auto link : subject.links)
    out += std::to_string(link.second) + ' ' + std::to_string(link.first) + '\n';
  BOOST_TEST((graph(read(out)) == subject));
}

BOOST_AUTO_TEST_CASE(names_the_line_that_is_no_link) {
  const std::string good = "# six\n\n0 1\n\n1 2\n2 3\n";
  const std::string wanted = "graph.txt:7: a link is two whole numbers, not ";
  BOOST_TEST(error(read(good + "a b\n1 2\n")) == wanted + "\"a b\"");
  BOOST_TEST(error(read(good + " 1 b # why\n")) == wanted + "\"1 b\"");
  BOOST_TEST(error(read(good + "b 1")) == wanted + "\"b 1\"");
  BOOST_TEST(error(read(good + "1\n")) == wanted + "\"1\"");
  BOOST_TEST(error(read(good + "1 2 3\n")) == wanted + "\"1 2 3\"");
  BOOST_TEST(error(read(good + "1,2\n")) == wanted + "\"1,2\"");
  BOOST_TEST(error(read(good + "-1 2\n")) == wanted + "\"-1 2\"");
  BOOST_TEST(error(read(good + "+1 2\n")) == wanted + "\"+1 2\"");
  BOOST_TEST(error(read(good + "1.0 2\n")) == wanted + "\"1.0 2\"");
  BOOST_TEST(error(read(good + "0x1 2\n")) == wanted + "\"0x1 2\"");
  BOOST_TEST(error(read(good + "99999999999999999999x 2\n")) ==
             wanted + "\"99999999999999999999x 2\"");
  BOOST_TEST(error(read("0 1\n5 5\n")) ==
             "graph.txt:2: a link is between two different nodes, not 5 and 5");
}

BOOST_AUTO_TEST_CASE(is_shown_in_an_error_as_one_short_line) {
  const std::string wanted = "graph.txt:1: a link is two whole numbers, not ";
  BOOST_TEST(error(read(std::string{"\x1b[31m\0\r1\xff ~", 11})) == wanted + "\"?[31m??1? ~\"");
  const std::string most(40, 'x');
  BOOST_TEST(error(read(most)) == wanted + '"' + most + '"');
  BOOST_TEST(error(read(most + 'x')) == wanted + '"' + most + "...\"");
}

BOOST_AUTO_TEST_CASE(has_a_largest_number) {
  const std::string wanted = "graph.txt:1: a node's number is at most 999999, not ";
  BOOST_TEST(error(read("0 1000000")) == wanted + "1000000");
  BOOST_TEST(error(read("1000000 0")) == wanted + "1000000");
  BOOST_TEST(error(read("1 18446744073709551617")) == wanted + "18446744073709551617");
  BOOST_TEST(error(read("99999999999999999999 5")) == wanted + "99999999999999999999");
}

BOOST_AUTO_TEST_CASE(has_at_most_so_many_links) {
  BOOST_TEST(text(graph(read("0 1\n1 0\n1 2\n0 1\n", 2))) == "0-1 1-2");
  BOOST_TEST(error(read("0 1\n1 0\n1 2\n\n0 2\n", 2)) ==
             "graph.txt:5: a topology has at most 2 links, but this is one more");
}

BOOST_AUTO_TEST_CASE(has_lines_of_at_most_a_thousand_bytes) {
  const std::string most = '0' + std::string(998, ' ') + '1';
  const std::string wanted = "a line has at most 1000 bytes, but this has more";
  BOOST_TEST(text(graph(read(most + "\n1 2\n"))) == "0-1 1-2");
  BOOST_TEST(text(graph(read("1 2\n" + most))) == "0-1 1-2");
  BOOST_TEST(error(read("1 2\n" + most + " \n1 3\n")) == "graph.txt:2: " + wanted);
  BOOST_TEST(error(read(most + "2")) == "graph.txt:1: " + wanted);
}

BOOST_AUTO_TEST_CASE(has_at_least_one_link) {
  const std::string wanted = "the text ends without a link; at least one is wanted";
  BOOST_TEST(error(read("")) == "graph.txt:1: " + wanted);
  BOOST_TEST(error(read("\n# 0 1\n")) == "graph.txt:2: " + wanted);
}

BOOST_AUTO_TEST_CASE(cannot_be_read_from_what_is_not_there) {
  const std::string wanted = "this cannot be read; a text with one link a line is wanted";
  std::ifstream missing{"/nowhere/graph.txt"};
  BOOST_TEST(error(simulator::read_edge_list(missing, "/nowhere/graph.txt")) ==
             "/nowhere/graph.txt:1: " + wanted);
  std::ifstream folder{"/"};
  BOOST_TEST(error(simulator::read_edge_list(folder, "/")) == "/:1: " + wanted);
}

BOOST_AUTO_TEST_CASE(may_stop_being_readable) {
  /// Gives a line and a half, then fails.
  struct broken : std::streambuf {
    std::string start = "0 1\n1";
    broken() { setg(start.data(), start.data(), start.data() + start.size()); }
    int_type underflow() override { throw std::runtime_error{"the disk is gone"}; }
  } source;
  std::istream in{&source};
  BOOST_TEST(error(simulator::read_edge_list(in, "graph.txt")) ==
             "graph.txt:2: this cannot be read; a text with one link a line is wanted");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
