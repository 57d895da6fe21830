// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/puncher.hpp"

#include <optional>
#include <vector>

namespace devp2p {

/// Drives one `nat::punch` over a UDP port of its own. Answers all who have asked by the time the
/// hole is open, or has failed; in the latter case it takes its leave of `puncher`, and answers
/// those who are still sent to it with that failure. Does so, too, when an open hole is lost, and
/// tells `puncher` what is lost. Ends when it is sent an exit message.
class hole_keeper : public pinned<hole_keeper_actor::base> {
public:
  /// Who may wait for one hole.
  static constexpr std::size_t max_waiting = 64;
  /// A hole of which nothing was heard for so long is looked at before it is handed out: the other
  /// may have begun anew.
  static constexpr std::chrono::seconds fresh{1};

  hole_keeper(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
              std::shared_ptr<const puncher_config> setup, const node_id& remote,
              const nat::appointment& with, puncher_core_actor puncher);

  const char* name() const override { return "hole_keeper"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<hole> wait();
  caf::error bind();
  void on_datagram(const endpoint& from, byte_view content);
  void on_tick();
  /// Does what is due, and sees to it that it is called again when something is.
  void go_on();
  void send_all(const std::vector<nat::outgoing>& what);
  void settle();
  [[nodiscard]] bool is_fresh();
  /// It is over.
  void fail(const caf::error& why);
  void answer_all(const caf::error& why);
  [[nodiscard]] hole current() const;
  nat::punch::time_point now() { return clock().now(); }

  const std::shared_ptr<const puncher_config> setup_;
  const node_id remote_;
  puncher_core_actor puncher_;
  net::network& network_;
  nat::punch punch_;
  std::unique_ptr<net::datagram_socket> socket_;
  std::vector<caf::typed_response_promise<hole>> waiting_;
  /// Why it is over, once it is.
  caf::error over_;
  /// When the earliest tick under way comes.
  nat::punch::time_point awake_ = nat::punch::time_point::max();
};

} // namespace devp2p
