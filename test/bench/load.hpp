// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "arena.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

/// A stream of messages in one direction, and how it is measured.
namespace devp2p::bench {

/// Messages that have arrived; counted on the receiving handlers' threads.
using message_count = std::atomic<std::uint64_t>;

/// A protocol whose handler writes messages of `size` octets from its first message on, for which
/// the main thread stands in, as long as its session lives. It asks to be told when the last of
/// each batch was handed to the network, and always has two batches under way, so that the link
/// never runs dry and its queue never runs full. All messages share their payload.
[[nodiscard]] protocol sending(std::string name, std::string_view where, std::string_view data,
                               std::size_t size, roster& handlers);

/// A protocol whose handler counts what comes, and drops it.
[[nodiscard]] protocol counting(std::string name, std::string_view where, message_count& arrived);

/// What flows, and what the handlers of `sending` send.
struct flow {
  std::size_t senders;
  std::string_view data;
  std::size_t size;
};

/// Starts the handlers, and measures what arrives, repetition after repetition, while it flows;
/// `limit`: what the codec alone would allow. Throws if nothing arrives.
[[nodiscard]] std::vector<figures> measure_load(const options& chosen, arena& world,
                                                const flow& what, const message_count& arrived);

} // namespace devp2p::bench
