// SPDX-License-Identifier: BSL-1.0
//
// The case `overload`: how long a quiet session waits while others load the loop that it shares
// with them.
#include "load.hpp"
#include "payloads.hpp"
#include "percentile.hpp"
#include "probe.hpp"
#include "repeat.hpp"
#include "stopwatch.hpp"
#include "strangers.hpp"

#include "devp2p/messages/caf.hpp"

#include <optional>

namespace devp2p::bench {

namespace {

/// The promise: the round trip of which one in a hundred is longer, in microseconds.
constexpr double max_p99 = 20'000;
/// The part of a round trip that may be the strangers' fault, in microseconds.
constexpr double max_added_by_strangers = 5'000;

struct writing {
  packet message;
  message_count* answers;
};

/// Writes over and over, whether the last message was taken or refused.
void write_on(handler_actor::pointer self, const channel& link, const writing& what) {
  link.write(self, what.message)
    .then(
      [=] {
        ++*what.answers;
        write_on(self, link, what);
      },
      [=](const caf::error& why) {
        ++*what.answers;
        if (why == errc::write_queue_full)
          write_on(self, link, what);
      });
}

handler_actor::behavior_type write_all(handler_actor::pointer self, const channel& link,
                                       const writing& what) {
  // One more than the queue holds.
  for (auto room = settings{}.max_write_queue / what.message.payload.size() + 1; room > 0; --room)
    write_on(self, link, what);
  return {[](const packet&) {}};
}

struct hoarder_state {
  hoarder_state() = default; // Not an aggregate, which CAF would build from its actor.
  std::vector<blob> payloads;
};

/// Keeps all payloads, until its session reads no more.
handler_actor::behavior_type hoard(handler_actor::stateful_pointer<hoarder_state> self,
                                   const channel&) {
  return {[=](const packet& x) { state_of(self).payloads.push_back(x.payload); }};
}

/// Returns a configuration of nodes that are patient with those that do not read.
node_config patient(std::vector<protocol> protocols) {
  auto out = make_node_config(std::move(protocols));
  out.limits.write_timeout = out.limits.ping_interval = settings::forever;
  return out;
}

/// A hub with a quiet session and room for a load.
class stage {
public:
  stage(const options& chosen, std::string_view where) : world_(chosen) {
    const writing flood{{0, blob{make_payload("random", std::size_t{64} << 10)}}, &done_};
    std::vector<protocol> protocols{probe::answering(where), counting("load", where, done_)};
    protocols.push_back(
      {.name = "flood", .version = 1, .length = 1, .spawn = handled_at(where, write_all, flood)});
    auto config = patient(std::move(protocols));
    // Strangers find what a node has by default.
    config.limits.max_pending = settings{}.max_pending;
    hub_ = world_.listen(std::move(config));
    quiet_.begin(world_, hub_);
  }

  void add_nothing() {}
  void add_large_messages() { add_senders(10, protocol::max_payload_size); }
  void add_small_messages() { add_senders(64, 256); }

  void add_remotes_that_do_not_read() {
    constexpr std::size_t remotes = 20;
    for (std::size_t i = 0; i < remotes; ++i)
      world_.dial(
        hub_, patient({{.name = "flood", .version = 1, .length = 1, .spawn = handled_by(hoard)}}));
  }

  void add_strangers() { strangers_.emplace(hub_); }

  figures observe(double seconds, double limit) {
    auto before = done();
    stopwatch elapsed;
    auto taken = quiet_.measure(world_, seconds, [&] {
      if (strangers_)
        strangers_->come();
    });
    auto rate = static_cast<double>(done() - before) / elapsed.seconds();
    return {{"p99_us", percentile(taken, 99) * 1e6},
            {"limit", limit},
            {"p50_us", percentile(taken, 50) * 1e6},
            {"max_us", taken.back() * 1e6},
            {"load_per_second", rate}};
  }

private:
  void add_senders(std::size_t count, std::size_t size) {
    auto senders = sending("load", "loop", "repeat", size, world_.handlers());
    for (std::size_t i = 0; i < count; ++i)
      world_.dial(hub_, {senders});
    // The first is the quiet one.
    auto members = world_.handlers().wait_for(count + 1);
    for (auto x = members.begin() + 1; x != members.end(); ++x)
      anon_send_to(x->handler, packet{});
  }

  /// Returns how much of the load is done: messages that have come, writes that were taken or
  /// refused, strangers that have come.
  [[nodiscard]] std::uint64_t done() const {
    return strangers_ ? strangers_->count() : done_.load();
  }

  message_count done_{0};
  probe quiet_;
  enode hub_;
  arena world_;
  std::optional<strangers> strangers_;
};

struct load {
  std::string_view name;
  void (stage::*add)();
};

/// The first is the reference.
constexpr load loads[] = {{"nothing", &stage::add_nothing},
                          {"10 send 16 MiB", &stage::add_large_messages},
                          {"20 do not read", &stage::add_remotes_that_do_not_read},
                          {"64 send 256 B", &stage::add_small_messages},
                          {"1000 strangers a second", &stage::add_strangers}};

double median_p99(const std::vector<figures>& found) {
  std::vector<double> all;
  for (const auto& x : found)
    all.push_back(x.front().second);
  std::sort(all.begin(), all.end());
  return percentile(all, 50);
}

} // namespace

void overload(const options& chosen, report& out) {
  for (const auto& where : chosen.handlers) {
    double reference = 0;
    for (const auto& x : loads) {
      parameters which{{"load", x.name}, {"handlers", where}};
      out.announce("overload", which);
      auto limit = x.add == &stage::add_strangers ? reference + max_added_by_strangers : max_p99;
      stage scene{chosen, where};
      (scene.*x.add)();
      auto found = repeat(chosen, [&](double seconds) { return scene.observe(seconds, limit); });
      if (x.add == &stage::add_nothing)
        reference = median_p99(found);
      out.add("overload", which, found);
    }
  }
}

} // namespace devp2p::bench
