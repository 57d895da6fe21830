// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/supervised_protocols.hpp"

#include "devp2p/actors/reason_for.hpp"
#include "devp2p/net/p2p/offsets.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

namespace {

constexpr std::chrono::seconds log_interval{1};

/// Returns the time in which a handler that stalls is noticed `times` times. At most
/// `settings::forever`.
settings::duration time_of_stalls(const settings& limits, double times) {
  std::chrono::duration<double, std::nano> out = limits.ping_interval;
  out *= times * (limits.max_missed_pings + 1.0);
  return out < settings::forever ? std::chrono::duration_cast<settings::duration>(out)
                                 : settings::forever;
}

} // namespace

supervised_protocols::supervised_protocols(const std::vector<protocol>& own,
                                           const std::vector<capability>& remote) {
  std::vector<p2p::local_protocol> local;
  local.reserve(own.size());
  for (const auto& x : own)
    local.push_back({{x.name, x.version}, x.length});
  auto matching = p2p::match_capabilities(local, remote);
  shared_.reserve(matching.size());
  for (const auto& x : matching)
    shared_.push_back({&own[x.index], x.offset});
}

std::vector<route> supervised_protocols::routes() const {
  std::vector<route> out;
  for (const auto& x : shared_)
    out.push_back({x.name(), x.offset, x.what->length, x.what->max_message_size});
  return out;
}

std::vector<shared_protocol> supervised_protocols::describe() const {
  std::vector<shared_protocol> out;
  for (const auto& x : shared_)
    out.push_back({x.name(), {}, x.restarts, x.detached, {}, x.stalls});
  return out;
}

void supervised_protocols::on_spawned(std::size_t index) {
  if (auto& past = shared_[index].past)
    past->not_spawned = 0;
}

bool supervised_protocols::on_not_spawned(std::size_t index) {
  const auto& supervised = shared_[index].what->supervised;
  return supervised.when_failed == supervision::strategy::restart &&
         past(index).not_spawned++ == supervised.intensity;
}

supervision::strategy supervised_protocols::on_handler_end(std::size_t index,
                                                           const session_end& end,
                                                           const settings& limits, time_point now) {
  using strategy = supervision::strategy;
  auto& failed = shared_[index];
  auto supervised = failed.what->supervised;
  // The time to notice a stall is added to the period. Otherwise stalls would never use up the
  // budget.
  if (end.code == errc::handler_stalled)
    supervised.period = std::min(
      settings::forever, supervised.period + time_of_stalls(limits, supervised.intensity + 1.0));
  auto out = consequence_of(end, supervised, past(index).budget, now);
  auto attached =
    std::count_if(shared_.begin(), shared_.end(), [](const shared& x) { return !x.detached; });
  if (out == strategy::detach && attached == 1)
    out = strategy::end_session; // No handler would be left.
  if (out == strategy::detach)
    failed.detached = true;
  else if (out == strategy::restart)
    ++failed.restarts;
  return out;
}

std::optional<supervised_protocols::duration>
supervised_protocols::pause(std::size_t index, time_point now, double spread) {
  auto& failed = past(index);
  auto ran = failed.not_spawned == 0;
  return failed.pause.next(shared_[index].what->supervised, now, ran, spread);
}

std::optional<unsigned> supervised_protocols::log_failure(std::size_t index, time_point now) {
  auto& failed = past(index);
  if (failed.logged && now - *failed.logged < log_interval) {
    ++failed.not_logged;
    return std::nullopt;
  }
  failed.logged = now;
  return std::exchange(failed.not_logged, 0);
}

supervised_protocols::failures& supervised_protocols::past(std::size_t index) {
  auto& out = shared_[index].past;
  if (!out)
    out = std::make_unique<failures>();
  return *out;
}

} // namespace devp2p
