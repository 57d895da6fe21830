// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/shard_group.hpp"

#include "devp2p/messages/caf.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cassert>
#include <sstream>
#include <utility>

namespace devp2p::simulator {

namespace {

/// The time for parts to end when they are told to. A part that calculates a long window is not
/// waited for.
constexpr auto last_patience = std::chrono::seconds{2};
/// The real time after which a call returns, whatever the parts do.
constexpr auto look_interval = std::chrono::milliseconds{100};

shard_door_actor::behavior_type admit(shard_door_actor::pointer self, const caf::actor& owner,
                                      std::uint64_t wanted_digest, bool timed, std::size_t count) {
  auto taken = std::make_shared<std::vector<bool>>(count);
  return {
    [=](admit_atom, std::uint64_t index, std::uint64_t digest) -> caf::result<std::uint64_t, bool> {
      if (index >= count)
        return shard_error("the parts are numbered from 0 to " + std::to_string(count - 1));
      if (digest != wanted_digest)
        return shard_error("the coordinator runs another scenario");
      if ((*taken)[index])
        return shard_error("there is a shard " + std::to_string(index) + " already");
      (*taken)[index] = true;
      anon_send_to(owner, admit_atom_v, index, self->current_sender());
      return {std::uint64_t{count}, timed};
    }};
}

} // namespace

shard_group::shard_group(caf::actor_system& system, const scenario& what, std::size_t count,
                         std::function<void(const event&)> on_event, caf::timespan silence)
  : self_(system),
    parts_(count),
    on_event_(std::move(on_event)),
    silence_(silence),
    latency_(least_latency(what)),
    length_(what.length),
    size_(what.network.links.nodes) {
  assert(count > 0 && latency_.count() > 0);
  door_ = system.spawn(admit, caf::actor{self_}, digest(what), what.network.timed, count);
}

shard_group::~shard_group() {
  for (const auto& x : parts_)
    if (x.actor)
      caf::anon_send_exit(x.actor, caf::exit_reason::user_shutdown);
  // Otherwise the message might not leave this process before the process ends.
  const auto end = std::chrono::steady_clock::now() + last_patience;
  for (auto& x : parts_)
    while (x.actor && std::chrono::steady_clock::now() < end)
      self_->receive(
        [&](const caf::down_msg& gone) {
          if (auto index = index_of(gone.source))
            parts_[*index].actor = nullptr;
        },
        [](const blob&) {}, [](const caf::error&) {},
        caf::after(std::max<caf::timespan>(end - std::chrono::steady_clock::now(), {})) >> [] {});
  // A shard that is still there takes this for the end of the coordinator.
  caf::anon_send_exit(door_, caf::exit_reason::user_shutdown);
}

std::size_t shard_group::missing() const {
  return static_cast<std::size_t>(
    std::count_if(parts_.begin(), parts_.end(), [](const part& x) { return !x.actor; }));
}

std::optional<std::string> shard_group::gather(caf::timespan patience) {
  auto wrong = lost_;
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!complete() && !wrong)
    self_->receive(
      [&](admit_atom, std::uint64_t index, const caf::strong_actor_ptr& who) {
        parts_[index].actor = caf::actor_cast<shard_actor>(who);
        self_->monitor(parts_[index].actor);
      },
      [&](const caf::down_msg& x) { wrong = lost_ = lose(x); },
      caf::after(std::max<caf::timespan>(end - std::chrono::steady_clock::now(), {})) >>
        [&] {
          wrong = std::to_string(missing()) + " of " + std::to_string(parts_.size()) +
                  " shards have not come";
        });
  return wrong;
}

std::optional<std::string> shard_group::go_on(caf::timespan) {
  if (!asked_) {
    window_ = window_end();
    send_window(window_);
    expect_answers();
  }
  auto take = [this](part& from, const blob& what) -> std::optional<std::string> {
    auto report = decode_report(what.view());
    if (!report)
      return nonsense(from, report.error());
    from.last = std::move(*report);
    return std::nullopt;
  };
  if (auto wrong = receive(take); wrong || asked_)
    return wrong;
  began_ = true;
  now_ = window_;
  done_ = std::all_of(parts_.begin(), parts_.end(), [](const part& x) { return x.last.done; });
  tell_events();
  return std::nullopt;
}

std::size_t shard_group::linked() const {
  std::size_t ends = 0;
  for (const auto& x : parts_)
    ends += x.last.linked_ends;
  return ends / 2;
}

simulation_traffic shard_group::traffic() const {
  simulation_traffic out;
  for (const auto& x : parts_)
    out += x.last.traffic;
  return out;
}

