// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/provision.hpp"

#include "devp2p/simulator/program/descriptor.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <latch>
#include <memory>
#include <semaphore>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace devp2p::tool {

namespace {

/// The number of bytes that the thread that starts the others may allocate.
constexpr std::size_t spare_memory = std::size_t{8} << 20;

/// Threads that all run at the same time.
class crowd {
public:
  explicit crowd(std::size_t size) {
    threads_.reserve(size);
    try {
      while (threads_.size() < size) {
        threads_.emplace_back([this] { take_part(); });
        begun_.acquire();
      }
    } catch (...) {
      disperse();
      throw;
    }
  }
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;
  ~crowd() { disperse(); }

private:
  void take_part() {
    // The first allocation may create an arena, which later threads reuse.
    void* volatile some = std::malloc(1);
    std::free(some);
    begun_.release();
    over_.wait();
  }

  void disperse() {
    over_.count_down();
    for (auto& x : threads_)
      x.join();
  }

  std::binary_semaphore begun_{0};
  std::latch over_{1};
  std::vector<std::thread> threads_;
};

} // namespace

std::size_t threads_of_actors() {
  constexpr std::size_t least_workers = 4;
  constexpr std::size_t clock_and_printer = 2;
  return std::max<std::size_t>(std::thread::hardware_concurrency(), least_workers) +
         clock_and_printer;
}

void share_scarce_memory() {
  rlimit addresses{};
  if (::getrlimit(RLIMIT_AS, &addresses) == 0 && addresses.rlim_cur != RLIM_INFINITY)
    ::mallopt(M_ARENA_MAX, 1);
}

void require_threads(std::size_t count) {
  try {
    const crowd together{count};
    void* volatile some = std::malloc(spare_memory);
    std::free(some);
    if (some == nullptr)
      throw std::bad_alloc{};
  } catch (const std::system_error& x) {
    throw std::system_error{x.code(), "cannot start " + std::to_string(count) + " threads"};
  }
}

void require_descriptors(std::size_t count) {
  std::vector<std::unique_ptr<descriptor>> all;
  while (all.size() < count) {
    all.push_back(std::make_unique<descriptor>(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
    if (const auto error = errno; !all.back()->is_open())
      throw std::system_error{error, std::generic_category(), "cannot open connections"};
  }
}

} // namespace devp2p::tool
