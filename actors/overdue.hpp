// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <utility>

namespace devp2p {

/// Decides what a supervisor does at a deadline by which the actors of its session should have
/// ended.
class overdue {
public:
  enum class action : std::uint8_t {
    /// Only the peer is left, which may still be sending the Disconnect. It has deadlines of its
    /// own.
    wait_for_peer,
    /// Only the peer is left, and has not reported its end: it had no memory for that.
    give_up,
    /// Others are left, and are to be killed.
    kill,
    /// Others were killed and are left all the same: they are stuck in a call.
    leave_behind,
  };

  [[nodiscard]] action on_deadline(bool only_peer_is_left) {
    if (only_peer_is_left)
      return std::exchange(waited_, true) ? action::give_up : action::wait_for_peer;
    return std::exchange(killed_, true) ? action::leave_behind : action::kill;
  }

private:
  bool waited_ = false;
  bool killed_ = false;
};

} // namespace devp2p
