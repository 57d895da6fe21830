// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/alarm.hpp"
#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/messages/traversal.hpp"

#include <optional>
#include <vector>

namespace devp2p {

/// Drives one `nat::punch` over a UDP port of its own. Answers all waiting callers when the hole is
/// open or has failed. After a failure, it retires from `puncher`, and answers later callers
/// with that failure. When an open hole is lost, it does the same, and sends `puncher` a
/// `hole_lost`. Ends when it is sent an exit message.
class hole_keeper : public pinned<hole_keeper_actor::base> {
public:
  /// The maximum number of callers that wait for one hole.
  static constexpr std::size_t max_waiting = 64;
  /// A hole whose other side was not heard for longer than this is checked before it is handed out:
  /// the other side may have begun anew.
  static constexpr std::chrono::seconds fresh{1};

  hole_keeper(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
              std::shared_ptr<const puncher_config> setup, const node_id& remote,
              const nat::meeting_key& with, puncher_self_actor puncher);

  const char* name() const override { return "hole_keeper"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<hole> wait();
  caf::error bind();
  void on_datagram(const endpoint& from, byte_view content);
  void on_tick();
  /// Does what is due, and schedules a tick for what is due next.
  void go_on();
  void send_all(const std::vector<nat::outgoing>& what);
  void settle();
  [[nodiscard]] bool is_fresh();
  /// Closes the port, retires from `puncher`, and answers all waiting callers with `why`.
  void fail(const caf::error& why);
  void answer_all(const caf::error& why);
  [[nodiscard]] hole current() const;
  nat::punch::time_point now() { return clock().now(); }

  const std::shared_ptr<const puncher_config> setup_;
  const node_id remote_;
  puncher_self_actor puncher_;
  net::network& network_;
  nat::punch punch_;
  std::unique_ptr<net::datagram_socket> socket_;
  std::vector<caf::typed_response_promise<hole>> waiting_;
  /// The failure of the hole; empty until then.
  caf::error over_;
  alarm alarm_;
};

} // namespace devp2p
