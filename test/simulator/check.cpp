// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/check.hpp"

#include "devp2p/simulator/cases.hpp"
#include "devp2p/simulator/disturbances.hpp"
#include "devp2p/simulator/scenario.hpp"

#include <cstddef>
#include <vector>

namespace devp2p::simulator {

namespace {

/// Returns the node of the event, and its peer.
std::vector<std::size_t> nodes_of(const event& x) {
  std::vector<std::size_t> out{x.node};
  if (x.peer)
    out.push_back(*x.peer);
  return out;
}

class links_watcher : public watcher {
public:
  links_watcher(caf::timespan within, const scenario& of)
    : within_(within),
      of_(of),
      nats_(of.network.links, of.network.nats) {}

  void add(const event&, const network_view&) override {}

  [[nodiscard]] finding complaint(const network_view& seen, caf::timespan now) const override {
    const auto done = effects_of(of_.schedule, seen.links(), nats_);
    const auto& links = seen.links().links();
    cases found;
    for (std::size_t i = 0; i < links.size(); ++i) {
      auto both_up = seen.is_up(links[i].first) && seen.is_up(links[i].second);
      if (both_up && done[i].is_over() && done[i].apart == 0 && done[i].touched <= now - within_ &&
          seen.line_at(i).running != both_ends)
        found.add([&]() -> finding {
          return {"nodes " + std::to_string(links[i].first) + " and " +
                    std::to_string(links[i].second) + " are not linked",
                  {links[i].first, links[i].second}};
        });
    }
    return found.first();
  }

private:
  caf::timespan within_;
  const scenario& of_;
  nat_links nats_;
};

class failure_counter : public watcher {
public:
  explicit failure_counter(std::uint64_t most) : most_(most) {}

  void add(const event& x, const network_view&) override {
    if (x.what != event_kind::session_failed && x.what != event_kind::punch_failed)
      return;
    ++failed_;
    latest_ = nodes_of(x);
  }

  [[nodiscard]] finding complaint(const network_view&, caf::timespan) const override {
    if (failed_ <= most_)
      return {};
    return {std::to_string(failed_) + " sessions have failed before they ran, or punches, not " +
              std::to_string(most_) + " at most",
            latest_};
  }

private:
  std::uint64_t most_;
  std::uint64_t failed_ = 0;
  std::vector<std::size_t> latest_;
};

class end_counter : public watcher {
public:
  end_counter(disconnect_reason reason, std::uint64_t most) : reason_(reason), most_(most) {}

  void add(const event& x, const network_view&) override {
    auto is_end = x.what == event_kind::peer_dropped || x.what == event_kind::session_failed;
    if (!is_end || x.reason.value_or(disconnect_reason::requested) != reason_)
      return;
    ++ended_;
    latest_ = nodes_of(x);
  }

  [[nodiscard]] finding complaint(const network_view&, caf::timespan) const override {
    if (ended_ <= most_)
      return {};
    return {std::to_string(ended_) + " times a session has ended by " + to_string(reason_) +
              ", not " + std::to_string(most_) + " at most",
            latest_};
  }

private:
  disconnect_reason reason_;
  std::uint64_t most_;
  std::uint64_t ended_ = 0;
  std::vector<std::size_t> latest_;
};

class state_watcher : public watcher {
public:
  explicit state_watcher(std::function<finding(const network_view&)> complaint)
    : complaint_(std::move(complaint)) {}

  void add(const event&, const network_view&) override {}
  [[nodiscard]] finding complaint(const network_view& seen, caf::timespan) const override {
    return complaint_(seen);
  }

private:
  std::function<finding(const network_view&)> complaint_;
};

class event_watcher : public watcher {
public:
  explicit event_watcher(event_judge judge) : judge_(std::move(judge)) {}

  void add(const event& x, const network_view& seen) override {
    if (!complaint_.sentence.empty())
      return;
    complaint_ = judge_(x, seen);
    if (complaint_.nodes.empty() && !complaint_.sentence.empty())
      complaint_.nodes = nodes_of(x);
  }
  [[nodiscard]] finding complaint(const network_view&, caf::timespan) const override {
    return complaint_;
  }

private:
  event_judge judge_;
  finding complaint_;
};

/// The fields of a check that has none.
struct no_fields {
  friend auto inspect(auto& f, no_fields&) { return inspect_fields(f); }
};

} // namespace

any_check check_of_state(std::string name, check_time time,
                         std::function<finding(const network_view& network)> complaint) {
  return {std::move(name), time, no_fields{},
          [complaint = std::move(complaint)](const any_record&, const scenario&) {
            return std::make_unique<state_watcher>(complaint);
          }};
}

any_check check_of_events(std::string name, std::function<event_judge()> begin) {
  return {std::move(name), always, no_fields{},
          [begin = std::move(begin)](const any_record&, const scenario&) {
            return std::make_unique<event_watcher>(begin());
          }};
}

std::unique_ptr<watcher> check::all_linked::watch(const scenario& of) const {
  return std::make_unique<links_watcher>(within, of);
}

std::unique_ptr<watcher> check::few_failed::watch(const scenario&) const {
  return std::make_unique<failure_counter>(most);
}

std::unique_ptr<watcher> check::few_ended::watch(const scenario&) const {
  return std::make_unique<end_counter>(reason, most);
}

} // namespace devp2p::simulator
