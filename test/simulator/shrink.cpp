// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/shrink.hpp"

#include "devp2p/simulator/link_index.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace devp2p::simulator {

namespace {

/// The new numbers of the nodes that are left, by their old numbers.
using numbering = std::map<std::size_t, std::size_t>;

/// Returns an action with the new numbers of its nodes, or `nullopt` if a node or a link of it is
/// gone.
class renumbered {
public:
  using result = std::optional<any_action>;

  /// `of` has its new links and NATs already.
  renumbered(const numbering& numbers, const simulation_options& of)
    : numbers_(numbers),
      network_(of) {}

  result operator()(any_record x) const {
    for (const auto& y : x.fields()) {
      if (const auto* node = std::get_if<node_number*>(&y.place))
        if (!renumber(**node))
          return std::nullopt;
      if (const auto* nodes = std::get_if<std::vector<node_number>*>(&y.place))
        if (!renumber(**nodes))
          return std::nullopt;
    }
    return x.refuse(network_) ? std::nullopt : result{std::move(x)};
  }
  result operator()(action::crash x) const { return about(x); }
  result operator()(action::start x) const { return about(x); }
  result operator()(action::freeze x) const { return about(x); }
  result operator()(action::thaw x) const { return about(x); }
  result operator()(action::slow_down x) const { return about(x); }
  result operator()(action::speed_up x) const { return about(x); }
  result operator()(action::skew_clock x) const { return about(x); }
  result operator()(action::reset_clock x) const { return about(x); }
  result operator()(action::duplicate_messages x) const { return about_several(std::move(x)); }
  result operator()(action::reorder_messages x) const { return about_several(std::move(x)); }
  result operator()(action::stall x) const { return between(x); }
  result operator()(action::resume x) const { return between(x); }
  result operator()(action::cut x) const { return between(x); }
  result operator()(action::heal x) const { return x; }
  result operator()(action::restart_nat x) const {
    auto out = numbers_.find(x.node);
    return out != numbers_.end() && network_.nats.contains(static_cast<std::uint32_t>(out->second))
             ? about(x)
             : std::nullopt;
  }
  result operator()(action::separate x) const {
    return renumber(x.nodes) && renumber_if_any(x.others) ? result{std::move(x)} : std::nullopt;
  }
  result operator()(action::set_line x) const {
    return renumber_if_any(x.nodes) && renumber_if_any(x.others) ? result{std::move(x)}
                                                                 : std::nullopt;
  }

private:
  /// Returns false if the node is gone.
  [[nodiscard]] bool renumber(auto& node) const {
    auto found = numbers_.find(node);
    if (found != numbers_.end())
      node = found->second;
    return found != numbers_.end();
  }

  /// Keeps the nodes that are left. Returns false if there is none.
  template <class Number>
  [[nodiscard]] bool renumber(std::vector<Number>& nodes) const {
    std::vector<Number> left;
    for (auto x : nodes)
      if (renumber(x))
        left.push_back(x);
    nodes = std::move(left);
    // Nodes that were merged have the same number.
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    return !nodes.empty();
  }

  /// Does so with a list that stands for all nodes if it is empty.
  [[nodiscard]] bool renumber_if_any(std::vector<std::size_t>& nodes) const {
    return nodes.empty() || renumber(nodes);
  }

  template <class Action>
  [[nodiscard]] result about(Action x) const {
    auto found = numbers_.find(x.node);
    if (found == numbers_.end())
      return std::nullopt;
    x.node = found->second;
    return x;
  }

  /// Renumbers an action of nodes, or of all if it names none.
  template <class Action>
  [[nodiscard]] result about_several(Action x) const {
    return renumber_if_any(x.nodes) ? result{std::move(x)} : std::nullopt;
  }

