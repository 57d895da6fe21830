// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/seeded_random.hpp"
#include "devp2p/nat/punching/punch.hpp"
#include "devp2p/nat/punching/rendezvous_server.hpp"
#include "devp2p/net/sim/nat_box.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <functional>
#include <map>
#include <memory>

namespace devp2p::nat {

using namespace std::chrono_literals;

using net::nat_box;
using net::nat_kind;

struct arena_options {
  std::uint64_t seed = 1;
  double loss = 0;
  double duplicates = 0;
  std::chrono::milliseconds min_latency = 5ms;
  /// The upper end of the latency; a wider range causes more reordering.
  std::chrono::milliseconds max_latency = 40ms;
  bool two_addresses = true;
  punch_settings settings = {};
};

/// Two sides behind NATs, a rendezvous, and the network between them, in virtual time.
struct arena {
  using time_point = std::chrono::steady_clock::time_point;

  const endpoint first{"203.0.113.1", 3478};
  const endpoint second{"203.0.113.2", 3479};
  const std::array<std::string, 2> external{"198.51.100.1", "198.51.100.2"};
  static constexpr std::uint16_t port = 30303;
  static constexpr std::chrono::seconds mapping_lifetime{30};

  arena_options options;
  std::mt19937_64 rng{options.seed};
  time_point now{1h};
  kit::seeded_random middle_random{options.seed};
  rendezvous_server middle{middle_random};
  std::array<nat_box, 2> boxes;
  std::array<std::optional<punch>, 2> sides;
  bool rendezvous_is_there = true;
  /// Whether packets between the two arrive.
  bool connected = true;
  /// The number of datagrams, by sender and receiver host.
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  /// Data that came to each side and is no punch message: what a test sent along a hole.
  std::array<std::vector<std::pair<endpoint, bytes>>, 2> received;
  /// All datagrams sent between the two sides, for replays.
  std::vector<std::pair<std::size_t, bytes>> overheard;
  /// Called with each datagram between the two sides before it arrives.
  std::function<void(std::size_t to, const bytes& content)> wiretap;

  arena(nat_kind one, nat_kind two, const arena_options& with = {})
    : options(with),
      boxes{nat_box{one, net::seeded_rng{with.seed * 2}, mapping_lifetime},
            nat_box{two, net::seeded_rng{with.seed * 2 + 1}, mapping_lifetime}} {}

  void join(std::size_t which, std::optional<byte_array<32>> secret = std::nullopt) {
    rendezvous_site site{first, options.two_addresses ? std::optional{second} : std::nullopt};
    meeting_key with{secret.value_or(byte_array<32>{1, 2, 3}), static_cast<side>(which)};
    kit::seeded_random random{options.seed * 100 + which};
    sides[which].emplace(with, site, random, now, options.settings);
  }

  void join_both() {
    join(0);
    join(1);
  }

  /// Has both sides join, and runs until both have nothing more to do.
  void meet() {
    join_both();
    run();
  }

  /// Has both sides meet and open the path; the test ends here if they do not.
  void connect() {
    meet();
    BOOST_REQUIRE(both_open());
  }

  /// Sends a datagram from side `which`.
  void send(std::size_t which, const endpoint& to, byte_view content) {
    if (wiretap && to.host == external[1 - which])
      wiretap(1 - which, {content.begin(), content.end()});
    if (auto seen = boxes[which].outbound(port, to, now.time_since_epoch()))
      send_from({external[which], *seen}, to, content);
  }

  /// Sends a datagram with any source, genuine or forged.
  void send_from(const endpoint& from, const endpoint& to, byte_view content) {
    ++counts[{from.host, to.host}];
    for (auto copies = 1 + (hit(options.duplicates) ? 1 : 0); copies > 0; --copies)
      if (!hit(options.loss))
        under_way.emplace(now + latency(),
                          datagram{from, to, bytes{content.begin(), content.end()}});
  }

  /// Delivers a datagram at once, from any source.
  void deliver(const endpoint& from, std::size_t to, const bytes& content) {
    send_all(to, sides[to]->on_datagram(from, content, now));
  }

