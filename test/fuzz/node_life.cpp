// SPDX-License-Identifier: BSL-1.0
#include "node_life.hpp"

#include "devp2p/net/p2p/base.hpp"
#include "devp2p/net/rlpx/compression.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace devp2p::test {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t length = 8;

/// Echoes, except for codes that make it fail, each in its own way.
handler_actor::behavior_type odd(handler_actor::pointer self, const channel& link) {
  // The result is the same as without it, but CAF prints no message.
  self->set_exception_handler(
    [](const std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
  return {[=](const packet& x) {
    if (x.code == 7)
      throw std::runtime_error{"seven"};
    if (x.code == 6)
      return self->quit();
    auto code = x.code == 5 ? length : x.code; // The writer refuses `length`.
    link.send(self, {code, x.payload});
  }};
}

std::vector<protocol> protocols() {
  auto ordinary = make_protocol("test", 1, length, handled_by(echo));
  ordinary.max_message_size = 100'000;
  auto restarts = make_protocol("odd", 1, length, handled_by(odd));
  restarts.supervised = {
    .when_failed = supervision::strategy::restart, .intensity = 2, .period = 10s};
  auto detaches = make_protocol("det", 1, length, handled_by(odd));
  detaches.supervised = {.when_failed = supervision::strategy::detach};
  return {ordinary, restarts, detaches};
}

settings one_place() {
  settings out;
  out.max_peers = 2;
  out.dial_ratio = 0;
  out.max_pending = 1;
  return out;
}

/// Switches off the log, which would grow.
void no_log(node_config& x) {
  x.log = nullptr;
}

/// Returns as many bytes as a byte of the script says, in steps that reach beyond most limits.
bytes filled(script& does) {
  auto size = does.byte();
  auto with = does.byte();
  bytes out(size < 250 ? size : (size - 249u) * 20'000u);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(with + i);
  return out;
}

void flip(bytes& what, script& does) {
  auto at = does.two_bytes();
  if (!what.empty())
    what[at % what.size()] ^= static_cast<std::uint8_t>(1u << (at >> 8 & 7u));
}

} // namespace

node_life::node_life()
  : node_(world_, "10.0.0.1", random_, protocols(), one_place(), {}, no_log),
    companion_(world_, "10.0.0.2", random_, {make_protocol("test", 1, length, collect(&friendly_))},
               {}, {}, no_log) {
  auto met = meet(world_, companion_, node_);
  if (!met.value)
    throw std::runtime_error{"node and companion do not meet"};
  residents_ = world_.living();
}

std::optional<std::string> node_life::live(script& does) {
  refused_.clear();
  {
    kit::raw_remote remote{world_, "10.0.0.66", random_};
    if (!remote.connect(node_.url.address))
      return "a remote cannot connect";
    act(remote, does);
    leave(remote, does);
  }
  // A minute and a half is longer than any deadline of a session.
  world_.advance(90s);
  if (!refused_.empty())
    return refused_;
  if (auto left = world_.leftovers(residents_); world_.living() != residents_)
    return left.front();
  return check_companion();
}

void node_life::forget() {
  node_.events = {};
  companion_.events = {};
  friendly_.packets = {};
}

void node_life::act(kit::raw_remote& remote, script& does) {
  const auto stage = does.byte() % 8;
  if (stage == 0) { // The remote never begins a handshake.
    for (auto pieces = does.byte() % 6; pieces > 0; --pieces) {
      remote.send_bytes(filled(does));
      world_.advance(10ms * does.byte());
    }
    return;
  }
  if (!remote.shake_hands(node_.key.id())) {
    refused_ = "an honest handshake fails";
    return;
  }
  if (stage == 1) { // The remote sends what is no Hello.
    for (auto frames = does.byte() % 6; frames > 0; --frames) {
      auto content = filled(does);
      content.resize(std::clamp<std::size_t>(content.size(), 1, 20'000));
      remote.send_bytes(remote.seal_content(content));
    }
    return;
  }
  say_hello(remote, does);
  if (stage == 2)
    remote.stop_reading();
  for (auto words = does.byte(); words > 0 && !does.at_end(); --words) {
    if (!remote.connected() || remote.closed())
      break;
    say_something(remote, does);
  }
}

void node_life::say_hello(kit::raw_remote& remote, script& does) {
  const auto how = does.byte();
  std::vector<capability> offered;
  constexpr std::array names{"test", "odd", "det"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if ((how & 1u << i) == 0)
      offered.push_back({names[i], 1});
  const auto honest = !offered.empty();
  if ((how & 8u) != 0)
    for (auto more = does.byte() % 4; more > 0; --more) {
      auto name = does.some_bytes();
      offered.push_back({{name.begin(), name.end()}, does.eight_bytes()});
    }
  if ((how & 16u) == 0) {
    if (!remote.greet(offered) && honest && (how & 8u) == 0)
      refused_ = "an honest Hello is refused";
    return;
  }
  auto payload = p2p::encode_hello(remote.introduction(offered));
  flip(payload, does);
  if (auto cut = does.byte(); cut % 4 == 0)
    payload.resize(std::min<std::size_t>(payload.size(), cut));
  remote.send(0, payload);
  world_.advance(100ms);
}

void node_life::say_something(kit::raw_remote& remote, script& does) {
  const auto id = 16u + does.byte() % (3 * length + 2);
  switch (does.byte() % 12) {
  case 0: // The ciphers do not know of these bytes: no later frame is authentic.
    return remote.send_bytes(filled(does));
  case 1: {
    auto frame = remote.seal(id, filled(does));
    flip(frame, does);
    return remote.send_bytes(frame);
  }
  case 2: {
    auto content = filled(does);
    content.resize(std::clamp<std::size_t>(content.size(), 1, 200'000));
    return remote.send_bytes(remote.seal_content(content));
  }
  case 3: {
    bytes content{static_cast<std::uint8_t>(id)};
    auto plain = filled(does);
    rlpx::compress(plain, content);
    flip(content, does);
    return remote.send_bytes(remote.seal_content(content));
  }
  case 4: // Ping.
    return remote.send(2, bytes{0xc0});
  case 5:
    return remote.send(does.byte() % 16, filled(does));
  case 6:
    return world_.advance(80ms * does.byte());
  case 7:
    remote.stop_reading();
    return;
  case 8:
    return remote.read_on();
  case 9:
    return remote.send(static_cast<disconnect_reason>(does.byte()));
  default:
    return remote.send(id, filled(does));
  }
}

void node_life::leave(kit::raw_remote& remote, script& does) {
  const auto how = does.byte();
  if ((how & 4u) != 0 && remote.keys()) // The handshake is done.
    remote.send(static_cast<disconnect_reason>(how >> 3));
  switch (how % 4) {
  case 0:
    return remote.hang_up();
  case 1:
    return remote.half_close();
  case 2:
    return world_.advance(100ms * does.byte());
  default:
    return;
  }
}

std::optional<std::string> node_life::check_companion() {
  if (!companion_.events.dropped.empty())
    return "the companion's session has ended";
  friendly_.packets.clear();
  const auto& link = *friendly_.link;
  const packet asked{1, blob{as_bytes("still here?")}};
  world_.send(link.writer, write_atom_v, link.place, asked);
  if (friendly_.packets != std::vector{asked})
    return "the companion is not answered";
  return std::nullopt;
}

} // namespace devp2p::test
