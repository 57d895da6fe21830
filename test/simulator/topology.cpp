// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/topology.hpp"

#include "devp2p/net/sim/seeded_rng.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <istream>
#include <numeric>
#include <optional>
#include <span>
#include <unordered_set>
#include <utility>

namespace devp2p::simulator {

namespace {

using link = topology::link;
using node = std::uint32_t;

constexpr std::size_t max_line = 1000;
constexpr std::string_view white_space = " \t\r\v\f";

std::string text(std::uint64_t number) {
  return std::to_string(number);
}

link between(std::size_t x, std::size_t y) {
  return {static_cast<node>(std::min(x, y)), static_cast<node>(std::max(x, y))};
}

topology sorted(std::size_t nodes, std::vector<link> links) {
  std::sort(links.begin(), links.end());
  return {nodes, std::move(links)};
}

/// Returns what is wrong with this number of nodes, if anything.
std::optional<std::string> check_nodes(const std::string& what, std::size_t nodes,
                                       std::size_t least) {
  if (nodes >= least && nodes <= topology::max_nodes)
    return std::nullopt;
  return what + " has from " + text(least) + " to " + text(topology::max_nodes) + " nodes, not " +
         text(nodes);
}

std::optional<std::string> check_links(std::uint64_t links) {
  if (links <= topology::max_links)
    return std::nullopt;
  return "a topology has at most " + text(topology::max_links) + " links, not " + text(links);
}

std::optional<std::string> check_regular(std::size_t nodes, std::size_t degree) {
  if (auto error = check_nodes("a random regular graph", nodes, 1))
    return error;
  const auto most = nodes - 1;
  const auto least = std::min<std::size_t>(most, 2);
  if (degree < least || degree > most)
    return "each of " + text(nodes) + " connected nodes has from " + text(least) + " to " +
           text(most) + " links, not " + text(degree);
  const auto ends = std::uint64_t{nodes} * degree;
  if (ends % 2 != 0)
    return "nodes times degree is even, not " + text(nodes) + " times " + text(degree);
  return check_links(ends / 2);
}

/// The number of links: those among the first nodes, which are all linked to each other, and those
/// of the other nodes.
std::uint64_t scale_free_links(std::uint64_t nodes, std::uint64_t per_node) {
  return (per_node + 1) * per_node / 2 + (nodes - per_node - 1) * per_node;
}

std::optional<std::string> check_scale_free(std::size_t nodes, std::size_t links_per_node) {
  if (auto error = check_nodes("a scale-free graph", nodes, 2))
    return error;
  if (links_per_node < 1 || links_per_node >= nodes)
    return "each of " + text(nodes) + " nodes brings from 1 to " + text(nodes - 1) +
           " links, not " + text(links_per_node);
  return check_links(scale_free_links(nodes, links_per_node));
}

/// Sets of nodes, which can only be joined.
class parts {
public:
  explicit parts(std::size_t nodes) : parents_(nodes) {
    std::iota(parents_.begin(), parents_.end(), node{0});
  }

  /// Joins the sets of both nodes. Returns false if they were in the same set already.
  bool join(node x, node y) {
    x = root(x);
    y = root(y);
    parents_[std::max(x, y)] = std::min(x, y);
    return x != y;
  }

private:
  node root(node x) {
    while (parents_[x] != x)
      x = parents_[x] = parents_[parents_[x]];
    return x;
  }

  std::vector<node> parents_;
};

/// Pairs the ends of links at random, so that each node has `degree` links, all different. There
/// are more than 2 * `degree` nodes.
class pairing {
public:
  pairing(std::size_t nodes, std::size_t degree, net::seeded_rng& random)
    : random_(random),
      degree_(degree),
      counts_(nodes),
      neighbours_(nodes * degree) {
    links_.reserve(nodes * degree / 2);
    loose_.reserve(nodes * degree);
    for (std::size_t x = 0; x < nodes; ++x)
      loose_.insert(loose_.end(), degree, static_cast<node>(x));
    // Not `std::shuffle`, which differs between platforms.
    for (auto i = loose_.size(); i > 1; --i)
      std::swap(loose_[i - 1], loose_[random_.below(i)]);
  }

