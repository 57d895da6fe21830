// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/pinged_sessions.hpp"

#include "devp2p/actors/pinger.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

namespace devp2p {

namespace {

/// Returns a hundredth of `interval` at most: thousands of sessions then wake the thread a few
/// times a second, and their remotes' threads, too. A power of two, as the loop rounds, which makes
/// no time later that is rounded so.
settings::duration grain_of(settings::duration interval) {
  auto most = std::max<std::int64_t>(interval.count() / 100, 1);
  return settings::duration{std::bit_floor(static_cast<std::uint64_t>(most))};
}

} // namespace

pinged_sessions::pinged_sessions(caf::actor_system& system, std::shared_ptr<loop_unit> unit,
                                 settings::duration interval)
  : system_(system),
    unit_(std::move(unit)),
    all_(interval, unit_ ? grain_of(interval) : settings::duration{1}) {}

ping_schedule<peer_actor>::number pinged_sessions::add(peer_actor who, schedule::time_point now) {
  if (!pinger_)
    spawn_pinger();
  return all_.add(std::move(who), now);
}

void pinged_sessions::remove(schedule::number which) noexcept {
  all_.remove(which);
  if (!all_.empty())
    return;
  // Without memory for this, the pinger ends when it looks next.
  survive([](const caf::error&) {},
          [&] { caf::anon_send_exit(pinger_, caf::exit_reason::user_shutdown); });
  pinger_ = nullptr;
}

void pinged_sessions::on_end(caf::actor_id pinger) {
  if (!pinger_ || pinger_.id() != pinger)
    return;
  if (all_.empty())
    pinger_ = nullptr;
  else
    spawn_pinger();
}

void pinged_sessions::spawn_pinger() {
  pinger_ = system_.spawn<pinger>(unit_, shared_from_this());
}

} // namespace devp2p