  void step() {
    auto due = time_point::max();
    if (!under_way.empty())
      due = under_way.begin()->first;
    for (auto& each : sides)
      if (each)
        due = std::min(due, each->next());
    now = std::max(now, due);
    while (!under_way.empty() && under_way.begin()->first <= now) {
      auto next = under_way.extract(under_way.begin());
      arrive(next.mapped());
    }
    for (std::size_t i = 0; i < sides.size(); ++i)
      if (sides[i] && sides[i]->next() <= now)
        send_all(i, sides[i]->on_time(now));
  }

  [[nodiscard]] time_point next_event() const {
    auto due = under_way.empty() ? time_point::max() : under_way.begin()->first;
    for (const auto& each : sides)
      if (each)
        due = std::min(due, each->next());
    return due;
  }

  void run_for(std::chrono::nanoseconds time) {
    const auto end = now + time;
    while (next_event() <= end)
      step();
    now = end;
  }

  /// Runs until the outcome of each side is known, for at most a minute.
  void run() {
    auto known = [](const std::optional<punch>& x) {
      return !x || x->where() == punch::phase::open || x->where() == punch::phase::over;
    };
    const auto end = now + 1min;
    while (next_event() <= end && !(known(sides[0]) && known(sides[1])))
      step();
  }

  [[nodiscard]] bool open(std::size_t which) const {
    return sides[which]->where() == punch::phase::open;
  }
  [[nodiscard]] bool both_open() const { return open(0) && open(1); }
  [[nodiscard]] bool both_failed(errc expected) const {
    return error(0) == expected && error(1) == expected;
  }

  [[nodiscard]] std::optional<errc> error(std::size_t which) const {
    const auto& why = sides[which]->failed();
    return why ? std::optional{why->code} : std::nullopt;
  }

  /// Returns whether data sent by side `which` through its hole arrives at the other side.
  bool reaches(std::size_t which) {
    const auto before = received[1 - which].size();
    auto lossy = std::exchange(options.loss, 0.0);
    send(which, sides[which]->hole()->remote, as_bytes("payload"));
    run_for(options.max_latency + 1ms);
    options.loss = lossy;
    return received[1 - which].size() > before;
  }

private:
  struct datagram {
    endpoint from;
    endpoint to;
    bytes content;
  };

  bool hit(double probability) { return std::uniform_real_distribution<>{}(rng) < probability; }

  std::chrono::nanoseconds latency() {
    auto range = static_cast<std::uint64_t>((options.max_latency - options.min_latency).count());
    return options.min_latency + std::chrono::milliseconds{rng() % (range + 1)};
  }

  void send_all(std::size_t which, const std::vector<outgoing>& out) {
    for (const auto& each : out)
      send(which, each.to, each.content);
  }

  void arrive(const datagram& x) {
    if (x.to == first || x.to == second) {
      if (!rendezvous_is_there)
        return;
      auto at = x.to == first ? rendezvous_address::first : rendezvous_address::second;
      if (auto out = middle.on_datagram(at, x.from, x.content, now))
        send_from(x.to, x.from, *out);
      return;
    }
    for (std::size_t i = 0; i < sides.size(); ++i)
      if (x.to.host == external[i])
        arrive_at(i, x);
  }

  void arrive_at(std::size_t which, const datagram& x) {
    auto between = x.from != first && x.from != second;
    if (between)
      overheard.emplace_back(which, x.content);
    if ((between && !connected) || !sides[which] ||
        !boxes[which].inbound(x.to.port, x.from, now.time_since_epoch()))
      return;
    if (!decode_punch_message(x.content))
      received[which].emplace_back(x.from, x.content);
    auto out = sides[which]->on_datagram(x.from, x.content, now);
    BOOST_TEST(out.size() <= 1u, "no datagram is answered by more than one");
    send_all(which, out);
  }

  std::multimap<time_point, datagram> under_way;
};

} // namespace devp2p::nat
