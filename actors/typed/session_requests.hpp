// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/pending_requests.hpp"
#include "devp2p/actors/typed/turn.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/channel.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The inside of `typed_channel`.
namespace devp2p::detail {

/// Returns the error of a remote whose message cannot be decoded, or is none of the protocol's.
[[nodiscard]] caf::error malformed(std::uint64_t code, const std::string& why);

/// Throws `std::logic_error`: that version has no such message.
[[noreturn]] void refuse_version(const capability& protocol);

/// One session and its requests, tied to its handler: all functions but `link` and `post` are for
/// the handler's turns.
class session_requests {
public:
  /// A request with its answer. The id is chosen when it is sent.
  struct question {
    caf::timespan timeout;
    std::uint64_t answer_code = 0;
    std::function<packet(std::uint64_t id)> encode;
    std::function<void(const packet&)> on_answer;
    std::function<void(const caf::error&)> on_error;
  };

  explicit session_requests(channel link) : link_(std::move(link)) {}

  [[nodiscard]] const channel& link() const { return link_; }

  /// Has the requests belong to the session's handler, and end when it does: in its last turn, if
  /// it is the session that ends. Only the first call counts. Returns whether they belong to
  /// `self`.
  template <class Self>
  static bool belong_to(Self* self, const std::shared_ptr<session_requests>& all) {
    if (all->self_ != nullptr)
      return all->handler_.get() == self->ctrl();
    all->self_ = self;
    all->does_ = &done_by<Self>;
    all->clock_ = &self->home_system().clock();
    all->handler_ = caf::weak_actor_ptr{self->ctrl()};
    // The function below keeps the requests as long as the handler lives.
    self->set_exit_handler([self, all = all.get()](caf::exit_msg& why) {
      if (!why.reason) // An actor that was linked has ended well, which is nothing to CAF, either.
        return;
      all->end();
      self->quit(std::move(why.reason));
    });
    self->attach_functor([all](const caf::error&) { all->end(); });
    return true;
  }

  void bound(const request_limits& limits) { pending().bound(limits); }
  [[nodiscard]] const request_counts& counts() { return pending().counts(); }

  /// Asks, or has the question wait its turn.
  void add(question what);

  /// Has the handler do so in a turn of its own. Any thread may call it. If the handler has ended
  /// then, `on_error` is called at once, or as its last messages are thrown away.
  static void post(const std::shared_ptr<session_requests>& all, question what);

  /// Ends the session: its remote has answered what cannot be decoded.
  void quit(caf::error why) { does_->quit(self_, std::move(why)); }

  /// Returns why the answer breaches the protocol; `nullopt` if it does not.
  [[nodiscard]] std::optional<std::string> take_answer(const packet& in);

private:
  /// The handler's part in its requests. `self` is its pointer.
  struct deeds {
    void (*send)(void* self, const channel& link, packet what);
    void (*quit)(void* self, caf::error why);
    void (*wake)(void* self, caf::timespan after, turn what);
  };

  template <class Self>
  static constexpr deeds done_by{
    [](void* self, const channel& link, packet what) {
      link.send(static_cast<Self*>(self), std::move(what));
    },
    [](void* self, caf::error why) { static_cast<Self*>(self)->quit(std::move(why)); },
    [](void* self, caf::timespan after, turn what) {
      auto* handler = static_cast<Self*>(self);
      send_later_to(handler, after, typename Self::actor_hdl{handler}, std::move(what));
    }};

  /// Returns the requests. Most sessions have none, and take no memory for them.
  [[nodiscard]] pending_requests& pending();

  void end();

  /// Ends the requests whose deadline has come.
  void look();

  /// Has the handler look when the first deadline comes, unless it looks before.
  void watch();

  const channel link_;
  std::unique_ptr<pending_requests> pending_;
  bool is_over_ = false;
  /// The times at which the handler is woken, in their order.
  std::vector<pending_requests::time_point> looks_;
  // The handler. Set once, before the channel has left its turn.
  caf::actor_clock* clock_ = nullptr;
  caf::weak_actor_ptr handler_;
  void* self_ = nullptr;
  const deeds* does_ = nullptr;
};

} // namespace devp2p::detail