  template <class Action>
  [[nodiscard]] result between(Action x) const {
    auto from = numbers_.find(x.from);
    auto to = numbers_.find(x.to);
    if (from == numbers_.end() || to == numbers_.end() ||
        !find_link(network_.links, from->second, to->second))
      return std::nullopt;
    x.from = from->second;
    x.to = to->second;
    return x;
  }

  const numbering& numbers_;
  const simulation_options& network_;
};

void keep_steps(scenario& of, const numbering& numbers) {
  renumbered change{numbers, of.network};
  std::vector<scenario::step> kept;
  for (const auto& x : of.schedule)
    if (auto what = std::visit(change, x.what))
      kept.push_back({x.at, std::move(*what)});
  of.schedule = std::move(kept);
}

/// Keeps the NATs of the nodes that are left. A merged node has the NAT of the first.
void keep_nats(scenario& of, const numbering& numbers) {
  std::map<std::uint32_t, net::nat_kind> kept;
  for (auto [node, kind] : of.network.nats)
    if (auto found = numbers.find(node); found != numbers.end())
      kept.emplace(static_cast<std::uint32_t>(found->second), kind);
  of.network.nats = std::move(kept);
}

bool has_action(const offered_protocol& x, const std::string& name) {
  return std::any_of(x.kind->actions.begin(), x.kind->actions.end(),
                     [&](const protocol_kind::action& y) { return y.blank.name() == name; });
}

/// Leaves out the byzantine entries without nodes, and with a protocol that no node offers any more
/// its actions: a file may not have them.
void leave_out_empty_entries(scenario& of) {
  auto gone = std::stable_partition(of.byzantine.begin(), of.byzantine.end(),
                                    [](const byzantine_nodes& x) { return !x.nodes.empty(); });
  const std::vector<byzantine_nodes> left_out{gone, of.byzantine.end()};
  of.byzantine.erase(gone, of.byzantine.end());
  auto any_has = [](const std::vector<byzantine_nodes>& all, const std::string& name) {
    return std::any_of(all.begin(), all.end(),
                       [&](const byzantine_nodes& x) { return has_action(x.what, name); });
  };
  std::erase_if(of.schedule, [&](const scenario::step& step) {
    const auto* action = std::get_if<any_record>(&step.what);
    return action != nullptr && any_has(left_out, action->name()) &&
           !any_has(of.byzantine, action->name()) &&
           std::none_of(of.protocols.begin(), of.protocols.end(),
                        [&](const auto& x) { return has_action(x, action->name()); });
  });
}

/// Keeps the byzantine nodes that are left. A merged node is byzantine if one of both was.
void keep_byzantine(scenario& of, const numbering& numbers) {
  for (auto& x : of.byzantine) {
    std::vector<std::size_t> left;
    for (auto node : x.nodes)
      if (auto found = numbers.find(node); found != numbers.end())
        left.push_back(found->second);
    std::sort(left.begin(), left.end());
    left.erase(std::unique(left.begin(), left.end()), left.end());
    x.nodes = std::move(left);
  }
  leave_out_empty_entries(of);
}

/// Keeps the regions of the nodes that are left. A merged node is in that of the first.
void keep_regions(scenario& of, const numbering& numbers) {
  std::map<std::size_t, std::size_t> kept;
  for (auto [node, region] : of.network.places.of)
    if (auto found = numbers.find(node); found != numbers.end())
      kept.emplace(found->second, region);
  of.network.places.of = std::move(kept);
}

/// Keeps all that is said of the nodes that are left.
void keep_nodes(scenario& of, const numbering& numbers) {
  keep_nats(of, numbers);
  keep_regions(of, numbers);
  keep_byzantine(of, numbers);
  keep_steps(of, numbers);
}

numbering same_numbers(const scenario& of) {
  numbering out;
  for (std::size_t i = 0; i < of.network.links.nodes; ++i)
    out.emplace(i, i);
  return out;
}

/// Keeps these nodes, in ascending order, and the links and steps among them.
scenario with_nodes(const scenario& from, const std::vector<std::size_t>& nodes) {
  numbering numbers;
  for (auto x : nodes)
    numbers.emplace(x, numbers.size());
  auto out = from;
  out.network.links = {nodes.size(), {}};
  for (auto [first, second] : from.network.links.links)
    if (numbers.contains(first) && numbers.contains(second))
      out.network.links.links.push_back({static_cast<std::uint32_t>(numbers.at(first)),
                                         static_cast<std::uint32_t>(numbers.at(second))});
  keep_nodes(out, numbers);
  return out;
}

scenario with_links(const scenario& from, std::vector<topology::link> links) {
  auto out = from;
  out.network.links.links = std::move(links);
  keep_steps(out, same_numbers(from));
  return out;
}

using nat = std::pair<std::uint32_t, net::nat_kind>;

scenario with_nats(const scenario& from, const std::vector<nat>& nats) {
  auto out = from;
  out.network.nats = {nats.begin(), nats.end()};
  keep_steps(out, same_numbers(from));
  return out;
}

/// A byzantine node: its number, and the index of its entry.
using byzantine_node = std::pair<std::size_t, std::size_t>;

scenario with_byzantine(scenario from, const std::vector<byzantine_node>& left) {
  for (auto& x : from.byzantine)
    x.nodes.clear();
  for (auto [node, entry] : left)
    from.byzantine[entry].nodes.push_back(node);
  leave_out_empty_entries(from);
  return from;
}

/// Merges the ends of that link into one node, which has the links of both.
scenario with_merged(const scenario& from, topology::link ends) {
  const auto& before = from.network.links;
  numbering numbers;
  for (std::size_t i = 0, next = 0; i < before.nodes; ++i)
    numbers.emplace(i, i == ends.second ? numbers.at(ends.first) : next++);
  std::vector<std::pair<std::size_t, std::size_t>> links;
  for (auto x : before.links)
    if (x != ends)
      links.emplace_back(numbers.at(x.first), numbers.at(x.second));
  auto out = from;
  // All links are between different nodes, since the ends have only one link between them.
  out.network.links = *from_links(before.nodes - 1, links);
  keep_nodes(out, numbers);
  return out;
}

/// Rounds each time up to a multiple of `unit`. The order stays the same.
scenario rounded(scenario of, caf::timespan unit) {
  auto round = [&](caf::timespan x) { return (x + unit - caf::timespan{1}) / unit * unit; };
  for (auto& x : of.schedule)
    x.at = round(x.at);
  of.length = round(of.length);
  return of;
}

/// The units of times that people read easily, the roundest first.
constexpr std::array<caf::timespan, 5> units_of_time = {
  std::chrono::seconds{10}, std::chrono::seconds{1}, std::chrono::milliseconds{100},
  std::chrono::milliseconds{10}, std::chrono::milliseconds{1}};
/// The number of times that all steps are gone through.
constexpr int max_rounds_of_times = 4;

/// Returns the place of the roundest unit of which `x` is a multiple; the number of units if there
/// is none. The less, the rounder.
std::size_t roughness(caf::timespan x) {
  auto found = std::find_if(units_of_time.begin(), units_of_time.end(),
                            [=](caf::timespan unit) { return (x % unit).count() == 0; });
  return static_cast<std::size_t>(found - units_of_time.begin());
}

} // namespace