run_details shard_group::details() {
  run_details out;
  // A part that still plays a window would answer that.
  if (!complete() || asked_)
    return out;
  for (const auto& x : parts_)
    send_to(self_, x.actor, info_atom_v);
  expect_answers();
  auto take = [&](part& from, const blob& what) -> std::optional<std::string> {
    auto found = decode_details(what.view());
    if (!found)
      return nonsense(from, found.error());
    out.stalled.merge(found->stalled);
    out.times.add(found->times);
    return std::nullopt;
  };
  // If a part has died meanwhile, the details are less complete, but still right.
  while (asked_ && !receive(take))
    ;
  return out;
}

std::uint64_t shard_group::hash() const {
  std::uint64_t out = 0;
  for (const auto& x : parts_)
    out += x.last.hash;
  return out;
}

std::string shard_group::name(std::size_t index) const {
  return "shard " + std::to_string(index) + " of " + std::to_string(parts_.size());
}

std::string shard_group::nonsense(const part& from, errc why) const {
  return name(static_cast<std::size_t>(&from - parts_.data())) + " has sent what makes no sense (" +
         std::string{to_string(why)} + ")";
}

std::string shard_group::lose(const caf::down_msg& gone) {
  auto index = index_of(gone.source);
  if (index)
    parts_[*index].actor = nullptr;
  return (index ? name(*index) : "a shard") + " is lost (" + describe_shard_error(gone.reason) +
         "): the run cannot go on without its nodes";
}

std::optional<std::size_t> shard_group::index_of(const caf::actor_addr& who) const {
  for (std::size_t i = 0; i < parts_.size(); ++i)
    if (parts_[i].actor && parts_[i].actor.address() == who)
      return i;
  return std::nullopt;
}

/// Returns the end of the next window. An event may have effects in other parts once the latency
/// has passed, and so must be known there by then.
caf::timespan shard_group::window_end() const {
  if (!began_)
    return {};
  auto stop = parts_.front().last.next_stop;
  std::optional<caf::timespan> first;
  auto consider = [&](std::optional<caf::timespan> x) {
    if (x && (!first || *x < *first))
      first = x;
  };
  for (const auto& [actor, last] : parts_) {
    consider(last.next_due);
    consider(last.first_arrival);
    if (last.action_is_due)
      consider(now_);
  }
  return first ? std::min(stop, *first + latency_ - caf::timespan{1}) : stop;
}

void shard_group::send_window(caf::timespan until) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    bytes arrivals;
    for (const auto& from : parts_)
      if (auto found = from.last.departures.find(i); found != from.last.departures.end())
        arrivals.insert(arrivals.end(), found->second.begin(), found->second.end());
    send_to(self_, parts_[i].actor, tick_atom_v, until, blob{arrivals});
  }
}

void shard_group::expect_answers() {
  asked_ = clock::now();
  heard_.clear();
}

std::optional<std::string> shard_group::receive(
  const std::function<std::optional<std::string>(part& from, const blob& what)>& take) {
  std::optional<std::string> wrong;
  const auto end = clock::now() + look_interval;
  bool is_late = false;
  while (heard_.size() < parts_.size() && !wrong && !is_late)
    self_->receive(
      [&](const blob& what) {
        auto index = index_of(caf::actor_cast<caf::actor_addr>(self_->current_sender()));
        if (index && heard_.insert(*index).second)
          wrong = take(parts_[*index], what);
      },
      [&](const caf::down_msg& x) { wrong = lose(x); },
      [&](const caf::error& x) { wrong = "a shard has failed: " + describe_shard_error(x); },
      caf::after(std::max<caf::timespan>(end - clock::now(), {})) >> [&] { is_late = true; });
  if (heard_.size() == parts_.size())
    asked_.reset();
  else if (!wrong && clock::now() - *asked_ > silence_)
    wrong = silent();
  return wrong;
}

/// Says which part has not answered for too long.
std::string shard_group::silent() const {
  std::size_t index = 0;
  while (heard_.contains(index))
    ++index;
  std::ostringstream out;
  out << name(index) << " has said nothing for " << std::chrono::duration<double>(silence_).count()
      << " s since virtual second " << std::chrono::duration<double>(now_).count()
      << ": a handler there does not return, or its nodes need more time";
  return out.str();
}

void shard_group::tell_events() {
  std::vector<event> all;
  for (auto& x : parts_) {
    auto& added = x.last.events;
    all.insert(all.end(), std::make_move_iterator(added.begin()),
               std::make_move_iterator(added.end()));
    added.clear();
  }
  std::stable_sort(all.begin(), all.end(), [](const event& x, const event& y) {
    return std::pair{x.when, x.node} < std::pair{y.when, y.node};
  });
  if (on_event_)
    for (const auto& x : all)
      on_event_(x);
}

} // namespace devp2p::simulator