  std::vector<link> run() && {
    std::vector<node> refused;
    for (std::size_t i = 0; i < loose_.size(); i += 2)
      if (!add(loose_[i], loose_[i + 1]))
        refused.insert(refused.end(), {loose_[i], loose_[i + 1]});
    loose_ = std::move(refused);
    while (!loose_.empty())
      settle_two();
    return std::move(links_);
  }

private:
  [[nodiscard]] std::span<node> neighbours(node x) {
    return std::span{neighbours_}.subspan(x * degree_, counts_[x]);
  }

  /// Whether the two nodes are different and not linked.
  [[nodiscard]] bool may_add(node x, node y) {
    const auto known = neighbours(x);
    return x != y && std::find(known.begin(), known.end(), y) == known.end();
  }

  bool add(node x, node y) {
    if (!may_add(x, y))
      return false;
    links_.push_back(between(x, y));
    neighbours_[x * degree_ + counts_[x]++] = y;
    neighbours_[y * degree_ + counts_[y]++] = x;
    return true;
  }

  void forget(node x, node y) {
    const auto known = neighbours(x);
    *std::find(known.begin(), known.end(), y) = known.back();
    --counts_[x];
  }

  /// Links two loose ends to others. One of the three ways is always open. Suppose both nodes are
  /// linked already, or are one, and all loose ends are at nodes linked to both. Then their at most
  /// 2 * `degree` neighbours have fewer than all of the ends that are not loose.
  void settle_two() {
    const auto x = take();
    const auto y = take();
    if (add(x, y) || exchange(x, y))
      return;
    for (auto& other : loose_)
      if (add(x, other)) {
        other = y;
        return;
      } else if (add(y, other)) {
        other = x;
        return;
      }
    assert(!"there are too few nodes");
  }

  node take() {
    auto out = loose_.back();
    loose_.pop_back();
    return out;
  }

  /// Breaks a random link and links `x` and `y` to its ends. Returns false if no link is fit for
  /// it.
  bool exchange(node x, node y) {
    const auto ways = links_.size() * 2;
    const auto start = random_.below(ways);
    for (std::size_t i = 0; i < ways; ++i) {
      const auto way = (start + i) % ways;
      const auto broken = links_[way / 2];
      const auto to_x = way % 2 == 0 ? broken.first : broken.second;
      const auto to_y = way % 2 == 0 ? broken.second : broken.first;
      if (!may_add(x, to_x) || !may_add(y, to_y))
        continue;
      links_[way / 2] = links_.back();
      links_.pop_back();
      forget(to_x, to_y);
      forget(to_y, to_x);
      return add(x, to_x) && add(y, to_y);
    }
    return false;
  }

  net::seeded_rng& random_;
  /// The nodes of ends that have no link yet.
  std::vector<node> loose_;
  std::vector<link> links_;
  std::size_t degree_;
  /// The number of neighbours of each node.
  std::vector<std::size_t> counts_;
  /// The neighbours, in `degree_` places for each node.
  std::vector<node> neighbours_;
};

/// Makes one connected part of all parts, each of which has a cycle. No node's degree changes.
void connect(std::size_t nodes, std::vector<link>& links) {
  parts joined{nodes};
  // The links that close a cycle: without one of them, its part is still connected.
  std::vector<std::size_t> spare;
  for (std::size_t i = 0; i < links.size(); ++i)
    if (!joined.join(links[i].first, links[i].second))
      spare.push_back(i);
  link* last = nullptr;
  for (auto i : spare) {
    auto& next = links[i];
    if (last && !joined.join(last->first, next.first))
      continue;
    if (last) {
      // The ends change partners: the first new link joins the parts, so the second is spare again.
      const auto bridge = between(last->first, next.first);
      next = between(last->second, next.second);
      *last = bridge;
    }
    last = &next;
  }
}

/// Returns a link for each pair of nodes that `links`, in ascending order, does not link.
std::vector<link> complement(std::size_t nodes, const std::vector<link>& links) {
  std::vector<link> out;
  out.reserve(nodes * (nodes - 1) / 2 - links.size());
  auto next = links.begin();
  for (std::size_t x = 0; x < nodes; ++x)
    for (auto y = x + 1; y < nodes; ++y)
      if (next != links.end() && *next == between(x, y))
        ++next;
      else
        out.push_back(between(x, y));
  return out;
}

/// Chooses nodes at random, the more likely the more links they have.
class attachment {
public:
  attachment(std::size_t nodes, std::uint64_t seed) : random_(seed), chosen_by_(nodes) {}

