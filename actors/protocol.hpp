// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/supervision.hpp"
#include "devp2p/messages/channel.hpp"
#include "devp2p/messages/session.hpp"

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

/// Spawns the handler of one session. The session's supervisor calls it on the network's loop, so
/// it must spawn and return at once. An exception counts as a failure of the handler.
using handler_factory = std::function<handler_actor(caf::actor_system&, const channel&)>;

/// A sub-protocol that a node offers, as its author describes it.
///
/// The session lives as long as its handlers do: a handler that returns ends it with
/// `client_quitting`, one that fails with `subprotocol_error`, and one that quits with
/// `errc::local_disconnect` and a `disconnect_reason` with that reason. When the session ends
/// otherwise, the handler gets an exit message with `errc::session_closed`. `supervised` sets what
/// else may follow from a failure.
struct protocol {
  /// The largest payload that the RLPx specification allows, in bytes.
  static constexpr std::size_t max_payload_size = 0xffffff;

  /// At most eight ASCII characters, by custom three or four lower-case letters.
  std::string name = {};
  std::uint64_t version = 0;
  /// The number of message codes, which run from 0 to `length - 1`.
  std::uint64_t length = 0;
  /// The largest uncompressed payload, in bytes. A remote that sends more breaches the protocol.
  std::size_t max_message_size = max_payload_size;
  handler_factory spawn = {};
  supervision supervised = {};
  /// Returns data for `node_info`; may be empty. Called on a loop, all of whose sessions wait: must
  /// return at once.
  std::function<metadata()> node_info = {};
  /// Returns data for `peer_info` about the session with that node; may be empty. Must return at
  /// once, too.
  std::function<metadata(const node_id&)> peer_info = {};
};

/// Returns what `callback` returns, or no data if it is empty. An exception becomes an entry
/// `error` with its text, so that a question about a node cannot end the node.
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

/// A handler that reports its end in more detail than CAF does. An exception becomes the handler's
/// error, with its text, and the session counts the messages left unhandled. `Base` is the actor's
/// class.
template <class Base>
class reporting : public Base {
public:
  template <class... Args>
  explicit reporting(caf::actor_config& config, const channel& link, Args&&... args)
    : Base(config, std::forward<Args>(args)...),
      peer_(caf::actor_cast<peer_actor>(link.writer)),
      loop_(link.loop),
      index_(link.place.index) {
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

  /// Keeps the actor with the loop if the scheduler has no memory for it: CAF would never schedule
  /// it again.
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
  /// Reports the number of messages left. The end of the handler comes first: without memory for
  /// the report, they are not counted.
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

/// Returns a factory that spawns `behavior(self, channel, extra...)` for each session. `behavior`
/// is the function of a typed actor that takes `packet`.
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

/// Returns a factory like that of `handled_by`, but for handlers on the loop of the session's
/// stream. No thread has to be woken for a message, but while the handler runs, all sessions of
/// that loop wait. For handlers that answer at once and never wait.
template <class Function, class... Extra>
handler_factory handled_on_loop_by(Function behavior, Extra... extra) {
  return [=](caf::actor_system& system, const channel& link) -> handler_actor {
    auto begin = [=](handler_actor::pointer self) { return behavior(self, link, extra...); };
    return caf::actor_cast<handler_actor>(
      system.spawn<reporting<pinned_handler>>(link, link.loop, pinned_handler::function{begin}));
  };
}

} // namespace devp2p