shrinker::shrinker(scenario failing, still_fails fails, std::size_t max_runs,
                   std::uint64_t other_seeds)
  : smallest_(std::move(failing)),
    fails_(std::move(fails)),
    max_runs_(max_runs),
    other_seeds_(other_seeds) {}

void shrinker::run(const std::function<bool()>& go_on) {
  go_on_ = go_on;
  leave_out_all();
  // Other seeds cost as many runs again: they are for what is small already.
  reseeds_ = other_seeds_;
  if (reseeds_ > 0)
    leave_out_all();
  // Other times are no other failures: they are not worth other seeds.
  reseeds_ = 0;
  for (auto i = 0; i < max_rounds_of_times && simplify_times(); ++i)
    leave_out_all();
  finished_ = !stopped_;
}

void shrinker::leave_out_all() {
  for (auto changed = true; changed && !stopped_;) {
    changed = leave_out_steps();
    changed |= leave_out_nodes();
    changed |= leave_out_links();
    changed |= leave_out_nats();
    changed |= leave_out_byzantine();
    changed |= merge_nodes();
    changed |= simplify();
    changed |= shorten();
  }
}

bool shrinker::attempt(scenario candidate) {
  // The candidate may be made of a scenario that had another seed.
  const auto own = candidate.network.seed = smallest_.network.seed;
  auto fails = try_one(candidate);
  for (std::uint64_t seed = 1; !fails && !stopped_ && seed <= reseeds_; ++seed) {
    candidate.network.seed = seed;
    fails = seed != own && try_one(candidate);
  }
  if (fails)
    smallest_ = std::move(candidate);
  return fails;
}

