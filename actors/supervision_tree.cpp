// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/supervision_tree.hpp"

#include "devp2p/actors/enduring.hpp"
#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/actors/spread.hpp"
#include "devp2p/actors/supervised_children.hpp"
#include "devp2p/actors/surviving.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/actors/thrown.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <stdexcept>
#include <utility>

namespace devp2p {

namespace {

/// The time that a child has to end in once it was killed.
constexpr std::chrono::seconds killing_limit{1};

using tree_self_actor = supervision_tree_actor::extend<reacts_to<tick_atom, std::uint64_t>>;

bool is_failure(const caf::error& why) {
  return why && why != caf::exit_reason::user_shutdown;
}

/// Drives `supervised_children`. Each step may fail for want of memory, and is then repeated.
class supervision_tree : public enduring<tree_self_actor::base> {
public:
  supervision_tree(caf::actor_config& config, supervision_tree_config setup)
    : enduring(config),
      setup_(std::move(setup)),
      children_(setup_.strategy, setup_.limits, types_of(setup_)),
      records_(setup_.children.size()) {
    // CAF's default handler writes to the standard output.
    set_exception_handler(
      [](std::exception_ptr& thrown) { return error_of(thrown, errc::callback_failed); });
  }

  const char* name() const override { return "supervision tree"; }
  behavior_type make_behavior() override;
  void on_exit() override;
  caf::resumable::resume_result resume(execution_unit* unit, std::size_t max) override;

private:
  using action = supervised_children::action;
  using verdict = supervised_children::verdict;

  struct record {
    caf::strong_actor_ptr handle;
    /// True for a child whose end is still to be looked at.
    bool has_ended = false;
    /// The reason of its last end or failure to start.
    caf::error last_end;
  };

  static std::vector<restart_type> types_of(const supervision_tree_config& setup) {
    std::vector<restart_type> out;
    for (const auto& x : setup.children)
      out.push_back(x.restart);
    return out;
  }

  // The steps.
  void drive();
  void take_steps();
  void look_at_end(std::size_t child);
  void start(std::size_t child);
  caf::expected<caf::strong_actor_ptr> spawn_child(std::size_t child);
  void stop(std::size_t child, std::uint64_t ticket);
  void kill(std::size_t child, std::uint64_t ticket);
  void leave_behind(std::size_t child);
  void conclude(std::size_t child, verdict what);

  // Messages.
  void on_down(caf::down_msg& down);
  void shut_down(caf::error why);
  void end_at_once();
  caf::result<caf::strong_actor_ptr> find(const std::string& name) const;
  std::vector<child_status> describe_all() const;

  void forget(std::size_t child);
  double spread() const;
  template <class Write>
  void log(Write write) const;

