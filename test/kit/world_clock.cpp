// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/world_clock.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <utility>

namespace devp2p::kit {

namespace {

using base = caf::detail::test_actor_clock;

constexpr std::int64_t million = 1'000'000;
/// More than 25 years, which no simulation lasts.
constexpr std::int64_t far_away = std::int64_t{800'000'000} * 1'000'000'000;

} // namespace

// In whole numbers, so that all platforms agree.
caf::timespan clock_skew::local(caf::timespan world) const {
  const auto passed = (world - since).count();
  const auto rate = million + drift_ppm;
  return since + ahead + caf::timespan{passed / million * rate + passed % million * rate / million};
}

caf::timespan clock_skew::world(caf::timespan local) const {
  const auto passed = (local - since - ahead).count();
  const auto rate = million + drift_ppm;
  if (passed <= 0)
    return since;
  if (passed > far_away)
    return caf::timespan::max();
  // Rounded up: at that time it is not too early.
  return since +
         caf::timespan{passed / rate * million + (passed % rate * million + rate - 1) / rate};
}

world_clock::world_clock(bool skewed) {
  if (skewed)
    current_time += std::chrono::hours{48};
  start_ = current_time;
}

world_clock::time_point world_clock::now() const noexcept {
  return skew_ ? start_ + skew_->local(current_time - start_) : base::now();
}

void world_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                                       caf::atom_value type, std::uint64_t id) {
  base::set_ordinary_timeout(in_world(t), self, type, id);
}

void world_clock::set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                                    std::uint64_t id) {
  base::set_multi_timeout(in_world(t), self, type, id);
}

void world_clock::set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) {
  base::set_request_timeout(in_world(t), self, id);
}

void world_clock::schedule_message(time_point t, caf::strong_actor_ptr receiver,
                                   caf::mailbox_element_ptr content) {
  base::schedule_message(in_world(t), std::move(receiver), std::move(content));
}

void world_clock::schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                                   caf::message content) {
  base::schedule_message(in_world(t), std::move(target), std::move(sender), std::move(content));
}

world_clock::time_point world_clock::in_world(time_point local) const {
  if (!skew_)
    return local;
  const auto out = skew_->world(local - start_);
  return out < time_point::max() - start_ ? start_ + out : time_point::max();
}

world_scheduler::world_scheduler(caf::actor_system& system, bool skewed)
  : test_coordinator(system),
    clock_(skewed) {}

void world_scheduler::stop() {
  do
    test_coordinator::stop();
  while (clock_.trigger_timeouts() > 0);
}

} // namespace devp2p::kit
