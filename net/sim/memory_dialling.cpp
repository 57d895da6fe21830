// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/memory_host.hpp"

#include "devp2p/net/sim/memory_network.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::net {

namespace {

/// The number of times that TCP repeats a dial without an answer (Linux, tcp_syn_retries).
constexpr unsigned max_repeats = 6;

/// Returns the time from the first dial until TCP repeats it again, or gives up, after `repeats`
/// repetitions. That is one second at first; then each wait is twice as long (RFC 6298).
event_queue::time patience(unsigned repeats) {
  return std::chrono::seconds{(2 << repeats) - 1};
}

} // namespace

struct memory_host::attempt {
  endpoint to;
  stream_handler handler;
  endpoint from = {};
  std::optional<expected<std::unique_ptr<stream>>> outcome = std::nullopt;

  void answer() {
    // The handler may destroy the dial and with it this object.
    if (auto call = std::exchange(handler, nullptr))
      call(std::move(*outcome));
  }
};

namespace {

class memory_dial : public pending_dial {
public:
  explicit memory_dial(std::shared_ptr<memory_host::attempt> made) : made_(std::move(made)) {}

private:
  std::shared_ptr<memory_host::attempt> made_;
};

} // namespace

std::unique_ptr<pending_dial> memory_host::dial(const endpoint& to, stream_handler handler) {
  return dial(attempt{to, std::move(handler)});
}

std::unique_ptr<pending_dial> memory_host::dial_from(const endpoint& from, const endpoint& to,
                                                     stream_handler handler) {
  attempt made{to, std::move(handler), {address_, from.port}};
  if (!from.is_address())
    made.outcome = errc::invalid_endpoint;
  else if (!has(from.host))
    made.outcome = errc::address_not_available;
  return dial(std::move(made));
}

std::unique_ptr<pending_dial> memory_host::dial(attempt asked) {
  auto made = std::make_shared<attempt>(std::move(asked));
  auto& [to, handler, from, outcome] = *made;
  if (!outcome && !to.is_address())
    outcome = to.has_valid_host() ? errc::no_such_host : errc::invalid_endpoint;
  if (from.port == 0) {
    auto port = choose_port();
    from = {address_, port.value_or(0)};
    if (!outcome && !port)
      outcome = errc::address_not_available;
  }
  // Dials that were given up are there until they are answered.
  if (!outcome && dials_.size() >= ephemeral_ports)
    outcome = errc::address_not_available;
  if (outcome) {
    announce(made);
  } else {
    send_dial(
      dials_.emplace(next_dial_++, memory_host::asked{from, to, made, world_.events.now()}).first);
  }
  return std::make_unique<memory_dial>(std::move(made));
}

void memory_host::announce(const std::shared_ptr<attempt>& made) {
  world_.events.push([there = std::weak_ptr{made}] {
    if (auto waiting = there.lock())
      waiting->answer();
  });
}

void memory_host::send_dial(dial_place which) {
  auto& [number, dial] = *which;
  if (auto port = outside(&nat::streams, dial.from.port, dial.to))
    world_.way(address_, dial.to.host)
      .send({.what = segment_kind::dial,
             .number = number,
             .from_port = *port,
             .to_port = dial.to.port});
  else
    wait(which);
}

void memory_host::unheard(std::uint64_t number) {
  auto found = dials_.find(number);
  if (found == dials_.end())
    return;
  if (is_wanted(found->second))
    wait(found);
  else
    forget(found);
}

/// Returns whether the outcome of the dial is wanted: by its caller, or by a dial that it has met.
bool memory_host::is_wanted(const asked& dial) {
  return dial.met || !dial.made.expired();
}

// Only a dial that is known to be lost needs a timer. If it has met another, that one has passed
// our NAT, and now ours passes the other's NAT: as TCP does, it answers at once.
void memory_host::wait(dial_place which) {
  auto& [number, dial] = *which;
  if (dial.met && dial.repeats < max_repeats)
    return repeat(which);
  auto due = std::max(world_.events.now(), dial.begun + patience(dial.repeats));
  auto rank = seeded_rng::mix(world_.way(address_, dial.to.host).number());
  dial.next = world_.events.at(due, rank, [this, which] { go_on(which); });
}