  void add(link x) {
    links_.push_back(x);
    ends_.insert(ends_.end(), {x.first, x.second});
  }

  /// Links `newcomer` to `count` different nodes that have links.
  void attach(std::size_t newcomer, std::size_t count) {
    std::vector<link> fresh;
    for (std::size_t i = 0; i < count; ++i) {
      const auto chosen = choose(newcomer);
      chosen_by_[chosen] = newcomer;
      fresh.push_back(between(chosen, newcomer));
    }
    std::for_each(fresh.begin(), fresh.end(), [this](link x) { add(x); });
  }

  std::vector<link> links() && { return std::move(links_); }

private:
  node choose(std::size_t newcomer) {
    auto open = [&](node x) { return chosen_by_[x] != newcomer; };
    for (auto draws = 0; draws < max_draws; ++draws)
      if (auto x = ends_[random_.below(ends_.size())]; open(x))
        return x;
    // Few nodes are left. Takes the next one, so that this ends.
    const auto middle = ends_.begin() + static_cast<std::ptrdiff_t>(random_.below(ends_.size()));
    auto out = std::find_if(middle, ends_.end(), open);
    return out != ends_.end() ? *out : *std::find_if(ends_.begin(), middle, open);
  }

  static constexpr int max_draws = 100;

  net::seeded_rng random_;
  std::vector<link> links_;
  /// Each node, as often as it has links.
  std::vector<node> ends_;
  /// The last newcomer that has chosen each node. Node 0 is never a newcomer.
  std::vector<std::size_t> chosen_by_;
};

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(white_space);
  if (first == line.npos)
    return {};
  return line.substr(first, line.find_last_not_of(white_space) + 1 - first);
}

/// Returns the text as a part of an error, which is one line whatever the text is.
std::string shown(std::string_view line) {
  constexpr std::size_t most = 40;
  std::string out{line.substr(0, most)};
  std::replace_if(
    out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return line.size() > most ? out + "..." : out;
}

/// Returns the number, or the largest value of its type if it is larger; `nullopt` if it is none.
std::optional<std::uint64_t> whole_number(std::string_view word) {
  std::uint64_t out = 0;
  const auto* last = word.data() + word.size();
  auto [end, error] = std::from_chars(word.data(), last, out);
  if (end != last || error == std::errc::invalid_argument)
    return std::nullopt;
  return error == std::errc::result_out_of_range ? UINT64_MAX : out;
}

expected<link, std::string> parse_link(std::string_view line) {
  const auto first = line.substr(0, line.find_first_of(white_space));
  const auto second = trimmed(line.substr(first.size()));
  const auto x = whole_number(first);
  const auto y = whole_number(second);
  if (!x || !y)
    return "a link is two whole numbers, not \"" + shown(line) + '"';
  if (std::max(*x, *y) >= topology::max_nodes)
    return "a node's number is at most " + text(topology::max_nodes - 1) + ", not " +
           shown(*x > *y ? first : second);
  if (*x == *y)
    return "a link is between two different nodes, not " + text(*x) + " and " + text(*y);
  return between(*x, *y);
}

/// The links that have been read so far.
class edge_list {
public:
  explicit edge_list(std::size_t max_links)
    : max_links_(std::min(max_links, topology::max_links)) {}

  /// Adds a line. Returns what is wrong with it, if anything.
  std::optional<std::string> add(std::string_view line) {
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty())
      return std::nullopt;
    auto next = parse_link(line);
    if (!next)
      return next.error();
    if (!known_.insert(std::uint64_t{next->first} << 32 | next->second).second)
      return std::nullopt;
    if (links_.size() == max_links_)
      return "a topology has at most " + text(max_links_) + " links, but this is one more";
    links_.push_back(*next);
    nodes_ = std::max<std::size_t>(nodes_, next->second + std::size_t{1});
    return std::nullopt;
  }

  [[nodiscard]] bool empty() const { return links_.empty(); }
  topology finish() && { return sorted(nodes_, std::move(links_)); }

private:
  std::size_t max_links_;
  std::size_t nodes_ = 0;
  std::vector<link> links_;
  /// The two node numbers of each link, in one number.
  std::unordered_set<std::uint64_t> known_;
};

} // namespace

