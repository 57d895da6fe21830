// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/system_end.hpp"

#include <caf/attachable.hpp>
#include <caf/exit_reason.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/system_messages.hpp>

#include <map>
#include <mutex>
#include <utility>

namespace devp2p {

/// The functions to be called when one actor system ends. Thread-safe.
class system_end_tasks {
public:
  /// Returns those of `system`.
  static std::shared_ptr<system_end_tasks> of(caf::actor_system& system) {
    auto& known = all();
    // Both outlive the lock, which their destructor takes.
    std::shared_ptr<system_end_tasks> found;
    auto added = std::make_shared<system_end_tasks>(system);
    std::lock_guard guard{known.mutex};
    auto& place = known.tasks[&system];
    // An older system may have had the same address.
    if (found = place.lock(); found && !found->is_over())
      return found;
    system.scheduler().printer()->attach(std::make_unique<at_end>(added));
    place = added;
    return added;
  }

  explicit system_end_tasks(const caf::actor_system& system) : system_(&system) {}
  system_end_tasks(const system_end_tasks&) = delete;
  system_end_tasks& operator=(const system_end_tasks&) = delete;

  ~system_end_tasks() {
    auto& known = all();
    std::lock_guard guard{known.mutex};
    if (auto ours = known.tasks.find(system_); ours != known.tasks.end() && ours->second.expired())
      known.tasks.erase(ours);
  }

  void add(const at_system_end* owner, std::function<void()> task) {
    {
      std::lock_guard guard{mutex_};
      if (!over_) {
        tasks_.emplace(owner, std::move(task));
        return;
      }
    }
    task();
  }

  void remove(const at_system_end* owner) {
    std::lock_guard guard{mutex_};
    tasks_.erase(owner);
  }

private:
  struct known_tasks {
    std::mutex mutex;
    std::map<const caf::actor_system*, std::weak_ptr<system_end_tasks>> tasks;
  };

  class at_end final : public caf::attachable {
  public:
    explicit at_end(std::shared_ptr<system_end_tasks> what) : what_(std::move(what)) {}
    void actor_exited(const caf::error&, caf::execution_unit*) override { what_->run(); }

  private:
    const std::shared_ptr<system_end_tasks> what_;
  };

  /// Is never destroyed: an actor system may live as long as the process.
  static known_tasks& all() {
    static auto& out = *new known_tasks;
    return out;
  }

  bool is_over() {
    std::lock_guard guard{mutex_};
    return over_;
  }

  /// A task may end actors, and with them other tasks: it runs without the lock.
  void run() {
    for (;;) {
      std::function<void()> next;
      {
        std::lock_guard guard{mutex_};
        over_ = true;
        if (tasks_.empty())
          return;
        next = std::move(tasks_.begin()->second);
        tasks_.erase(tasks_.begin());
      }
      try {
        next();
      } catch (...) {
        continue; // Without memory for one task, the others are done.
      }
    }
  }

  const caf::actor_system* const system_;
  std::mutex mutex_;
  std::map<const at_system_end*, std::function<void()>> tasks_;
  bool over_ = false;
};

void at_system_end::call(caf::actor_system& system, std::function<void()> task) {
  among_ = system_end_tasks::of(system);
  among_->add(this, std::move(task));
}

void at_system_end::forget() {
  if (auto among = std::exchange(among_, nullptr))
    among->remove(this);
}

void system_end::watch(caf::scheduled_actor* self) {
  auto& system = self->home_system();
  first_ = system.scheduler().printer().address();
  when_.call(system, [first = first_, who = caf::weak_actor_ptr{self->ctrl()}] {
    if (auto alive = who.lock())
      alive->enqueue(nullptr, caf::make_message_id(),
                     caf::make_message(caf::down_msg{first, caf::exit_reason::user_shutdown}),
                     nullptr);
  });
}

} // namespace devp2p