  supervision_tree_config setup_;
  at_system_end at_system_end_;
  supervised_children children_;
  std::vector<record> records_;
  /// The reason for which the tree ends.
  caf::error reason_;
  /// True while steps are left that could not be taken. Read by any thread that has had a turn.
  std::atomic<bool> undone_ = false;
};

supervision_tree::behavior_type supervision_tree::make_behavior() {
  stay_alive();
  set_down_handler([this](caf::down_msg& down) { on_down(down); });
  set_exit_handler([this](caf::exit_msg& exit) { shut_down(std::move(exit.reason)); });
  set_error_handler([](const caf::error&) {});
  at_system_end_.call(home_system(), [this] { end_at_once(); });
  drive();
  return surviving<behavior_type>(
    this, [](auto&, const caf::error&) {},
    [this](find_atom, const std::string& name) { return find(name); },
    [this](info_atom) { return describe_all(); },
    [this](tick_atom, std::uint64_t ticket) {
      children_.on_timeout(ticket);
      drive();
    });
}

void supervision_tree::on_exit() {
  undone_ = false;
  at_system_end_.forget();
  for (auto i = records_.size(); i-- > 0;)
    if (records_[i].handle) {
      caf::anon_send_exit(caf::actor_cast<caf::actor>(records_[i].handle), caf::exit_reason::kill);
      forget(i);
    }
  // A timer may keep this actor's memory for a while, but not what the functions hold.
  records_.clear();
  setup_.children.clear();
}

caf::resumable::resume_result supervision_tree::resume(execution_unit* unit, std::size_t max) {
  if (undone_) {
    context(unit);
    drive();
  }
  auto out = enduring::resume(unit, max);
  // If it sleeps, it may already have a turn on another thread, and then is not blocked.
  auto goes_on = out == caf::resumable::awaiting_message && undone_ && mailbox().try_unblock();
  return goes_on ? caf::resumable::resume_later : out;
}

// The steps.

/// Takes all steps that can be taken now. Without memory, the rest is left to the next turn.
void supervision_tree::drive() {
  undone_ = true;
  auto on_failure = [this](caf::error why) {
    if (why && why != errc::out_of_memory) {
      undone_ = false;
      quit(std::move(why));
    }
  };
  survive(on_failure, [this] { take_steps(); });
}

void supervision_tree::take_steps() {
  for (std::size_t i = 0; i < records_.size(); ++i)
    if (records_[i].has_ended)
      look_at_end(i);
  for (;;) {
    auto step = children_.next();
    switch (step.what) {
    case action::pause:
      send_later_to(this, step.pause, this, tick_atom_v, step.ticket);
      children_.on_paused(step.child);
      break;
    case action::start:
      start(step.child);
      break;
    case action::stop:
      stop(step.child, step.ticket);
      break;
    case action::kill:
      kill(step.child, step.ticket);
      break;
    case action::leave_behind:
      leave_behind(step.child);
      break;
    case action::finish:
      undone_ = false;
      return quit(std::move(reason_));
    case action::wait:
      undone_ = false;
      return;
    }
  }
}

void supervision_tree::look_at_end(std::size_t child) {
  auto failed = is_failure(records_[child].last_end);
  auto what = children_.on_end(child, failed, clock().now(), spread());
  records_[child].has_ended = false;
  conclude(child, what);
}

void supervision_tree::start(std::size_t child) {
  auto outcome = spawn_child(child);
  if (outcome) {
    setup_.children[child].place.set(*outcome);
    records_[child].handle = std::move(*outcome);
    return children_.on_started(child);
  }
  auto what = children_.on_not_started(child, clock().now(), spread());
  records_[child].last_end = std::move(outcome.error());
  conclude(child, what);
}

caf::expected<caf::strong_actor_ptr> supervision_tree::spawn_child(std::size_t child) {
  caf::strong_actor_ptr out;
  try {
    std::vector<earlier_children::child> earlier;
    for (std::size_t i = 0; i < child; ++i)
      earlier.push_back({setup_.children[i].name, records_[i].handle});
    auto outcome = setup_.children[child].start(home_system(), earlier_children{earlier});
    if (!outcome)
      return std::move(outcome.error());
    if (!*outcome)
      return caf::make_error(errc::callback_failed, "it has returned no actor");
    out = std::move(*outcome);
    monitor(out);
    return out;
  } catch (...) {
    if (out)
      caf::anon_send_exit(caf::actor_cast<caf::actor>(out), caf::exit_reason::kill);
    return error_of(std::current_exception(), errc::callback_failed);
  }
}

void supervision_tree::stop(std::size_t child, std::uint64_t ticket) {
  const auto& limit = setup_.children[child].shutdown;
  const auto brutal = limit == settings::duration{0};
  if (limit < settings::forever)
    send_later_to(this, brutal ? killing_limit : limit, this, tick_atom_v, ticket);
  caf::anon_send_exit(caf::actor_cast<caf::actor>(records_[child].handle),
                      brutal ? caf::exit_reason::kill : caf::exit_reason::user_shutdown);
  children_.on_stopped(child);
}

void supervision_tree::kill(std::size_t child, std::uint64_t ticket) {
  send_later_to(this, killing_limit, this, tick_atom_v, ticket);
  caf::anon_send_exit(caf::actor_cast<caf::actor>(records_[child].handle), caf::exit_reason::kill);
  children_.on_killed(child);
  log([&](auto& to) {
    to.warn("{}: {} did not end in time, and is killed", setup_.name, setup_.children[child].name);
  });
}

void supervision_tree::leave_behind(std::size_t child) {
  forget(child);
  children_.on_left_behind(child);
  log([&](auto& to) {
    to.warn("{}: {} does not end even now, and is left behind", setup_.name,
            setup_.children[child].name);
  });
}

/// Tells the log what follows from the end of a child.
void supervision_tree::conclude(std::size_t child, verdict what) {
  const auto& name = setup_.children[child].name;
  const auto& why = records_[child].last_end;
  switch (what) {
  case verdict::expected:
    break;
  case verdict::done:
    log([&](auto& to) {
      to.log(is_failure(why) ? spdlog::level::warn : spdlog::level::debug,
             "{}: {} has ended: {}; it is not restarted", setup_.name, name, describe(why));
    });
    break;
  case verdict::restart:
    log([&](auto& to) {
      to.warn("{}: {} has failed: {}; it is restarted", setup_.name, name, describe(why));
    });
    break;
  case verdict::give_up:
    // Without memory for the sentence, the child's own reason.
    reason_ = why;
    survive([](const caf::error&) {},
            [&] { reason_ = caf::make_error(errc::child_failed, name, describe(why)); });
    log([&](auto& to) { to.error("{}: {}", setup_.name, describe(reason_)); });
    break;
  }
}

// Messages.

void supervision_tree::on_down(caf::down_msg& down) {
  for (std::size_t i = 0; i < records_.size(); ++i) {
    auto& x = records_[i];
    if (!x.handle || x.handle != down.source)
      continue;
    forget(i);
    x.has_ended = true;
    x.last_end = std::move(down.reason);
    return drive();
  }
}

void supervision_tree::shut_down(caf::error why) {
  if (children_.is_ending())
    return;
  reason_ = std::move(why);
  children_.end();
  drive();
}

/// Ends the tree together with the actor system.
void supervision_tree::end_at_once() {
  const caf::strong_actor_ptr alive{ctrl()}; // Keeps this actor until the function returns.
  cleanup(caf::exit_reason::kill, nullptr);
  on_exit();
}

caf::result<caf::strong_actor_ptr> supervision_tree::find(const std::string& name) const {
  for (std::size_t i = 0; i < records_.size(); ++i)
    if (setup_.children[i].name == name)
      return records_[i].handle;
  return caf::make_error(caf::sec::invalid_argument, "no child is called " + name);
}

std::vector<child_status> supervision_tree::describe_all() const {
  std::vector<child_status> out;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const auto& why = records_[i].last_end;
    out.push_back({setup_.children[i].name, children_.state(i), children_.restarts(i),
                   why ? describe(why) : ""});
  }
  return out;
}

void supervision_tree::forget(std::size_t child) {
  setup_.children[child].place.clear(records_[child].handle);
  records_[child].handle = nullptr;
}

/// Returns a random number from 0 up to but not including 1.
double supervision_tree::spread() const {
  try {
    return spread_by(*setup_.random);
  } catch (...) {
    return 0.5; // The number only spreads restarts over time.
  }
}

template <class Write>
void supervision_tree::log(Write write) const {
  if (setup_.log)
    survive([](const caf::error&) {}, [&] { write(*setup_.log); });
}

void check(const supervision_tree_config& config) {
  for (auto i = config.children.begin(); i != config.children.end(); ++i) {
    if (i->name.empty())
      throw std::invalid_argument{"a child has no name"};
    if (!i->start)
      throw std::invalid_argument{"the child " + i->name + " has no function that starts it"};
    if (std::any_of(config.children.begin(), i, [&](auto& x) { return x.name == i->name; }))
      throw std::invalid_argument{"two children are called " + i->name};
  }
}

settings::duration bounded(settings::duration x) {
  return std::clamp(x, settings::duration{0}, settings::forever);
}

/// Returns the time in which a tree of these children ends, `settings::forever` if there is none.
settings::duration time_to_end(const supervision_tree_config& config) {
  settings::duration out = killing_limit;
  for (const auto& x : config.children)
    out = std::min(settings::forever, out + bounded(x.shutdown) + killing_limit);
  return out;
}

} // namespace

supervision_tree_actor spawn_supervision_tree(caf::actor_system& system,
                                              supervision_tree_config config) {
  check(config);
  must_know_types(system);
  config.random = or_system_random(config.random);
  for (auto* x : {&config.limits.period, &config.limits.min_pause, &config.limits.max_pause})
    *x = bounded(*x);
  for (auto& x : config.children)
    x.shutdown = bounded(x.shutdown);
  return system.spawn<supervision_tree>(std::move(config));
}

child_spec child_tree(std::string name, supervision_tree_config config, restart_type restart) {
  check(config);
  auto limit = time_to_end(config);
  return {.name = std::move(name),
          .start = [config = std::move(config)](
                     caf::actor_system& system) { return spawn_supervision_tree(system, config); },
          .restart = restart,
          .shutdown = limit};
}

} // namespace devp2p
