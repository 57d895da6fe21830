// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/supervision.hpp"
#include "devp2p/messages/channel.hpp"

#include <caf/actor_system.hpp>
#include <caf/detail/init_fun_factory.hpp>
#include <caf/infer_handle.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <new>
#include <string>
#include <utility>

namespace devp2p {

/// Spawns the handler of one session. Called by the session's supervisor, on the network's loop:
/// spawn and return. What it throws is a failure of the handler.
using handler_factory = std::function<handler_actor(caf::actor_system&, const channel&)>;

/// A sub-protocol that a node offers: what its author writes.
///
/// The session lives as long as its handlers do: one that returns ends it with `client_quitting`,
/// one that fails with `subprotocol_error`, one that quits with `errc::local_disconnect` and a
/// `disconnect_reason` with that reason. When the session ends otherwise, the handler gets an exit
/// message with `errc::session_closed`. `supervised` says what else may become of a failure.
struct protocol {
  /// The largest payload of the specification.
  static constexpr std::size_t max_payload_size = 0xffffff;

  /// At most eight ASCII characters, by custom three or four lower-case letters.
  std::string name = {};
  std::uint64_t version = 0;
  /// Number of message codes: they run from 0 to `length - 1`.
  std::uint64_t length = 0;
  /// Octets of payload, uncompressed; the remote breaches the protocol if it sends more.
  std::size_t max_message_size = max_payload_size;
  handler_factory spawn = {};
  supervision supervised = {};
  /// For `node_info`, if there is something to tell. Called on a loop, all of whose sessions wait:
  /// must return at once.
  std::function<metadata()> node_info = {};
  /// For `peer_info`, about the session with that node; the same.
  std::function<metadata(const node_id&)> peer_info = {};
};

/// What `callback` tells; nothing if there is none. If it throws, what it said, as `error`: who
/// asks about a node must not end it.
template <class Callback, class... Args>
metadata told_by(const Callback& callback, const Args&... args) {
  if (!callback)
    return {};
  try {
    return callback(args...);
  } catch (const std::exception& what) {
    return {{"error", what.what()}};
  } catch (...) {
    return {{"error", "an exception of an unknown type"}};
  }
}

/// A handler that says more of its end than CAF does: an exception is its error, with what it said,
/// and the session counts the messages that it has left unhandled. `Base` is the actor's class.
template <class Base>
class reporting : public Base {
public:
  template <class... Args>
  explicit reporting(caf::actor_config& config, const channel& link, Args&&... args)
    : Base(config, std::forward<Args>(args)...),
      peer_(caf::actor_cast<peer_actor>(link.writer)),
      loop_(link.loop),
      index_(link.index) {
    this->set_exception_handler(
      [](std::exception_ptr& thrown) { return error_of(thrown, errc::handler_failed); });
    if (loop_)
      loop_->add_actor();
  }

  using caf::abstract_actor::enqueue;

  ~reporting() override {
    if (loop_)
      loop_->remove_actor();
  }

  /// The loop remembers us if the scheduler has no memory for us: CAF would never schedule us
  /// again.
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* unit) override {
    try {
      Base::enqueue(std::move(what), unit);
    } catch (const std::bad_alloc&) {
      if (!loop_ || this->mailbox().closed())
        throw;
      loop_->exec_later(this);
    }
  }

  void launch(caf::execution_unit* unit, bool lazy, bool hide) override {
    Base::launch(loop_ ? loop_.get() : unit, lazy, hide);
  }

  bool cleanup(caf::error&& why, caf::execution_unit* unit) override {
    auto peer = std::exchange(peer_, nullptr);
    if (auto& mailbox = this->mailbox(); peer && !mailbox.closed() && !mailbox.blocked()) {
      mailbox.fetch_more();
      if (auto left = mailbox.size(); left > 0)
        tell(peer, left);
    }
    return Base::cleanup(std::move(why), unit);
  }

private:
  /// Its end comes first: what is not told for want of memory is not counted.
  void tell(const peer_actor& peer, std::uint64_t left) {
    try {
      caf::anon_send(peer, failed_atom::value, index_, left);
    } catch (const std::bad_alloc&) {
      return;
    }
  }

  peer_actor peer_;
  std::shared_ptr<loop_unit> loop_;
  std::uint16_t index_;
};

/// Spawns `behavior(self, channel, extra...)` for each session: the function of a typed actor that
/// takes `packet`.
template <class Function, class... Extra>
handler_factory handled_by(Function behavior, Extra... extra) {
  return [=](caf::actor_system& system, const channel& link) -> handler_actor {
    using base = caf::infer_impl_from_fun_t<Function>;
    auto copy = behavior;
    caf::detail::init_fun_factory<base, Function> init;
    caf::actor_config config;
    config.init_fun = init(std::move(copy), link, extra...);
    return system.spawn_impl<reporting<enduring<base>>, caf::no_spawn_options>(config, link);
  };
}

/// A handler that lives on the loop of its session.
class pinned_handler : public pinned<handler_actor::base> {
public:
  using function = std::function<behavior_type(handler_actor::pointer)>;

  pinned_handler(caf::actor_config& config, std::shared_ptr<loop_unit> unit, function behavior)
    : pinned(config, std::move(unit)),
      behavior_(std::move(behavior)) {}

  const char* name() const override { return "handler"; }
  behavior_type make_behavior() override { return std::exchange(behavior_, nullptr)(this); }

private:
  function behavior_;
};

/// The same, but on the loop of the session's stream: no thread has to be woken for a message, but
/// while the handler runs, no session of that loop goes on. For those that answer at once and never
/// wait.
template <class Function, class... Extra>
handler_factory handled_on_loop_by(Function behavior, Extra... extra) {
  return [=](caf::actor_system& system, const channel& link) -> handler_actor {
    auto begin = [=](handler_actor::pointer self) { return behavior(self, link, extra...); };
    return caf::actor_cast<handler_actor>(
      system.spawn<reporting<pinned_handler>>(link, link.loop, pinned_handler::function{begin}));
  };
}

} // namespace devp2p
