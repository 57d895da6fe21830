// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/placed.hpp"
#include "devp2p/actors/thrown.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/channel.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <utility>

/// The inside of `handled_by`. A user of the library need not read it.
namespace devp2p::detail {

/// Returns the loop of the session; null if there is none.
[[nodiscard]] loop_unit* loop_of(const channel& link);

/// The tie of a handler to its session: the peer, and the loop, if there is one.
class session_tie {
public:
  explicit session_tie(const channel& link);
  ~session_tie();
  session_tie(const session_tie&) = delete;
  session_tie& operator=(const session_tie&) = delete;

  /// Returns the loop, or `other` if there is none.
  [[nodiscard]] execution_unit* loop_or(execution_unit* other) const;
  [[nodiscard]] bool has_loop() const { return loop_ != nullptr; }

  /// Reports the number of messages that the handler has not handled, and forgets the peer. The end
  /// of the handler comes first: without memory for the report, they are not counted.
  void report(std::size_t unhandled);
  [[nodiscard]] bool has_reported() const { return !peer_; }

  /// Reports that the handler has been busy with one message for too long, on the thread of its
  /// loop or not. Callable from any thread. Returns false if there is no memory for that.
  [[nodiscard]] bool report_stuck(bool on_loop) const noexcept;

private:
  writer_actor peer_;
  const caf::weak_actor_ptr watcher_;
  std::shared_ptr<loop_unit> loop_;
  std::uint16_t index_;
};

/// A handler that reports its end in more detail than CAF does. An exception becomes the handler's
/// error, with its text, and the session counts the messages left unhandled. `Base` is the actor's
/// class.
template <class Base>
class reporting : public placed<Base> {
public:
  template <class... Args>
  explicit reporting(caf::actor_config& config, const channel& link, bool on_loop, Args&&... args)
    : placed<Base>(config, loop_of(link), link.pending, on_loop, std::forward<Args>(args)...),
      session_(link) {
    this->set_exception_handler(
      [](std::exception_ptr& thrown) { return error_of(thrown, errc::handler_failed); });
  }

  using caf::abstract_actor::enqueue;

  /// Keeps the actor with the loop if the scheduler has no memory for it: CAF would never schedule
  /// it again.
  void enqueue(caf::mailbox_element_ptr what, execution_unit* unit) override {
    try {
      placed<Base>::enqueue(std::move(what), unit);
    } catch (const std::bad_alloc&) {
      if (!session_.has_loop() || this->mailbox().closed())
        throw;
      session_.loop_or(nullptr)->exec_later(this);
    }
  }

  void launch(execution_unit* unit, bool lazy, bool hide) override {
    placed<Base>::launch(session_.loop_or(unit), lazy, hide);
  }

  bool cleanup(caf::error&& why, execution_unit* unit) override {
    if (!session_.has_reported()) {
      auto& mailbox = this->mailbox();
      auto holds_any = !mailbox.closed() && !mailbox.blocked();
      if (holds_any)
        mailbox.fetch_more();
      session_.report(holds_any ? mailbox.size() : 0);
    }
    return placed<Base>::cleanup(std::move(why), unit);
  }

protected:
  bool on_stuck(bool on_loop) noexcept override { return session_.report_stuck(on_loop); }

private:
  session_tie session_;
};

} // namespace devp2p::detail
