// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/peer_keeper.hpp"

#include "devp2p/actors/surviving.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <iterator>
#include <utility>
#include <vector>

namespace devp2p {

namespace {

/// The maximum number of changes that wait for the disk. Beyond it, a write is refused.
constexpr std::size_t max_waiting = 20'000;

class peer_keeper : public peer_keeper_actor::base {
public:
  peer_keeper(caf::actor_config& config, std::shared_ptr<peer_store> store,
              std::shared_ptr<spdlog::logger> log)
    : peer_keeper_actor::base(config),
      store_(std::move(store)),
      log_(std::move(log)) {}

  const char* name() const override { return "peer_keeper"; }

  behavior_type make_behavior() override {
    set_exit_handler([this](const caf::exit_msg& end) {
      flush();
      quit(end.reason);
    });
    set_error_handler([](const caf::error&) {});
    for (const auto& line : store_->notices())
      warn(line);
    return surviving<behavior_type>(
      this, [](auto&, const caf::error&) {},
      [this](write_atom, store_changes& changes) { return take(std::move(changes)); },
      [this](tick_atom) { flush(); });
  }

private:
  /// Adds the changes to those that wait. Messages that are in the mailbox already come before the
  /// tick, and are written with these.
  caf::result<void> take(store_changes changes) {
    if (waiting_.size() + changes.all.size() > max_waiting)
      return caf::make_error(errc::list_full);
    if (waiting_.empty() && answers_.empty())
      send_to(this, peer_keeper_actor{this}, tick_atom_v);
    auto answer = make_response_promise();
    answers_.push_back(answer);
    std::move(changes.all.begin(), changes.all.end(), std::back_inserter(waiting_));
    return answer;
  }

  void flush() {
    auto changes = std::exchange(waiting_, {});
    auto answers = std::exchange(answers_, {});
    if (answers.empty())
      return;
    auto outcome = store_->write(changes);
    warn(outcome.line);
    for (auto& x : answers)
      if (outcome.what == store_outcome::kind::refused)
        deliver(x, caf::make_error(errc::list_full, outcome.line));
      else
        deliver(x, caf::unit);
  }

  void warn(const std::string& line) {
    if (log_ && !line.empty())
      log_->warn(line);
  }

  const std::shared_ptr<peer_store> store_;
  const std::shared_ptr<spdlog::logger> log_;
  std::vector<store_change> waiting_;
  std::vector<caf::response_promise> answers_;
};

} // namespace

peer_keeper_actor spawn_peer_keeper(caf::actor_system& system, std::shared_ptr<peer_store> store,
                                    std::shared_ptr<spdlog::logger> log, bool on_own_thread) {
  if (!on_own_thread || !store->has_file())
    return system.spawn<peer_keeper>(std::move(store), std::move(log));
  return system.spawn<peer_keeper, caf::detached>(std::move(store), std::move(log));
}

} // namespace devp2p
