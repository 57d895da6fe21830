// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/scheduling.hpp"

#include "devp2p/actors/job_queue.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_clock.hpp>
#include <caf/policy/unprofiled.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <mutex>
#include <unordered_set>
#include <utility>

namespace devp2p {

namespace {

/// A clock that wakes CAF's clock thread less often. Each actor that ends asks CAF's clock to
/// forget its timeouts; here only actors that have some do.
class quiet_clock : public caf::detail::thread_safe_actor_clock {
public:
  explicit quiet_clock(caf::detail::thread_safe_actor_clock& thread) : thread_(thread) {}

  time_point now() const noexcept override { return thread_.now(); }

  void set_ordinary_timeout(time_point at, caf::abstract_actor* self, caf::atom_value type,
                            std::uint64_t id) override {
    remember(self);
    thread_.set_ordinary_timeout(at, self, type, id);
  }

  void set_multi_timeout(time_point at, caf::abstract_actor* self, caf::atom_value type,
                         std::uint64_t id) override {
    remember(self);
    thread_.set_multi_timeout(at, self, type, id);
  }

  void set_request_timeout(time_point at, caf::abstract_actor* self, caf::message_id id) override {
    remember(self);
    thread_.set_request_timeout(at, self, id);
  }

  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override {
    thread_.cancel_ordinary_timeout(self, type);
  }

  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override {
    thread_.cancel_request_timeout(self, id);
  }

  void cancel_timeouts(caf::abstract_actor* self) override {
    if (forget(self))
      thread_.cancel_timeouts(self);
  }

  void schedule_message(time_point at, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override {
    thread_.schedule_message(at, std::move(receiver), std::move(content));
  }

  void schedule_message(time_point at, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override {
    thread_.schedule_message(at, std::move(target), std::move(sender), std::move(content));
  }

  void cancel_all() override { thread_.cancel_all(); }

private:
  void remember(const caf::abstract_actor* who) {
    std::lock_guard guard{mutex_};
    with_timeouts_.insert(who->id());
  }

  bool forget(const caf::abstract_actor* who) {
    std::lock_guard guard{mutex_};
    return with_timeouts_.erase(who->id()) > 0;
  }

  caf::actor_clock& thread_;
  std::mutex mutex_;
  /// Ids of live actors that have set timeouts.
  std::unordered_set<caf::actor_id> with_timeouts_;
};

/// The policy of workers that share one `job_queue`.
class sharing : public caf::policy::unprofiled {
public:
  struct coordinator_data {
    explicit coordinator_data(caf::scheduler::abstract_coordinator*) {}
    job_queue jobs;
  };

  struct worker_data {
    explicit worker_data(caf::scheduler::abstract_coordinator*) {}
  };

  template <class Coordinator>
  void central_enqueue(Coordinator* self, caf::resumable* job) {
    d(self).jobs.push(job);
  }

  template <class Worker>
  void external_enqueue(Worker* self, caf::resumable* job) {
    d(self->parent()).jobs.push(job);
  }

  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    d(self->parent()).jobs.push(job);
  }

  template <class Worker>
  void resume_job_later(Worker* self, caf::resumable* job) {
    d(self->parent()).jobs.push(job);
  }

  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    return d(self->parent()).jobs.take();
  }

  /// No worker has jobs of its own.
  template <class Worker, class Function>
  void foreach_resumable(Worker*, Function) {}

  template <class Coordinator, class Function>
  void foreach_central_resumable(Coordinator* self, Function visit) {
    while (auto* job = d(self).jobs.take_if_any())
      visit(job);
  }
};

class quiet_coordinator : public caf::scheduler::coordinator<sharing> {
public:
  using super = caf::scheduler::coordinator<sharing>;

  explicit quiet_coordinator(caf::actor_system& system) : super(system) {}

  caf::detail::thread_safe_actor_clock& clock() noexcept override { return clock_; }

  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new quiet_coordinator(system);
  }

private:
  quiet_clock clock_{super::clock()};
};

} // namespace

void prefer_low_latency(caf::actor_system_config& config) {
  config.load<quiet_coordinator>();
  set_option(config, "scheduler.max-throughput", std::size_t{100});
}

} // namespace devp2p
