// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/shard.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/net/sim/trace.hpp"
#include "devp2p/simulator/player.hpp"
#include "devp2p/simulator/shard_report.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace devp2p::simulator {

namespace {

constexpr auto patience = std::chrono::seconds{30};

shard_report report(player& part, std::vector<event> events) {
  auto& network = part.network();
  shard_report out{
    .next_due = network.where().next_due(),
    .action_is_due = part.action_is_due(),
    .next_stop = part.next_stop(),
    .done = part.done(),
    .linked_ends = network.linked_ends(),
    .hash = network.hash(),
    .traffic = network.traffic(),
    .events = std::move(events),
  };
  for (const auto& x : network.where().network().depart()) {
    auto encoded = encode(x);
    auto& to = out.departures[x.where];
    to.insert(to.end(), encoded.begin(), encoded.end());
    auto first = x.segments.front().due;
    out.first_arrival = out.first_arrival ? std::min(*out.first_arrival, first) : first;
  }
  return out;
}

caf::error coordinator_gone() {
  return shard_error("the coordinator is gone");
}

/// Whether any segment should have arrived before `now`.
bool any_is_late(const std::vector<net::outbound>& all, caf::timespan now) {
  for (const auto& x : all)
    for (const auto& segment : x.segments)
      if (segment.due < now)
        return true;
  return false;
}

} // namespace

std::uint64_t digest(const scenario& what) {
  net::trace out;
  out.start();
  out.add(as_bytes(write_scenario(what)));
  return out.hash();
}

caf::error shard_error(const std::string& what) {
  return caf::make_error(caf::sec::runtime_error, what);
}

std::string describe_shard_error(const caf::error& what) {
  const auto& context = what.context();
  if (what == caf::sec::runtime_error && context.match_elements<std::string>())
    return context.get_as<std::string>(0);
  return describe(what);
}

shard::shard(caf::actor_config& config, scenario what, std::uint64_t index, shard_door_actor door)
  : shard_actor::base(config),
    what_(std::move(what)),
    index_(index),
    door_(std::move(door)) {
  monitor(door_);
  set_down_handler([this](const caf::down_msg&) { quit(coordinator_gone()); });
}

shard::~shard() = default;

shard::behavior_type shard::make_behavior() {
  // The coordinator may send before its answer is here: its messages have to wait.
  request_from(this, door_, patience, admit_atom_v, index_, digest(what_))
    .await([this](std::uint64_t count, bool timed) { begin(count, timed); },
           [this](caf::error& why) {
             quit(why == caf::sec::request_receiver_down ? coordinator_gone() : std::move(why));
           });
  return {
    [this](tick_atom, caf::timespan until, const blob& arrivals) { return play(until, arrivals); },
    [this](info_atom) { return encode(player_ ? player_->details() : run_details{}); },
  };
}

void shard::on_exit() {
  player_.reset();
  demonitor(door_.address());
  door_ = nullptr;
}

void shard::begin(std::uint64_t count, bool timed) {
  what_.network.timed = timed;
  what_.network.here = {index_, count};
  player_ =
    std::make_unique<player>(std::move(what_), [this](const event& x) { events_.push_back(x); });
}

caf::result<blob> shard::play(caf::timespan until, const blob& arrivals) {
  auto segments = decode_outbound(arrivals.view());
  if (!player_ || !segments || until < player_->network().now() || until > player_->next_stop() ||
      any_is_late(*segments, player_->network().now())) {
    auto why = shard_error("the coordinator has sent what makes no sense");
    quit(why);
    return why;
  }
  for (auto& x : *segments)
    player_->network().where().network().arrive(std::move(x));
  try {
    player_->run_to(until);
  } catch (const std::invalid_argument& x) { // A protocol has told of what cannot be.
    auto why = shard_error(x.what());
    quit(why);
    return why;
  }
  return encode(report(*player_, std::exchange(events_, {})));
}

} // namespace devp2p::simulator
