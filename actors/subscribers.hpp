// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"

#include <caf/actor_addr.hpp>
#include <caf/error.hpp>
#include <caf/sec.hpp>

#include <algorithm>
#include <new>
#include <vector>

namespace devp2p {

/// The subscribers to the events of one actor, each as long as it lives. That actor, the owner,
/// monitors them, calls `remove` for one that is gone, and calls `clear` when it ends itself. A
/// monitor that is left behind would keep its memory for as long as the subscriber lives.
template <class Handle>
class subscribers {
public:
  /// The maximum number of subscribers of one actor, as a rule.
  static constexpr std::size_t max_subscribers = 1024;

  explicit subscribers(std::size_t most = max_subscribers) : most_(most) {}

  /// Subscribes `who`, which receives each event once even if it is added twice. Returns
  /// `caf::sec::invalid_argument` if `who` is null, as a handle in a message may be, or if there
  /// are too many subscribers already.
  template <class Self>
  caf::error add(Self* self, const Handle& who) {
    if (!who)
      return caf::make_error(caf::sec::invalid_argument, "a null handle cannot be subscribed");
    if (std::find(members_.begin(), members_.end(), who) != members_.end())
      return {};
    if (members_.size() == most_)
      return caf::make_error(caf::sec::invalid_argument, "there are too many subscribers already");
    members_.push_back(who);
    try {
      self->monitor(who);
    } catch (...) {
      members_.pop_back();
      throw;
    }
    return {};
  }

  void remove(const caf::actor_addr& gone) {
    std::erase_if(members_, [&](const auto& x) { return x.address() == gone; });
  }

  /// Sends `what` to all subscribers. If there is no memory for the message to one of them, that
  /// subscriber misses the event, and the others still receive it.
  template <class Event>
  void tell(const Event& what) const {
    for (const auto& x : members_)
      try {
        anon_send_to(x, what);
      } catch (const std::bad_alloc&) {
        continue;
      }
  }

  template <class Self>
  void clear(Self* self) {
    for (const auto& x : members_)
      self->demonitor(x.address());
    members_.clear();
  }

  [[nodiscard]] const std::vector<Handle>& all() const { return members_; }

private:
  std::size_t most_;
  std::vector<Handle> members_;
};

/// Returns the answer to a subscription: empty, or the error if it was refused.
inline caf::result<void> answer_to(caf::error refused) {
  if (refused)
    return refused;
  return caf::unit;
}

} // namespace devp2p
