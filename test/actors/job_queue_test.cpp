// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/job_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <ctime>
#include <thread>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(job_queue_test)

namespace {

using namespace std::chrono_literals;

struct job : caf::resumable {
  resume_result resume(caf::execution_unit*, std::size_t) override { return done; }
  void intrusive_ptr_add_ref_impl() override {}
  void intrusive_ptr_release_impl() override {}
};

/// Workers that count the jobs that they take, until they take the last one.
struct workers {
  explicit workers(unsigned count) {
    while (threads.size() < count)
      threads.emplace_back([this] {
        while (queue.take() != &last)
          ++taken;
      });
  }

  /// Ends the workers, after all jobs that were pushed before.
  void end() {
    for (std::size_t i = 0; i < threads.size(); ++i)
      queue.push(&last);
    for (auto& x : threads)
      x.join();
  }

  job_queue queue;
  job any;
  job last;
  std::atomic<std::size_t> taken = 0;
  std::vector<std::thread> threads;
};

std::chrono::duration<double> processor_time() {
  return std::chrono::duration<double>(static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
}

} // namespace

BOOST_AUTO_TEST_CASE(the_first_job_is_taken_first) {
  job_queue queue;
  std::array<job, 3> jobs;
  for (auto& x : jobs)
    queue.push(&x);
  for (auto& x : jobs)
    BOOST_TEST(queue.take() == &x);
  BOOST_TEST(queue.take_if_any() == nullptr);
  queue.push(&jobs[0]);
  BOOST_TEST(queue.take_if_any() == &jobs[0]);
}

// If a worker slept through a job, this would wait for ever, and ctest would end the test.
BOOST_AUTO_TEST_CASE(every_job_is_taken_whatever_the_workers_do_in_the_meantime) {
  for (unsigned count : {1U, 2U, 4U}) {
    workers subject{count};
    std::size_t pushed = 0;
    for (int round = 0; round < 2000; ++round) {
      // One at a time, which a worker spins for; several at once; and after a pause, all asleep.
      for (int i = 0; i <= round % 4; ++i, ++pushed)
        subject.queue.push(&subject.any);
      while (subject.taken < pushed)
        std::this_thread::yield();
      if (round % 100 == 0)
        std::this_thread::sleep_for(1ms);
    }
    subject.end();
    BOOST_TEST(subject.taken == pushed);
  }
}

BOOST_AUTO_TEST_CASE(every_job_is_taken_of_those_that_many_threads_push) {
  constexpr std::size_t each = 10'000;
  workers subject{3};
  std::vector<std::thread> pushing;
  for (int i = 0; i < 3; ++i)
    pushing.emplace_back([&] {
      for (std::size_t n = 0; n < each; ++n)
        subject.queue.push(&subject.any);
    });
  for (auto& x : pushing)
    x.join();
  subject.end();
  BOOST_TEST(subject.taken == 3 * each);
}

BOOST_AUTO_TEST_CASE(workers_without_a_job_use_no_processor) {
  workers subject{4};
  for (std::size_t pushed = 1; pushed <= 1000; ++pushed) {
    subject.queue.push(&subject.any);
    while (subject.taken < pushed)
      std::this_thread::yield();
  }
  auto before = processor_time();
  std::this_thread::sleep_for(200ms);
  auto used = processor_time() - before;
  subject.end();
  BOOST_TEST(used.count() < 0.05);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
