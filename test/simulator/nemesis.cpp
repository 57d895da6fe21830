// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/nemesis.hpp"

#include "devp2p/net/sim/distribution.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"
#include "devp2p/simulator/drawn_time.hpp"
#include "devp2p/simulator/link_index.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::simulator {

namespace {

/// A constant mixed into the seed, so that no other chance draws the same numbers.
constexpr std::uint64_t nemesis_stream = 0x6e656d65736973;

/// Chooses disturbances, and writes each as the steps that begin and end it.
class tormentor {
public:
  tormentor(const nemesis& what, const topology& graph, std::uint64_t seed, std::size_t most)
    : what_(what),
      links_(graph),
      random_(seed),
      most_(most) {}

  std::optional<std::vector<scenario::step>> run() {
    const auto between = net::distribution::exponential(what_.mean_between);
    const auto length = net::distribution::exponential(what_.mean_length);
    auto next = [&](const auto& times) { return drawn_time(random_, times); };
    for (auto at = what_.from + next(between); at < what_.to && fits(); at += next(between)) {
      begin_ = at;
      end_ = std::min(at + next(length), what_.to);
      if (disturb(what_.faults[random_.below(what_.faults.size())]))
        at = end_;
    }
    return fits() ? std::optional{std::move(out_)} : std::nullopt;
  }

private:
  using nodes = std::vector<std::size_t>;

  [[nodiscard]] bool fits() const { return out_.size() <= most_ && named_ <= nemesis::max_named; }

  /// Writes one disturbance. Returns whether it lasts until `end_`.
  bool disturb(nemesis_fault which) {
    switch (which) {
    case nemesis_fault::crash:
      for (auto x : some())
        both(action::crash{x}, action::start{x});
      return true;
    case nemesis_fault::freeze:
      for (auto x : some())
        both(action::freeze{x}, action::thaw{x});
      return true;
    case nemesis_fault::halves:
      separate(half());
      break;
    case nemesis_fault::isolate:
      separate(first(1));
      break;
    case nemesis_fault::one_way: {
      auto who = random_.below(2) == 0 ? first(1) : half();
      separate(std::move(who), {}, random_.below(2) == 0 ? direction::in : direction::out);
      break;
    }
    case nemesis_fault::bridge:
      build_bridge();
      break;
    case nemesis_fault::majority_ring:
      close_ring();
      break;
    case nemesis_fault::cut:
      cut_all_of(what_.nodes[random_.below(what_.nodes.size())]);
      return false;
    case nemesis_fault::slow:
      alter(what_.slow);
      return true;
    case nemesis_fault::lossy:
      alter(what_.lossy);
      return true;
    case nemesis_fault::busy:
      for (auto x : some())
        both(action::slow_down{x, what_.busy_pace}, action::speed_up{x});
      return true;
    case nemesis_fault::duplicate:
      disorder<action::duplicate_messages>();
      return true;
    case nemesis_fault::reorder:
      disorder<action::reorder_messages>();
      return true;
    case nemesis_fault::lose_disk:
      for (auto x : some())
        both(action::crash{x, true}, action::start{x});
      return true;
    case nemesis_fault::skew:
      for (auto x : some()) {
        // One after another, because the order of arguments is not the same on every platform.
        const auto shift = either_way(what_.shift.count());
        both(action::skew_clock{x, caf::timespan{shift}, either_way(what_.drift_ppm)},
             action::reset_clock{x});
      }
      return true;
    }
    add(end_, action::heal{});
    return true;
  }

  /// Returns the nodes in random order. Not `std::shuffle`, which differs between platforms.
  nodes shuffled() {
    auto out = what_.nodes;
    for (auto i = out.size(); i > 1; --i)
      std::swap(out[i - 1], out[random_.below(i)]);
    return out;
  }

  nodes first(std::size_t count) {
    auto out = shuffled();
    out.resize(count);
    std::sort(out.begin(), out.end());
    return out;
  }

  nodes half() { return first(std::max<std::size_t>(what_.nodes.size() / 2, 1)); }

  nodes some() {
    const auto only_one = random_.below(2) == 0;
    return first(only_one ? 1 : 1 + random_.below(what_.nodes.size()));
  }

  void build_bridge() {
    auto all = shuffled();
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    nodes one{all.begin(), middle};
    nodes other{middle == all.end() ? middle : middle + 1, all.end()};
    std::sort(one.begin(), one.end());
    std::sort(other.begin(), other.end());
    // A list without nodes would stand for all others.
    if (!one.empty() && !other.empty())
      separate(std::move(one), std::move(other));
  }

  /// Stands the nodes in a ring, and lets each hear only the majority around it.
  void close_ring() {
    const auto ring = shuffled();
    const auto size = ring.size();
    const auto majority = size / 2 + 1;
    for (std::size_t i = 0; i < size; ++i) {
      const auto node = ring[(i + majority / 2) % size];
      nodes unheard;
      for (std::size_t j = majority; j < size; ++j)
        if (auto other = ring[(i + j) % size]; links_.between(node, other))
          unheard.push_back(other);
      std::sort(unheard.begin(), unheard.end());
      if (!unheard.empty())
        separate({node}, std::move(unheard), direction::in);
    }
  }

  void cut_all_of(std::size_t node) {
    for (auto place : links_.of(node)) {
      auto [one, other] = links_.links()[place];
      add(begin_, action::cut{one, other});
    }
  }

  void alter(const line_change& how) {
    auto who = some();
    named_ += 2 * who.size();
    both(action::set_line{who, {}, direction::both, how}, action::set_line{who});
  }

  /// Returns a number from `-most` to `most`.
  std::int64_t either_way(std::int64_t most) {
    return static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(2 * most + 1))) - most;
  }

  template <class Disorder>
  void disorder() {
    auto who = some();
    named_ += 2 * who.size();
    both(Disorder{who, what_.disorder}, Disorder{who});
  }

  void separate(nodes who, nodes others = {}, direction which = direction::both) {
    named_ += who.size() + others.size();
    add(begin_, action::separate{std::move(who), std::move(others), which});
  }

  void both(any_action begin, any_action end) {
    add(begin_, std::move(begin));
    add(end_, std::move(end));
  }

  void add(caf::timespan at, any_action what) { out_.push_back({at, std::move(what)}); }

  const nemesis& what_;
  link_index links_;
  net::seeded_rng random_;
  std::size_t most_;
  /// The period of the disturbance.
  caf::timespan begin_{0};
  caf::timespan end_{0};
  std::vector<scenario::step> out_ = {};
  std::size_t named_ = 0;
};

} // namespace

std::optional<std::vector<scenario::step>> steps_of(const nemesis& what, const topology& graph,
                                                    std::uint64_t seed, std::uint64_t number,
                                                    std::size_t most) {
  return tormentor{what, graph, seed ^ net::seeded_rng::mix(nemesis_stream + number), most}.run();
}

} // namespace devp2p::simulator
