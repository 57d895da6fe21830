// SPDX-License-Identifier: BSL-1.0
//
// The other process of the case `budget`: a hub that prints its URL. Its protocol "flood" writes
// large messages, "hoard" keeps all that it receives, and "echo" sends everything back. Whenever it
// is sent a line, it prints the largest growth of its memory so far, the most that the budget
// has counted, the budget's limit, the sessions that the budget has ended, and the others that have
// ended, in this order.
#include "../address_sanitizer.hpp"
#include "arena.hpp"
#include "payloads.hpp"
#include "usage.hpp"

#include "devp2p/messages/on_events.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#ifdef DEVP2P_ADDRESS_SANITIZER
/// Declared in sanitizer/allocator_interface.h, which Debian's g++ does not bring along.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace devp2p::bench {

namespace {

/// Returns the memory that is in use. AddressSanitizer's own is not among it.
std::size_t used_bytes() {
#ifdef DEVP2P_ADDRESS_SANITIZER
  return __sanitizer_get_current_allocated_bytes();
#else
  return resident_bytes();
#endif
}

/// The largest `used_bytes`, above those at the beginning, and the most that the budget has
/// counted.
class peak_watch {
public:
  explicit peak_watch(const memory_budget& budget)
    : budget_(budget),
      begin_(used_bytes()),
      watching_([this] { watch(); }) {}
  ~peak_watch() {
    over_ = true;
    watching_.join();
  }

  [[nodiscard]] std::size_t growth() const { return peak_ - begin_; }
  [[nodiscard]] std::size_t counted() const { return counted_; }

private:
  void watch() {
    for (; !over_; std::this_thread::sleep_for(std::chrono::microseconds{500})) {
      peak_ = std::max(peak_.load(), used_bytes());
      counted_ = std::max(counted_.load(), budget_.held());
    }
  }

  const memory_budget& budget_;
  const std::size_t begin_;
  std::atomic<std::size_t> peak_{begin_};
  std::atomic<std::size_t> counted_{0};
  std::atomic<bool> over_{false};
  std::thread watching_;
};

/// Writes one message after the other. All share their payload: the budget does not see what
/// handlers make in advance.
void write_on(handler_actor::pointer self, const channel& link, const blob& content) {
  link.write(self, packet{0, content})
    .then([=] { write_on(self, link, content); },
          [=](caf::error& why) { self->quit(std::move(why)); });
}

handler_actor::behavior_type flood(handler_actor::pointer self, const channel& link,
                                   const blob& content) {
  write_on(self, link, content);
  return {[](const packet&) {}};
}

handler_actor::behavior_type hoard(handler_actor::pointer, const channel&) {
  auto kept = std::make_shared<std::vector<packet>>();
  return {[=](const packet& x) { kept->push_back(x); }};
}

struct ends {
  std::atomic<std::size_t> by_budget{0};
  std::atomic<std::size_t> others{0};
};

subscriber_actor::behavior_type count_ends(subscriber_actor::pointer, ends* out) {
  return on_events([=](const peer_dropped& x) {
    ++(x.end.code == errc::memory_budget_exceeded ? out->by_budget : out->others);
  });
}

} // namespace

void run_budget_hub(const options& chosen) {
  const blob content{make_payload(chosen.budget_data, chosen.budget_message)};
  ends over;
  arena world{chosen};
  auto config = make_node_config({
    {.name = "flood", .version = 1, .length = 1, .spawn = handled_by(flood, content)},
    {.name = "hoard", .version = 1, .length = 1, .spawn = handled_by(hoard)},
    {.name = "echo", .version = 1, .length = 1, .spawn = handled_by(echo)},
  });
  auto shared = config.memory = std::make_shared<memory_budget>(chosen.budget);
  // Only the budget is to end sessions.
  config.limits.max_write_queue = 4 * chosen.budget_message;
  auto url = world.listen(std::move(config), world.system().spawn(count_ends, &over));
  peak_watch memory{*shared};
  std::cout << to_string(url) << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << memory.growth() << ' ' << memory.counted() << ' ' << shared->limit() << ' '
              << over.by_budget << ' ' << over.others << std::endl;
}

} // namespace devp2p::bench
