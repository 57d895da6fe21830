// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/disturbances.hpp"

#include "devp2p/simulator/network_view.hpp"
#include "devp2p/simulator/ways.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace devp2p::simulator {

namespace {

/// The effects of a schedule's steps on the links.
class disturbances {
public:
  disturbances(const link_index& links, const nat_links& nats)
    : links_(links),
      nats_(nats),
      lines_(links.links().size()) {}

  void add(const scenario::step& x) {
    at_ = x.at;
    std::visit(*this, x.what);
  }

  [[nodiscard]] std::vector<disturbance> take() { return std::move(lines_); }

  void operator()(const any_record&) {}
  void operator()(const action::restart_nat& x) { touch_all_of(x.node); }
  void operator()(const action::crash& x) { touch_all_of(x.node); }
  void operator()(const action::start& x) { touch_all_of(x.node); }
  void operator()(const action::freeze& x) {
    stall_all_of(x.node, true);
    set_apart(x.node, true);
  }
  void operator()(const action::thaw& x) {
    stall_all_of(x.node, false);
    set_apart(x.node, false);
  }
  void operator()(const action::slow_down& x) { disturb(x.node, slow, true); }
  void operator()(const action::speed_up& x) { disturb(x.node, slow, false); }
  void operator()(const action::skew_clock& x) { disturb(x.node, skewed, true); }
  void operator()(const action::reset_clock& x) { disturb(x.node, skewed, false); }
  void operator()(const action::duplicate_messages& x) { disorder(x.nodes, twice, x.percent); }
  void operator()(const action::reorder_messages& x) { disorder(x.nodes, late, x.percent); }
  void operator()(const action::stall& x) { stall_one(x.from, x.to, true); }
  void operator()(const action::resume& x) { stall_one(x.from, x.to, false); }
  void operator()(const action::separate& x) {
    if (x.nodes.empty())
      return;
    const node_set inside{links_.nodes(), x.nodes};
    const ways which{inside, {links_.nodes(), x.others, &inside}, x.direction};
    for (auto node : x.nodes) {
      for (auto place : links_.of(node))
        stall(lines_[place], bits_of(place, which), true);
      if (x.others.empty())
        set_apart(node, true);
    }
  }
  void operator()(const action::set_line& x) {
    const ways which{{links_.nodes(), x.nodes}, {links_.nodes(), x.others}, x.direction};
    for (std::size_t place = 0; place < lines_.size(); ++place)
      if (auto bits = bits_of(place, which); bits != 0) {
        (void)change(lines_[place].altered, bits, x.line.has_value());
        lines_[place].changed = lines_[place].touched = at_;
      }
  }
  void operator()(const action::heal&) {
    for (auto& x : lines_) {
      stall(x, both_ends, false);
      const auto disordered = change(x.handlers, both_ends << twice | both_ends << late, false);
      if (std::exchange(x.altered, 0) != 0 || disordered)
        x.changed = x.touched = at_;
    }
    for (auto node : nats_.meeting())
      set_apart(node, false);
  }
  void operator()(const action::cut& x) {
    if (auto place = links_.between(x.from, x.to))
      lines_[*place].touched = at_;
  }

private:
  void touch_all_of(std::size_t node) {
    for (auto place : links_.of(node))
      lines_[place].touched = at_;
  }

  /// The things that disturb handlers, by the place of their bits.
  enum thing : unsigned { slow = 0, twice = 2, late = 4, skewed = 6 };

  void disorder(const std::vector<std::size_t>& nodes, thing what, unsigned percent) {
    const node_set all{links_.nodes(), nodes};
    for (std::size_t node = 0; node < links_.nodes(); ++node)
      if (all.has(node))
        disturb(node, what, percent > 0);
  }

  void disturb(std::size_t node, thing what, bool begins) {
    for (auto place : links_.of(node)) {
      auto link = links_.links()[place];
      auto other = link.first == node ? link.second : link.first;
      (void)change(lines_[place].handlers, bit_of(node, other) << what, begins);
      lines_[place].changed = lines_[place].touched = at_;
    }
  }

  void stall_all_of(std::size_t node, bool stalled) {
    for (auto place : links_.of(node))
      stall(lines_[place], both_ends, stalled);
  }

  /// The bits of those directions of the link at that place that are among the ways.
  [[nodiscard]] unsigned bits_of(std::size_t place, const ways& which) const {
    auto [one, other] = links_.links()[place];
    return (which.has(one, other) ? bit_of(one, other) : 0) |
           (which.has(other, one) ? bit_of(other, one) : 0);
  }

  void stall_one(std::size_t from, std::size_t to, bool stalled) {
    if (auto place = links_.between(from, to))
      stall(lines_[*place], bit_of(from, to), stalled);
  }

  void stall(disturbance& x, unsigned bits, bool stalled) const {
    if (change(x.stalled, bits, stalled))
      x.changed = x.touched = at_;
  }

  /// Marks that the node cannot reach the rendezvous, or can again. Its sessions go on, but it
  /// cannot be introduced to other nodes meanwhile.
  void set_apart(std::size_t node, bool apart) {
    for (auto place : links_.of(node)) {
      auto link = links_.links()[place];
      auto other = link.first == node ? link.second : link.first;
      if (nats_.of(node, other) == nat_links::part::meets &&
          change(lines_[place].apart, bit_of(node, other), apart))
        lines_[place].touched = at_;
    }
  }

  static bool change(unsigned& bits, unsigned which, bool set) {
    auto before = std::exchange(bits, set ? bits | which : bits & ~which);
    return before != bits;
  }

  const link_index& links_;
  const nat_links& nats_;
  std::vector<disturbance> lines_;
  caf::timespan at_{0};
};

} // namespace

std::vector<disturbance> effects_of(const std::vector<scenario::step>& schedule,
                                    const link_index& links, const nat_links& nats) {
  disturbances out{links, nats};
  for (const auto& x : schedule)
    out.add(x);
  return out.take();
}

} // namespace devp2p::simulator
