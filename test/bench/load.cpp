// SPDX-License-Identifier: BSL-1.0
#include "load.hpp"

#include "devp2p/messages/caf.hpp"

#include "codec.hpp"
#include "payloads.hpp"
#include "repeat.hpp"
#include "usage.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::bench {

namespace {

/// The maximum size of a batch, in bytes.
constexpr std::size_t max_batch_size = std::size_t{256} << 10;
/// The maximum number of messages in a batch.
constexpr std::size_t max_batch_length = 256;

void send_batch(handler_actor::pointer self, const channel& link, const packet& message,
                std::size_t length) {
  for (std::size_t i = 1; i < length; ++i)
    link.send(self, message);
  // If the request is refused, the session is over, and so is this handler.
  link.write(self, message)
    .then([=] { send_batch(self, link, message, length); }, [](const caf::error&) {});
}

handler_actor::behavior_type send_all(handler_actor::pointer self, const channel& link,
                                      const blob& payload, roster* handlers) {
  handlers->add({self, link});
  return {[=](const packet&) {
    auto length = std::clamp<std::size_t>(max_batch_size / payload.size(), 1, max_batch_length);
    send_batch(self, link, {0, payload}, length);
    send_batch(self, link, {0, payload}, length);
  }};
}

handler_actor::behavior_type count_all(handler_actor::pointer, const channel&,
                                       message_count* arrived) {
  return {[=](const packet&) { arrived->fetch_add(1, std::memory_order_relaxed); }};
}

protocol make_protocol(std::string name, handler_factory spawn) {
  return {.name = std::move(name), .version = 1, .length = 1, .spawn = std::move(spawn)};
}

} // namespace

protocol sending(std::string name, std::string_view where, std::string_view data, std::size_t size,
                 roster& handlers) {
  return make_protocol(std::move(name),
                       handled_at(where, send_all, blob{make_payload(data, size)}, &handlers));
}

protocol counting(std::string name, std::string_view where, message_count& arrived) {
  return make_protocol(std::move(name), handled_at(where, count_all, &arrived));
}

std::vector<figures> measure_load(const options& chosen, arena& world, const flow& what,
                                  const message_count& arrived) {
  auto alone = codec_alone(chosen.seconds / 2, what.data, what.size);
  auto limit = 1 / std::max(alone.seal, alone.open);
  for (const auto& x : world.handlers().wait_for(what.senders))
    anon_send_to(x.handler, packet{});
  return repeat(chosen, [&](double seconds) -> figures {
    const auto before = arrived.load();
    auto cpu = cpu_seconds();
    stopwatch elapsed;
    wait(
      seconds, [&] { return arrived != before; }, "a message");
    auto messages = static_cast<double>(arrived - before);
    auto taken = elapsed.seconds();
    cpu = cpu_seconds() - cpu;
    return {{"messages_per_second", messages / taken},
            {"megabytes_per_second", messages * static_cast<double>(what.size) / taken / 1e6},
            {"limit", limit},
            {"limit_ratio", messages / taken / limit},
            {"cpu_us_per_message", cpu / messages * 1e6},
            {"cores", cpu / taken}};
  });
}

} // namespace devp2p::bench