expected<topology, std::string> ring(std::size_t nodes) {
  if (auto error = check_nodes("a ring", nodes, 3))
    return *error;
  topology out{nodes, {between(0, 1), between(0, nodes - 1)}};
  for (std::size_t x = 1; x + 1 < nodes; ++x)
    out.links.push_back(between(x, x + 1));
  return out;
}

expected<topology, std::string> star(std::size_t nodes) {
  if (auto error = check_nodes("a star", nodes, 2))
    return *error;
  topology out{nodes, {}};
  for (std::size_t x = 1; x < nodes; ++x)
    out.links.push_back(between(0, x));
  return out;
}

expected<topology, std::string> complete(std::size_t nodes) {
  if (auto error = check_nodes("a complete graph", nodes, 2))
    return *error;
  if (auto error = check_links(std::uint64_t{nodes} * (nodes - 1) / 2))
    return *error;
  return topology{nodes, complement(nodes, {})};
}

expected<topology, std::string> grid(std::size_t width, std::size_t height) {
  // A division, because the product might overflow.
  if (width < 1 || height < 1 || width > topology::max_nodes / height)
    return "a grid has from 1 to " + text(topology::max_nodes) + " nodes, not " + text(width) +
           " times " + text(height);
  topology out{width * height, {}};
  for (std::size_t x = 0; x < out.nodes; ++x) {
    if ((x + 1) % width != 0)
      out.links.push_back(between(x, x + 1));
    if (x + width < out.nodes)
      out.links.push_back(between(x, x + width));
  }
  return out;
}

expected<topology, std::string> random_regular(std::size_t nodes, std::size_t degree,
                                               std::uint64_t seed) {
  if (auto error = check_regular(nodes, degree))
    return *error;
  net::seeded_rng random{seed};
  if (nodes > 2 * degree) {
    auto links = pairing{nodes, degree, random}.run();
    connect(nodes, links);
    return sorted(nodes, std::move(links));
  }
  // The pairs that are not linked are chosen instead, since they are fewer. The graph is connected,
  // because two parts would have more nodes than there are.
  auto missing = sorted(nodes, pairing{nodes, nodes - 1 - degree, random}.run());
  return topology{nodes, complement(nodes, missing.links)};
}

expected<topology, std::string> scale_free(std::size_t nodes, std::size_t links_per_node,
                                           std::uint64_t seed) {
  if (auto error = check_scale_free(nodes, links_per_node))
    return *error;
  attachment graph{nodes, seed};
  for (std::size_t x = 0; x <= links_per_node; ++x)
    for (auto y = x + 1; y <= links_per_node; ++y)
      graph.add(between(x, y));
  for (auto x = links_per_node + 1; x < nodes; ++x)
    graph.attach(x, links_per_node);
  return sorted(nodes, std::move(graph).links());
}

expected<topology, std::string> read_edge_list(std::istream& in, std::string_view name,
                                               std::size_t max_links) {
  edge_list out{max_links};
  std::size_t number = 0;
  auto wrong = [&](const std::string& what) {
    return std::string{name} + ':' + text(number) + ": " + what;
  };
  std::array<char, max_line + 1> buffer{};
  while (in.getline(buffer.data(), buffer.size())) {
    ++number;
    // The end of the line is counted, too; the last line need not have one.
    const auto size = static_cast<std::size_t>(in.gcount()) - (in.eof() ? 0 : 1);
    if (auto error = out.add({buffer.data(), size}))
      return wrong(*error);
  }
  if (!in.eof()) {
    ++number;
    return wrong(in.bad() || in.gcount() == 0
                   ? "this cannot be read; a text with one link a line is wanted"
                   : "a line has at most " + text(max_line) + " bytes, but this has more");
  }
  if (out.empty()) {
    number = std::max<std::size_t>(number, 1);
    return wrong("the text ends without a link; at least one is wanted");
  }
  return std::move(out).finish();
}

std::vector<std::size_t> degrees(const topology& graph) {
  std::vector<std::size_t> out(graph.nodes);
  for (auto x : graph.links) {
    ++out[x.first];
    ++out[x.second];
  }
  return out;
}

bool is_connected(const topology& graph) {
  parts joined{graph.nodes};
  auto count = graph.nodes;
  for (auto x : graph.links)
    if (joined.join(x.first, x.second))
      --count;
  return count <= 1;
}

} // namespace devp2p::simulator