void memory_host::repeat(dial_place which) {
  ++which->second.repeats;
  send_dial(which);
}

void memory_host::go_on(dial_place which) {
  auto& dial = which->second;
  dial.next.reset();
  if (is_wanted(dial) && dial.repeats < max_repeats)
    return repeat(which);
  if (!dial.met)
    refuse(dial, errc::dial_timeout);
  forget(which);
}

void memory_host::forget(dial_place which) {
  if (auto next = which->second.next)
    world_.events.cancel(*next);
  dials_.erase(which);
}

void memory_host::on_syn(const endpoint& from, std::uint16_t port, std::uint64_t number) {
  auto& back = world_.way(address_, from.host);
  auto internal = inside(&nat::streams, port, from);
  if (!internal)
    return back.send({.what = segment_kind::unheard, .number = number});
  const endpoint to{address_, *internal};
  segment answer{.what = segment_kind::answer, .number = number};
  if (auto ours = meet(from, to, number))
    answer.met = *ours ^ 1;
  else
    answer.error = receive(from, to, number);
  back.send(std::move(answer));
}

// The dialling end has an even number, and the other the next.
std::optional<errc> memory_host::receive(const endpoint& from, const endpoint& to,
                                         std::uint64_t number) {
  auto found = listening_.find(to.port);
  if (found == listening_.end() || found->second->size() >= memory_network::max_backlog)
    return errc::connection_refused;
  found->second->push(join(to, from, number * 2 + 1));
  return std::nullopt;
}

std::optional<std::uint64_t> memory_host::meet(const endpoint& from, const endpoint& to,
                                               std::uint64_t number) {
  auto goes_there = [&](const auto& x) {
    const auto& dial = x.second;
    return dial.from == to && dial.to == from && is_wanted(dial);
  };
  auto found = std::find_if(dials_.begin(), dials_.end(), goes_there);
  // A dial to its own endpoint meets no other.
  if (found == dials_.end() || from == to)
    return std::nullopt;
  auto& [ours, dial] = *found;
  if (dial.met) { // The answer to our dial has overtaken this one.
    auto met = dial.met;
    forget(found);
    return met;
  }
  // Both ends take the dial of the smaller endpoint for the one that counts.
  dial.met = to < from ? ours * 2 : number * 2 + 1;
  connect(dial, *dial.met);
  // Our dial was known to be lost, which is not so any more.
  if (auto next = std::exchange(dial.next, std::nullopt)) {
    world_.events.cancel(*next);
    wait(found);
  }
  return dial.met;
}

void memory_host::answered(const segment& what) {
  auto found = dials_.find(what.number);
  if (found == dials_.end())
    return;
  auto& dial = found->second;
  auto was_met = std::exchange(dial.met, dial.met ? dial.met : what.met).has_value();
  if (what.error && was_met) {
    // The other end had given up before our dial came.
    segment broken{.what = segment_kind::broken, .number = *dial.met};
    world_.arrive(world_.way(dial.to.host, address_), broken);
  } else if (what.error) {
    refuse(dial, *what.error);
  } else if (!was_met) {
    connect(dial, dial.met.value_or(what.number * 2));
    // A dial that was given up meets no other any more.
    if (dial.met && !dial.made.expired())
      return expect(found);
  }
  forget(found);
}

/// Waits for the other dial, which is to come yet and to find this one. If our NAT does not let it
/// in, it never does.
void memory_host::expect(dial_place which) {
  if (!nat_)
    return;
  which->second.repeats = max_repeats;
  wait(which);
}

void memory_host::refuse(asked& dial, errc why) {
  if (auto made = dial.made.lock()) {
    made->outcome = why;
    announce(made);
  }
}

void memory_host::connect(asked& dial, std::uint64_t number) {
  if (auto made = dial.made.lock()) {
    made->outcome = std::unique_ptr<stream>{join(dial.from, dial.to, number)};
    announce(made);
  } else {
    // The dial was given up.
    world_.way(address_, dial.to.host).send({.what = segment_kind::broken, .number = number ^ 1});
  }
}

std::unique_ptr<memory_stream> memory_host::join(const endpoint& local, const endpoint& remote,
                                                 std::uint64_t number) {
  return std::make_unique<memory_stream>(world_.join(address_, remote.host, number), local, remote);
}

} // namespace devp2p::net
