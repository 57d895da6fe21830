// SPDX-License-Identifier: BSL-1.0
//
// The case `typed`: what typed messages cost against packets whose author writes and reads RLP by
// hand, and how fast values are encoded and decoded.
#include "arena.hpp"
#include "payloads.hpp"
#include "repeat.hpp"
#include "stopwatch.hpp"
#include "usage.hpp"
#include "waiting.hpp"

#include "devp2p/actors/typed/typed_protocol.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encode.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p::bench {

namespace {

/// A message: its number, and bytes.
struct datum {
  std::uint64_t number = 0;
  bytes content = {};

  friend auto inspect(auto& f, datum& x) {
    return inspect_fields(f, {"number", "content"}, x.number, x.content);
  }
};

blob by_hand(const datum& x) {
  bytes buffer;
  buffer.reserve(x.content.size() + 16);
  rlp::encoder out{buffer};
  out.list([&] {
    out.integer(x.number);
    out.string(x.content);
  });
  return blob{buffer};
}

datum from_hand(byte_view in) {
  rlp::decoder whole{in};
  auto fields = whole.list();
  datum out;
  out.number = fields.integer();
  auto content = fields.string();
  out.content.assign(content.begin(), content.end());
  fields.expect_end();
  whole.expect_end();
  return whole.error() ? datum{} : out;
}

/// The sums of the numbers and sizes that have arrived, so that they must be read.
struct arrivals {
  std::atomic<std::uint64_t> messages{0};
  std::atomic<std::uint64_t> bytes{0};

  void add(const datum& x) {
    bytes.fetch_add(x.content.size(), std::memory_order_relaxed);
    messages.fetch_add(1, std::memory_order_relaxed);
  }
};

/// The number of messages in a batch, of which two are under way.
constexpr std::size_t batch = 128;

/// Writes a batch, and another one when it was handed to the network. `make` makes the next packet.
void send_batch(auto* self, const channel& link, auto make) {
  for (std::size_t i = 1; i < batch; ++i)
    link.send(self, make());
  link.write(self, make()).then([=] { send_batch(self, link, make); }, [](const caf::error&) {});
}

/// A remote may be slow to begin: the handler writes when it has its first message.
handler_actor::behavior_type send_by_hand(handler_actor::pointer self, const channel& link,
                                          const bytes& content) {
  auto make = [next = datum{0, content}]() mutable {
    ++next.number;
    return packet{0, by_hand(next)};
  };
  send_batch(self, link, make);
  send_batch(self, link, make);
  return {[](const packet&) {}};
}

handler_actor::behavior_type receive_by_hand(handler_actor::pointer, const channel&,
                                             arrivals* out) {
  return {[=](const packet& x) { out->add(from_hand(x.payload.view())); }};
}

using load = typed_protocol<"load", 1, message<0, datum>>;

load::behavior send_typed(load::handler_pointer self, const load::channel& link,
                          const bytes& content) {
  auto make = [link, next = datum{0, content}]() mutable {
    ++next.number;
    return link.encoded(next);
  };
  send_batch(self, link.link(), make);
  send_batch(self, link.link(), make);
  return {[](const datum&) {}};
}

load::behavior receive_typed(load::handler_pointer, const load::channel&, arrivals* out) {
  return {[=](const datum& x) { out->add(x); }};
}

std::vector<protocol> by_packets(handler_factory spawn) {
  return {{.name = "load", .version = 1, .length = 1, .spawn = std::move(spawn)}};
}

std::vector<figures> measure_link(const options& chosen, const arrivals& arrived) {
  return repeat(chosen, [&](double seconds) -> figures {
    const auto before = arrived.messages.load();
    auto cpu = cpu_seconds();
    stopwatch elapsed;
    wait(
      seconds, [&] { return arrived.messages != before; }, "a message");
    auto messages = static_cast<double>(arrived.messages - before);
    return {{"messages_per_second", messages / elapsed.seconds()},
            {"cpu_us_per_message", (cpu_seconds() - cpu) / messages * 1e6}};
  });
}

void add_link(const options& chosen, report& out, std::size_t size, std::string_view messages) {
  parameters which{{"payload", size}, {"messages", messages}};
  out.announce("typed", which);
  arrivals arrived;
  arena world{chosen};
  auto content = make_payload("random", size);
  auto typed = messages == "typed";
  auto target = world.listen(typed ? load::handled_by(receive_typed, &arrived)
                                   : by_packets(handled_by(receive_by_hand, &arrived)));
  world.dial(target, typed ? load::handled_by(send_typed, content)
                           : by_packets(handled_by(send_by_hand, content)));
  out.add("typed", which, measure_link(chosen, arrived));
}

void add_codec(const options& chosen, report& out, std::size_t size) {
  const datum value{1u << 20, make_payload("random", size)};
  const auto encoded = rlp::encode(value);
  auto add = [&](std::string_view does, std::string_view how, auto work) {
    parameters which{{"payload", size}, {"does", does}, {"how", how}};
    out.announce("typed", which);
    out.add("typed", which, repeat(chosen, [&](double seconds) -> figures {
              auto taken = seconds_per_call(seconds, work);
              return {{"megabytes_per_second", static_cast<double>(encoded.size()) / taken / 1e6},
                      {"items_per_second", 1 / taken}};
            }));
  };
  add("encode", "by inspect", [&] { keep(rlp::encode(value)); });
  add("encode", "by hand", [&] { keep(by_hand(value)); });
  add("decode", "by inspect", [&] { keep(rlp::decode<datum>(encoded)); });
  add("decode", "by hand", [&] { keep(from_hand(encoded.view())); });
}

} // namespace

void typed(const options& chosen, report& out) {
  for (std::size_t size : {16, 256}) {
    for (auto* messages : {"by hand", "typed"})
      add_link(chosen, out, size, messages);
    add_codec(chosen, out, size);
  }
}

} // namespace devp2p::bench
