// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/detail/test_actor_clock.hpp>
#include <caf/fwd.hpp>
#include <caf/group.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <optional>

namespace devp2p::kit {

/// A clock that is not right: it is ahead of the world's, or behind it, and fast or slow. A value.
struct clock_skew {
  /// The range of `drift_ppm`.
  static constexpr std::int64_t least_drift = -900'000;
  static constexpr std::int64_t most_drift = 9'000'000;

  /// The time of the world from which on it holds.
  caf::timespan since{0};
  /// The time by which the clock is ahead then; negative if it is behind.
  caf::timespan ahead{0};
  /// The microseconds that it gains in a second; negative if it loses them.
  std::int64_t drift_ppm = 0;

  /// Returns what the clock shows at a time of the world that is not before `since`.
  [[nodiscard]] caf::timespan local(caf::timespan world) const;
  /// Returns the first time of the world at which the clock shows `local` or more; the largest time
  /// if that is too far away.
  [[nodiscard]] caf::timespan world(caf::timespan local) const;
};

/// The clock of a world, which shows another time, and measures time otherwise, while a skew is
/// set.
class world_clock : public caf::detail::test_actor_clock {
public:
  /// With `skewed`, the time begins so late that no skew of a day leads to a negative one.
  explicit world_clock(bool skewed);

  /// From now on the clock is skewed, and what is set has its time by that; `nullopt` ends that.
  void skew(const std::optional<clock_skew>& how) { skew_ = how; }

  time_point now() const noexcept override;
  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                            std::uint64_t id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                         std::uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void schedule_message(time_point t, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override;

private:
  [[nodiscard]] time_point in_world(time_point local) const;

  std::optional<clock_skew> skew_;
  time_point start_;
};

/// CAF's scheduler for tests, with that clock.
class world_scheduler : public caf::scheduler::test_coordinator {
public:
  world_scheduler(caf::actor_system& system, bool skewed);

  world_clock& clock() noexcept override { return clock_; }

protected:
  void stop() override;

private:
  world_clock clock_;
};

} // namespace devp2p::kit
