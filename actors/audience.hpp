// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/actor_addr.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <vector>

namespace devp2p {

/// Those who want to be told what happens at an actor, as long as they live: the actor monitors
/// them, and says which of them is gone.
template <class Handle>
class audience {
public:
  void add(const Handle& who) {
    if (std::find(members_.begin(), members_.end(), who) == members_.end())
      members_.push_back(who);
  }

  void remove(const caf::actor_addr& gone) {
    std::erase_if(members_, [&](const auto& x) { return x.address() == gone; });
  }

  template <class Event>
  void tell(const Event& what) const {
    for (const auto& x : members_)
      caf::anon_send(x, what);
  }

  void clear() { members_.clear(); }

private:
  std::vector<Handle> members_;
};

} // namespace devp2p
