// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/keepalive.hpp"

#include "devp2p/net/p2p/base.hpp"

namespace devp2p {

expected<std::optional<keepalive::duration>> keepalive::on_base_message(std::uint64_t id,
                                                                        time_point now) {
  if (id == p2p::pong_id && ping_sent_)
    return std::optional<duration>{now - *std::exchange(ping_sent_, std::nullopt)};
  // One Pong answers all Pings of one read.
  if (id == p2p::ping_id)
    pong_due_ = true;
  else if (id != p2p::pong_id)
    ++ignored_messages_;
  if (now - base_since_ >= base_period) {
    base_since_ = now;
    base_messages_ = 0;
  }
  if (++base_messages_ > max_base_messages_)
    return errc::base_message_flood;
  return std::optional<duration>{};
}

std::uint64_t keepalive::on_interval(bool running, bool paused) {
  ping_due_ = running;
  idle_ = true;
  if (paused)
    ++paused_intervals_;
  return frames_ + paused_intervals_;
}

} // namespace devp2p
