// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node.hpp"
#include "devp2p/kit/seeded_random.hpp"
#include "devp2p/kit/world.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/scoped_actor.hpp>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::test {

/// The events that one node has sent to its subscriber, in order.
struct diary {
  std::vector<peer_added> added;
  std::vector<peer_dropped> dropped;
  std::vector<session_failed> failed;
  std::vector<message_event> messages;
};

inline subscriber_actor::behavior_type keep_diary(subscriber_actor::pointer, diary* out) {
  return {
    [=](peer_added& x) { out->added.push_back(std::move(x)); },
    [=](peer_dropped& x) { out->dropped.push_back(std::move(x)); },
    [=](session_failed& x) { out->failed.push_back(std::move(x)); },
    [=](message_event& x) { out->messages.push_back(std::move(x)); },
  };
}

/// Answers every message with the same message.
inline handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& x) { link.send(self, x); }};
}

/// The channel that a handler was given, the messages that it received, and its end.
struct inbox {
  std::optional<channel> link;
  handler_actor handler;
  std::vector<packet> packets;
  caf::error end;
};

/// Returns a factory of handlers that keep their messages in `out`, which must outlive the world.
inline handler_factory collect(inbox* out) {
  return [=](caf::actor_system& system, const channel& link) -> handler_actor {
    auto behavior = [](handler_actor::pointer self, inbox* out) -> handler_actor::behavior_type {
      self->attach_functor([out](const caf::error& why) { out->end = why; });
      return {[out](const packet& x) { out->packets.push_back(x); }};
    };
    out->link = link;
    out->handler = system.spawn(behavior, out);
    return out->handler;
  };
}

inline protocol make_protocol(std::string name, std::uint64_t version, std::uint64_t length,
                              handler_factory spawn) {
  protocol out;
  out.name = std::move(name);
  out.version = version;
  out.length = length;
  out.spawn = std::move(spawn);
  return out;
}

template <class T>
struct answer {
  std::optional<T> value;
  caf::error error;
};

/// Asks `who` and lets the world run until it has come to rest. If there is neither value nor
/// error, `who` has not answered. `caf::unit_t` stands for an answer without content.
template <class T, class Handle, class... Args>
answer<T> ask(kit::world& world, const Handle& who, Args&&... args) {
  answer<T> out;
  caf::scoped_actor self{world.system()};
  auto handle = request_from(self, who, caf::infinite, std::forward<Args>(args)...);
  world.run();
  if (!self->has_next_message())
    return out;
  auto on_error = [&](caf::error& why) { out.error = std::move(why); };
  if constexpr (std::is_same_v<T, caf::unit_t>)
    std::move(handle).receive([&] { out.value = caf::unit; }, on_error);
  else
    std::move(handle).receive([&](T& x) { out.value = std::move(x); }, on_error);
  return out;
}

/// A log sink that keeps its lines.
class log_lines : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
  /// Returns the lines that contain `what`.
  [[nodiscard]] std::vector<std::string> with(const std::string& what) const {
    std::vector<std::string> out;
    std::copy_if(lines_.begin(), lines_.end(), std::back_inserter(out),
                 [&](const std::string& x) { return x.find(what) != x.npos; });
    return out;
  }

private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    lines_.emplace_back(message.payload.data(), message.payload.size());
  }
  void flush_() override {}

  std::vector<std::string> lines_;
};

/// One node in a world, with an address of its own.
struct test_node {
  test_node(kit::world& world, const std::string& address, random_source& random,
            std::vector<protocol> protocols, const settings& limits = {},
            std::vector<node_id> trusted = {}, const std::function<void(node_config&)>& change = {})
    : key(crypto::private_key::generate(random)),
      url{key.id(), {address, 30303}, 30303} {
    node_config config{key,
                       &random,
                       std::move(protocols),
                       limits,
                       std::move(trusted),
                       std::make_shared<spdlog::logger>("", log)};
    if (change)
      change(config);
    handle = world.adopt(spawn_node(world.system(), world.host(address), std::move(config)));
    world.send(handle, subscribe_atom_v, world.spawn(keep_diary, &events));
  }

  std::shared_ptr<log_lines> log = std::make_shared<log_lines>();
  crypto::private_key key;
  enode url;
  diary events;
  node_actor handle;
};

/// Has `to` listen and `from` dial it.
inline answer<peer_info> meet(kit::world& world, const test_node& from, const test_node& to) {
  auto listening = ask<enode>(world, to.handle, listen_atom_v, to.url.address);
  if (!listening.value)
    return {std::nullopt, listening.error};
  return ask<peer_info>(world, from.handle, dial_atom_v, to.url);
}

} // namespace devp2p::test
