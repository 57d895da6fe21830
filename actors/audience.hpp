// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_addr.hpp>
#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <new>
#include <vector>

namespace devp2p {

/// The actors that are told what happens at one actor, each as long as it lives. That actor
/// monitors them, says which of them is gone, and clears this when it ends itself: a monitor that
/// is left behind would keep its memory for as long as the subscriber lives.
template <class Handle>
class audience {
public:
  /// The most subscribers of one actor.
  static constexpr std::size_t max_members = 1024;

  /// Why `who` cannot be told, if it cannot: a handle that is null, which messages may hold, or one
  /// too many. One that is told already is told once.
  template <class Self>
  caf::error add(Self* self, const Handle& who) {
    if (!who)
      return caf::make_error(caf::sec::invalid_argument, "a null handle cannot be subscribed");
    if (std::find(members_.begin(), members_.end(), who) != members_.end())
      return {};
    if (members_.size() == max_members)
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

  /// Who cannot be told for want of memory misses it: all else goes on.
  template <class Event>
  void tell(const Event& what) const {
    for (const auto& x : members_)
      try {
        caf::anon_send(x, what);
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

private:
  std::vector<Handle> members_;
};

/// Answers a subscription: with nothing, or with why it was refused.
inline caf::result<void> answer_to(caf::error refused) {
  if (refused)
    return refused;
  return caf::unit;
}

} // namespace devp2p
