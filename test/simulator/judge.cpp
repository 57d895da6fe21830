// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/judge.hpp"

#include "devp2p/simulator/player.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::simulator {

namespace {

constexpr unsigned both = 3;

/// Returns the bit for one end of a link, or for the direction that begins there.
unsigned bit_of(std::size_t end, std::size_t other) {
  return end < other ? 1 : 2;
}

/// The effects of a schedule's steps on the links.
class disturbances {
public:
  struct line {
    /// One bit for each stalled direction.
    unsigned stalled = 0;
    caf::timespan stall_changed{0};
    /// The last time at which a step concerned the link or one of its nodes.
    caf::timespan touched{0};
    /// One bit for each end that cannot reach the rendezvous, if the link needs one.
    unsigned apart = 0;
  };

  disturbances(const link_index& links, const nat_links& nats)
    : links_(links),
      nats_(nats),
      lines_(links.links().size()) {}

  void add(const scenario::step& x) {
    at_ = x.at;
    std::visit(*this, x.what);
  }

  [[nodiscard]] const line& operator[](std::size_t place) const { return lines_[place]; }

  void operator()(const action::publish&) {}
  void operator()(const action::ask&) {}
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
  void operator()(const action::stall& x) { stall_one(x.from, x.to, true); }
  void operator()(const action::resume& x) { stall_one(x.from, x.to, false); }
  void operator()(const action::separate& x) {
    std::vector<bool> inside(links_.nodes());
    for (auto node : x.nodes)
      inside[node] = true;
    for (auto node : x.nodes) {
      for (auto place : links_.of(node)) {
        auto link = links_.links()[place];
        if (inside[link.first] != inside[link.second])
          stall(lines_[place], both, true);
      }
      set_apart(node, true);
    }
  }
  void operator()(const action::heal&) {
    for (auto& x : lines_)
      stall(x, both, false);
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

  void stall_all_of(std::size_t node, bool stalled) {
    for (auto place : links_.of(node))
      stall(lines_[place], both, stalled);
  }

  void stall_one(std::size_t from, std::size_t to, bool stalled) {
    if (auto place = links_.between(from, to))
      stall(lines_[*place], bit_of(from, to), stalled);
  }

  void stall(line& x, unsigned bits, bool stalled) const {
    if (change(x.stalled, bits, stalled))
      x.stall_changed = x.touched = at_;
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
  std::vector<line> lines_;
  caf::timespan at_{0};
};

disturbances all_of(const std::vector<scenario::step>& schedule, const link_index& links,
                    const nat_links& nats) {
  disturbances out{links, nats};
  for (const auto& x : schedule)
    out.add(x);
  return out;
}

std::string text(std::uint64_t number) {
  return std::to_string(number);
}

/// Returns `first`, the sentence about one case, and adds how many of the `count` cases are left.
std::string with_others(const std::string& first, std::size_t count) {
  return count <= 1 ? first : first + ", and " + text(count - 1) + " more like that";
}

/// Divides the nodes into connected parts: the nodes of a part are joined by open links.
template <class IsOpen>
std::vector<std::vector<std::size_t>> parts_of(const link_index& links, IsOpen is_open) {
  std::vector<std::vector<std::size_t>> out;
  std::vector<bool> seen(links.nodes());
  auto see = [&](std::size_t node) {
    auto is_new = !seen[node];
    seen[node] = true;
    return is_new;
  };
  for (std::size_t first = 0; first < links.nodes(); ++first) {
    if (!see(first))
      continue;
    auto& part = out.emplace_back(std::vector{first});
    for (std::size_t i = 0; i < part.size(); ++i)
      for (auto place : links.of(part[i])) {
        auto link = links.links()[place];
        auto next = link.first == part[i] ? link.second : link.first;
        if (is_open(place) && see(next))
          part.push_back(next);
      }
  }
  return out;
}

} // namespace

// Without a check, the judge keeps no state, since networks are large.
judge::judge(const scenario& what)
  : links_(what.checks.empty() ? topology{} : what.network.links),
    nats_(what.network.links,
          what.checks.empty() ? std::map<std::uint32_t, net::nat_kind>{} : what.network.nats),
    schedule_(what.schedule),
    checks_(what.checks),
    remembers_rumours_(
      std::any_of(checks_.begin(), checks_.end(),
                  [](const check& x) { return x.that == check::kind::all_heard; })),
    residents_(links_.nodes()),
    lines_(links_.links().size()) {}

void judge::add(const event& x) {
  if (checks_.empty())
    return;
  switch (x.what) {
  case event_kind::started:
    residents_[x.node].is_up = true;
    return;
  case event_kind::crashed:
    crash(x);
    return;
  case event_kind::peer_added:
    set_running(x, true);
    return;
  case event_kind::peer_dropped:
    set_running(x, false);
    ++ended_[x.reason.value_or(disconnect_reason::requested)];
    return;
  case event_kind::session_failed:
    ++failed_;
    ++ended_[x.reason.value_or(disconnect_reason::requested)];
    return;
  case event_kind::punch_failed:
    ++failed_;
    return;
  case event_kind::heard:
    if (remembers_rumours_)
      residents_[x.node].heard.emplace(std::stoull(x.detail), x.when);
    return;
  case event_kind::echoed:
    return;
  }
}

void judge::set_running(const event& x, bool running) {
  auto place = x.peer ? links_.between(x.node, *x.peer) : std::nullopt;
  if (!place)
    return;
  auto& line = lines_[*place];
  auto bit = bit_of(x.node, *x.peer);
  line = {running ? line.running | bit : line.running & ~bit, x.when};
}

void judge::crash(const event& x) {
  residents_[x.node] = {};
  for (auto place : links_.of(x.node)) {
    auto link = links_.links()[place];
    auto other = link.first == x.node ? link.second : link.first;
    lines_[place] = {lines_[place].running & ~bit_of(x.node, other), x.when};
  }
}

std::vector<verdict> judge::verdicts(caf::timespan end) const {
  std::vector<verdict> out;
  for (const auto& x : checks_) {
    auto complaint = complaint_of(x, end);
    out.push_back({x, complaint.empty() ? "" : to_string(x.that) + ": " + complaint});
  }
  return out;
}

std::string judge::complaint_of(const check& what, caf::timespan end) const {
  switch (what.that) {
  case check::kind::all_heard:
    return not_heard(end - what.within);
  case check::kind::all_linked:
    return not_linked(end - what.within);
  case check::kind::few_failed:
    return failed_ <= what.most
             ? ""
             : text(failed_) + " sessions have failed before they ran, or punches, not " +
                 text(what.most) + " at most";
  case check::kind::few_ended: {
    auto found = ended_.find(what.reason);
    auto count = found == ended_.end() ? 0 : found->second;
    return count <= what.most ? ""
                              : text(count) + " times a session has ended by " +
                                  to_string(what.reason) + ", not " + text(what.most) + " at most";
  }
  }
  return {};
}

std::string judge::not_heard(caf::timespan since) const {
  auto stalls = all_of(schedule_, links_, nats_);
  auto is_open = [&](std::size_t place) {
    return lines_[place].running == both && lines_[place].since <= since &&
           stalls[place].stalled == 0 && stalls[place].stall_changed <= since;
  };
  std::string first;
  std::size_t count = 0;
  for (const auto& part : parts_of(links_, is_open)) {
    // The first node of the part that knows each rumour.
    std::map<std::uint64_t, std::size_t> known;
    for (auto node : part)
      for (const auto& [rumour, when] : residents_[node].heard)
        if (when <= since)
          known.emplace(rumour, node);
    for (auto node : part)
      for (const auto& [rumour, by] : known)
        if (!residents_[node].heard.contains(rumour) && count++ == 0)
          first = "node " + text(node) + " has not heard rumour " + text(rumour) + ", which node " +
                  text(by) + " knows";
  }
  return with_others(first, count);
}

std::string judge::not_linked(caf::timespan since) const {
  auto done = all_of(schedule_, links_, nats_);
  std::string first;
  std::size_t count = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    auto link = links_.links()[i];
    auto both_up = residents_[link.first].is_up && residents_[link.second].is_up;
    if (!both_up || done[i].stalled != 0 || done[i].apart != 0 || done[i].touched > since ||
        lines_[i].running == both)
      continue;
    if (count++ == 0)
      first = "nodes " + text(link.first) + " and " + text(link.second) + " are not linked";
  }
  return with_others(first, count);
}

std::optional<std::vector<verdict>> try_out(const scenario& what,
                                            const std::function<bool()>& go_on) {
  judge watching{what};
  player run{what, [&](const event& x) { watching.add(x); }};
  for (; !run.done(); run.run_for(std::chrono::seconds{1}))
    if (!go_on())
      return std::nullopt;
  return watching.verdicts(run.network().now());
}

} // namespace devp2p::simulator
