// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/punching/punch_channel.hpp"
#include "devp2p/messages/traversal.hpp"

namespace devp2p {

/// Passes the questions of one connection on to `rendezvous`, one at a time, and writes the
/// answers. Ends when the remote closes, sends a message that is no question, sends none for
/// `max_silence`, or has been connected for `max_age`.
class rendezvous_guest : public pinned<rendezvous_guest_actor::base> {
public:
  static constexpr std::chrono::seconds max_silence{10};
  static constexpr std::chrono::seconds max_age{60};
  /// The duration for which no message is read after a question without an answer: a remote that
  /// asks too much fills only its own connection.
  static constexpr std::chrono::milliseconds rest{100};

  /// `which` is the index of the listener that accepted the connection.
  rendezvous_guest(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                   std::shared_ptr<net::stream> stream, std::size_t which,
                   rendezvous_self_actor rendezvous);

  const char* name() const override { return "rendezvous_guest"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void on_answer(byte_view answer);
  void read();

  std::unique_ptr<punch_channel> link_;
  const std::size_t which_;
  rendezvous_self_actor rendezvous_;
  bool heard_ = false;
  bool resting_ = false;
  unsigned ticks_left_ = max_age / max_silence;
};

} // namespace devp2p