bool shrinker::try_one(const scenario& candidate) {
  stopped_ = stopped_ || runs_ == max_runs_ || !go_on_();
  if (stopped_)
    return false;
  ++runs_;
  return fails_(candidate);
}

/// Leaves out as many of `all` as possible. `build` returns the scenario with those that are left,
/// if there is one.
template <class T, class Build>
bool shrinker::leave_out(std::vector<T> all, Build build) {
  auto changed = false;
  for (auto size = all.size(); size > 0 && !stopped_;) {
    auto found = false;
    for (std::size_t begin = 0; begin < all.size() && !stopped_;) {
      auto rest = all;
      auto first = rest.begin() + static_cast<std::ptrdiff_t>(begin);
      rest.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, all.size() - begin)));
      std::optional<scenario> candidate = build(rest);
      if (candidate && attempt(std::move(*candidate))) {
        all = std::move(rest);
        found = changed = true;
      } else {
        begin += size;
      }
    }
    // An item that could not be left out may be, once another is gone.
    if (size > 1 || !found)
      size = std::min(size / 2, all.size());
  }
  return changed;
}

bool shrinker::leave_out_steps() {
  return leave_out(smallest_.schedule, [this](const auto& left) {
    auto out = smallest_;
    out.schedule = left;
    return out;
  });
}

bool shrinker::leave_out_nodes() {
  std::vector<std::size_t> all(smallest_.network.links.nodes);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return leave_out(all, [from = smallest_](const auto& left) {
    return left.empty() ? std::nullopt : std::optional{with_nodes(from, left)};
  });
}

bool shrinker::leave_out_links() {
  return leave_out(smallest_.network.links.links,
                   [from = smallest_](const auto& left) { return with_links(from, left); });
}

bool shrinker::leave_out_nats() {
  const auto& nats = smallest_.network.nats;
  return leave_out(std::vector<nat>{nats.begin(), nats.end()},
                   [from = smallest_](const auto& left) { return with_nats(from, left); });
}

bool shrinker::leave_out_byzantine() {
  std::vector<byzantine_node> all;
  for (std::size_t i = 0; i < smallest_.byzantine.size(); ++i)
    for (auto node : smallest_.byzantine[i].nodes)
      all.emplace_back(node, i);
  return leave_out(all,
                   [from = smallest_](const auto& left) { return with_byzantine(from, left); });
}

bool shrinker::merge_nodes() {
  auto changed = false;
  for (std::size_t i = 0; i < smallest_.network.links.links.size() && !stopped_;)
    if (attempt(with_merged(smallest_, smallest_.network.links.links[i])))
      changed = true;
    else
      ++i;
  return changed;
}

