// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/pending_requests.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/channel.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

/// The inside of `typed_channel`.
namespace devp2p::detail {

/// Returns the error of a remote whose message cannot be decoded, or is none of the protocol's.
[[nodiscard]] caf::error malformed(std::uint64_t code, const std::string& why);

/// Throws `std::logic_error`: that version has no such message.
[[noreturn]] void refuse_version(const capability& protocol);

/// The requests of one session, tied to the handler that asks: all functions are for its turns.
class session_requests {
public:
  explicit session_requests(const channel& link);

  void bound(const request_limits& limits) { pending_.bound(limits); }
  [[nodiscard]] const request_counts& counts() const { return pending_.counts(); }

  template <class Self>
  void add(Self* self, caf::timespan timeout, std::uint64_t answer_code,
           std::function<void(std::uint64_t)> ask, std::function<void(const packet&)> on_answer,
           std::function<void(const caf::error&)> on_error) {
    pending_.add({answer_code, now(self) + timeout, std::move(ask), std::move(on_answer),
                  std::move(on_error)});
    watch(self);
  }

  /// Returns why the answer breaches the protocol; `nullopt` if it does not.
  [[nodiscard]] std::optional<std::string> take_answer(const packet& in);

  template <class Self>
  void look(Self* self) {
    next_look_.reset();
    pending_.expire(now(self));
    watch(self);
  }

  /// Ends all requests when the handler ends: in its last turn, if it is the session that ends.
  template <class Self>
  static void end_with(Self* self, const std::shared_ptr<session_requests>& all) {
    self->set_exit_handler([self, all](caf::exit_msg& why) {
      all->pending_.end(caf::make_error(errc::session_closed));
      self->quit(std::move(why.reason));
    });
    self->attach_functor(
      [all](const caf::error&) { all->pending_.end(caf::make_error(errc::session_closed)); });
  }

private:
  template <class Self>
  static pending_requests::time_point now(Self* self) {
    return self->home_system().clock().now();
  }

  /// Has the handler look when the first deadline comes. Looks that are no longer needed do no
  /// harm.
  template <class Self>
  void watch(Self* self) {
    auto first = pending_.next_deadline();
    if (!first || (next_look_ && *next_look_ <= *first))
      return;
    next_look_ = first;
    send_later_to(self, *first - now(self), typename Self::actor_hdl{self}, tick_atom_v);
  }

  pending_requests pending_;
  std::optional<pending_requests::time_point> next_look_;
};

} // namespace devp2p::detail
