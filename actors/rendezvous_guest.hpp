// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/message_link.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/messages/interfaces.hpp"

namespace devp2p {

/// Passes what comes over one connection on to `rendezvous`, one question at a time, and writes the
/// answers. Ends when the other end closes, says what is no question, says nothing for
/// `max_silence`, or has been there for `max_age`.
class rendezvous_guest : public pinned<rendezvous_guest_actor::base> {
public:
  static constexpr std::chrono::seconds max_silence{10};
  static constexpr std::chrono::seconds max_age{60};
  /// After a question that is not answered nothing is read for so long: who asks too much waits in
  /// his own pipe.
  static constexpr std::chrono::milliseconds rest{100};

  /// `which` listener it has come to.
  rendezvous_guest(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                   std::shared_ptr<net::stream> stream, std::size_t which,
                   rendezvous_core_actor rendezvous);

  const char* name() const override { return "rendezvous_guest"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void on_answer(byte_view answer);
  void read();

  std::unique_ptr<message_link> link_;
  const std::size_t which_;
  rendezvous_core_actor rendezvous_;
  bool heard_ = false;
  bool resting_ = false;
  unsigned ticks_left_ = max_age / max_silence;
};

} // namespace devp2p