bool shrinker::simplify() {
  auto changed = false;
  auto change = [&](auto&& member, const auto& value) {
    if (member(smallest_) == value)
      return;
    auto candidate = smallest_;
    member(candidate) = value;
    changed |= attempt(std::move(candidate));
  };
  change(
    [](scenario & x) -> auto& { return x.network.conditions.jitter; },
    net::distribution::quantiles{});
  change(
    [](scenario & x) -> auto& { return x.network.conditions.bandwidth; }, std::uint64_t{0});
  change(
    [](scenario & x) -> auto& { return x.network.conditions.latency; },
    std::chrono::nanoseconds{0});
  change(
    [](scenario & x) -> auto& { return x.network.conditions.loss; }, 0U);
  change(
    [](scenario & x) -> auto& { return x.network.places; }, regions{});
  change(
    [](scenario & x) -> auto& { return x.network.cleartext; }, true);
  for (caf::timespan unit : {std::chrono::seconds{1}, std::chrono::seconds{10}}) {
    auto candidate = rounded(smallest_, unit);
    auto is_same =
      std::equal(candidate.schedule.begin(), candidate.schedule.end(), smallest_.schedule.begin(),
                 [](const auto& a, const auto& b) { return a.at == b.at; });
    if (!is_same)
      changed |= attempt(std::move(candidate));
  }
  return changed;
}

/// Makes the time of each step rounder, or else earlier. The order stays the same.
bool shrinker::simplify_times() {
  auto changed = false;
  for (std::size_t i = 0; i < smallest_.schedule.size() && !stopped_; ++i) {
    changed |= round_step(i);
    changed |= advance_steps(i);
  }
  return changed;
}

/// Moves one step to the roundest time before or after it, between its neighbours.
bool shrinker::round_step(std::size_t which) {
  const auto& all = smallest_.schedule;
  const auto at = all[which].at;
  const auto least = which > 0 ? all[which - 1].at : caf::timespan{0};
  const auto most = which + 1 < all.size() ? all[which + 1].at : smallest_.length;
  const auto rough = roughness(at);
  for (std::size_t i = 0; i < rough && !stopped_; ++i)
    for (const auto unit : {caf::timespan{0}, units_of_time[i]}) {
      auto candidate = smallest_;
      auto& to = candidate.schedule[which].at;
      to = at / units_of_time[i] * units_of_time[i] + unit;
      if (to >= least && to <= most && attempt(std::move(candidate)))
        return true;
    }
  return false;
}

/// Moves a step and all after it to an earlier time, by the pause before it or by a part of that.
/// None becomes less round.
bool shrinker::advance_steps(std::size_t first) {
  auto changed = false;
  for (const auto unit : units_of_time)
    for (const auto part : {1, 2, 4, 8}) {
      const auto& all = smallest_.schedule;
      const auto before = first > 0 ? all[first - 1].at : caf::timespan{0};
      const auto by = (all[first].at - before) / part / unit * unit;
      auto candidate = smallest_;
      auto is_rough = by.count() == 0;
      for (auto i = first; i < all.size(); ++i) {
        auto& at = candidate.schedule[i].at;
        at -= by;
        is_rough = is_rough || roughness(at) > roughness(all[i].at);
      }
      if (!is_rough && !stopped_)
        changed |= attempt(std::move(candidate));
    }
  return changed;
}

/// Shortens the scenario to whole seconds.
bool shrinker::shorten() {
  constexpr caf::timespan unit = std::chrono::seconds{1};
  auto changed = false;
  auto least = smallest_.schedule.empty() ? caf::timespan{0} : smallest_.schedule.back().at;
  for (auto& x : smallest_.checks)
    for (const auto& y : x.fields())
      if (const auto* time = std::get_if<caf::timespan*>(&y.place))
        least = std::max(least, **time);
  for (auto step = (smallest_.length - least) / 2; step >= unit && !stopped_; step /= 2) {
    auto candidate = smallest_;
    candidate.length = (smallest_.length - step) / unit * unit;
    if (candidate.length >= least && candidate.length < smallest_.length)
      changed |= attempt(std::move(candidate));
  }
  return changed;
}

} // namespace devp2p::simulator
