// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "arena.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

/// A stream of messages in one direction, and how it is measured.
namespace devp2p::bench {

/// The number of messages that have arrived; counted on the receiving handlers' threads.
using message_count = std::atomic<std::uint64_t>;

/// Returns a protocol whose handler writes messages of `size` bytes as long as its session lives.
/// It begins at its first message, which the main thread sends in place of the remote. It asks to
/// be told when the last message of each batch was handed to the network, and always has two
/// batches under way, so that the link never runs dry and its queue never runs full. All messages
/// share their payload.
[[nodiscard]] protocol sending(std::string name, std::string_view where, std::string_view data,
                               std::size_t size, roster& handlers);

/// Returns a protocol whose handler counts messages and drops them.
[[nodiscard]] protocol counting(std::string name, std::string_view where, message_count& arrived);

/// The number of handlers of `sending`, and the messages that they send.
struct flow {
  std::size_t senders;
  std::string_view data;
  std::size_t size;
};

/// Starts the handlers, and measures in each repetition what arrives while messages flow. The
/// figure `limit` is what the codec alone would allow. Throws if no message arrives.
[[nodiscard]] std::vector<figures> measure_load(const options& chosen, arena& world,
                                                const flow& what, const message_count& arrived);

/// Measures a case for each kind of data and each place of handlers. `connect` fills an arena with
/// handlers that send messages of `size` bytes; there are `senders` of them.
template <class Connect>
void add_loads(const std::string& benchmark, const options& chosen, report& out, std::size_t size,
               std::size_t senders, Connect connect) {
  for (auto* data : {"random", "repeat"}) {
    for (const auto& where : chosen.handlers) {
      parameters which{{"payload", size}, {"data", data}, {"handlers", where}};
      out.announce(benchmark, which);
      message_count arrived{0};
      arena world{chosen};
      auto receive = [&](const std::string& name) { return counting(name, where, arrived); };
      auto send = [&](const std::string& name) {
        return sending(name, where, data, size, world.handlers());
      };
      connect(world, receive, send);
      out.add(benchmark, which, measure_load(chosen, world, {senders, data, size}, arrived));
    }
  }
}

} // namespace devp2p::bench
