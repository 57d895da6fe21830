// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/schedule.hpp"

#include "devp2p/messages/caf.hpp"

#include <caf/scheduled_actor.hpp>

#include <algorithm>
#include <utility>

namespace devp2p::kit {

namespace {

using clock = std::chrono::steady_clock;

/// The kinds of step in the trace. All but timeouts are followed by their details.
enum class step : std::uint64_t { message = 1, event, timeout };

} // namespace

/// The execution unit on which actors run: actors that become ready meanwhile wait for their turn.
class schedule::worker : public execution_unit {
public:
  explicit worker(caf::scheduler::test_coordinator& scheduler)
    : execution_unit(&scheduler.system()),
      scheduler_(scheduler) {}

  void exec_later(caf::resumable* next) override;

private:
  caf::scheduler::test_coordinator& scheduler_;
};

void schedule::worker::exec_later(caf::resumable* next) {
  scheduler_.jobs.push_back(next);
}

schedule::schedule(world_scheduler& scheduler, net::memory_network& network,
                   const schedule_options& options)
  : scheduler_(scheduler),
    network_(network),
    turn_(options.turn),
    together_(options.together),
    traced_(options.traced),
    on_turn_(options.on_turn),
    pace_(options.pace),
    skew_(options.skew),
    start_(scheduler.clock().now()) {
  if (options.seed)
    engine_.emplace(*options.seed);
}

bool schedule::run_one() {
  auto messages_first = network_.idle() || choose(2) == 0;
  if (messages_first && run_job())
    return true;
  if (network_.idle())
    return run_job();
  return run_event();
}

bool schedule::run_event() {
  network_.note(static_cast<std::uint64_t>(step::event));
  if (!on_turn_)
    return network_.run_one();
  const auto begin = clock::now();
  auto done = network_.run_one();
  on_turn_({0, "network", clock::now() - begin});
  return done;
}

bool schedule::run_job() {
  if (!due_.empty()) {
    auto next = std::move(due_.front());
    due_.pop_front();
    give_turn(std::move(next), 1);
    return true;
  }
  auto& jobs = scheduler_.jobs;
  if (jobs.empty())
    return false;
  std::swap(jobs.front(), jobs[choose(jobs.size())]);
  // Takes over the reference that the queue of jobs held.
  job next{jobs.front(), false};
  jobs.pop_front();
  auto* actor = pace_ ? dynamic_cast<caf::scheduled_actor*>(next.get()) : nullptr;
  auto when = actor ? pace_(actor->id()) : std::nullopt;
  if (when && *when > now())
    waiting_.emplace(*when, std::move(next));
  else
    give_turn(std::move(next), when ? 1 : turn_);
  return true;
}

void schedule::give_turn(job next, std::size_t most) {
  if (traced_) {
    network_.note(static_cast<std::uint64_t>(step::message));
    if (auto* actor = dynamic_cast<caf::scheduled_actor*>(next.get()))
      note(*actor);
  }
  worker unit{scheduler_};
  actors_.before_turn(*next);
  if (resume(*next, unit, most) == caf::resumable::resume_later)
    scheduler_.jobs.push_front(next.detach());
}

void schedule::end_waits() {
  for (auto i = waiting_.begin(); i != waiting_.end() && i->first <= now(); i = waiting_.erase(i))
    due_.push_back(std::move(i->second));
}

void schedule::hurry() {
  pace_ = nullptr;
  for (auto& [when, next] : std::exchange(waiting_, {}))
    due_.push_back(std::move(next));
}

caf::resumable::resume_result schedule::resume(caf::resumable& next, execution_unit& unit,
                                               std::size_t most) {
  auto* actor = skew_ ? dynamic_cast<caf::scheduled_actor*>(&next) : nullptr;
  if (!actor)
    return timed_resume(next, unit, most);
  scheduler_.clock().skew(skew_(actor->id()));
  auto result = timed_resume(next, unit, most);
  scheduler_.clock().skew(std::nullopt);
  return result;
}

caf::resumable::resume_result schedule::timed_resume(caf::resumable& next, execution_unit& unit,
                                                     std::size_t most) {
  auto* actor = on_turn_ ? dynamic_cast<caf::scheduled_actor*>(&next) : nullptr;
  if (!actor)
    return next.resume(&unit, most);
  // An actor that has ended may have lost its name.
  turn out{actor->id(), actor->name()};
  const auto begin = clock::now();
  auto result = next.resume(&unit, most);
  out.took = clock::now() - begin;
  out.ended = result == caf::resumable::done;
  on_turn_(out);
  return result;
}

/// Records the next actor, and the message that it will handle.
void schedule::note(caf::scheduled_actor& next) {
  network_.note(next.id());
  // An actor that begins may have no message yet.
  const auto* message = next.peek_at_next_mailbox_element();
  if (!message)
    return;
  network_.note(message->sender ? message->sender->id() : 0);
  network_.note(message->mid.integer_value());
  network_.note(message->content().type_token());
}

bool schedule::pass(caf::timespan limit) {
  auto next = next_due();
  if (!next || *next > limit) {
    set_time(std::max(limit, now()));
    return false;
  }
  set_time(std::max(*next, now()));
  end_waits();
  // Timeouts of the same moment may go off before any actor has handled the first of them.
  auto& clock = scheduler_.clock();
  auto is_due = [&] {
    auto first = next_timeout();
    return first && *first <= now();
  };
  if (is_due())
    do {
      network_.note(static_cast<std::uint64_t>(step::timeout));
      clock.trigger_timeout();
    } while (is_due() && (together_ || choose(2) == 1));
  return true;
}

std::optional<caf::timespan> schedule::next_due() const {
  auto out = network_.next_due();
  auto consider = [&](std::optional<caf::timespan> when) {
    if (when)
      out = out ? std::min<caf::timespan>(*out, *when) : *when;
  };
  consider(next_timeout());
  if (!waiting_.empty())
    consider(waiting_.begin()->first);
  return out;
}

void schedule::set_time(caf::timespan when) {
  scheduler_.clock().current_time = start_ + when;
  network_.advance_to(when);
  network_.note(static_cast<std::uint64_t>(when.count()));
}

std::optional<caf::timespan> schedule::next_timeout() const {
  const auto& timeouts = scheduler_.clock().schedule();
  if (timeouts.empty())
    return std::nullopt;
  return timeouts.begin()->first - start_;
}

std::size_t schedule::choose(std::size_t end) {
  return engine_ && end > 1 ? static_cast<std::size_t>((*engine_)() % end) : 0;
}

} // namespace devp2p::kit
