// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node_config.hpp"
#include "devp2p/actors/overdue.hpp"
#include "devp2p/actors/pinged_sessions.hpp"
#include "devp2p/actors/reason_for.hpp"
#include "devp2p/actors/supervised_protocols.hpp"
#include "devp2p/actors/uniform.hpp"
#include "devp2p/messages/session.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devp2p {

/// The owner of one session: of its peer and its handlers. The supervisor asks the node
/// twice whether the remote is admitted. The first failure of any child becomes the disconnect
/// reason; the others are its consequences. A session is never restarted; a handler is, if its
/// protocol says so.
///
/// Talks to the node that spawned it and to its children. Ends when all children have ended: within
/// `disconnect_timeout` + `linger_timeout` or twice `handler_timeout` after the failure, whichever
/// is longer. A child may not end even when it is killed, because it is stuck in a call. The
/// supervisor then leaves it behind, and names it in the log.
///
/// Children are monitored, not linked: the death of a linked child would end the supervisor, too.
class supervisor : public uniform<supervisor, supervisor_actor::base> {
public:
  /// `dialled` is the node that we dialled, or `nullopt` if the remote dialled us.
  supervisor(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
             std::shared_ptr<const node_config> node, node_self_actor owner,
             std::shared_ptr<pinged_sessions> pinged, std::shared_ptr<net::stream> stream,
             const std::optional<node_id>& dialled);

  const char* name() const override { return "supervisor"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct child {
    caf::strong_actor_ptr handle;
    culprit role;
    /// True for a handler that is being killed and may have been replaced.
    bool given_up = false;
    /// The place of a handler on the link.
    std::uint16_t index = 0;
  };

  // The children.
  void adopt(culprit role, caf::strong_actor_ptr handle, std::size_t index = 0);
  std::string name_of(const child& which) const;
  void on_down(const caf::down_msg& down);
  static void kill(const child& which);

  // The way to a running session.
  void on_identity(const node_id& id);
  void on_hello(hello& theirs);
  void run();
  peer_info info() const;
  caf::result<peer_info> tell();

  // Handlers.
  handler_actor start_handler(std::size_t index);
  void replace_handler(std::size_t index);
  caf::expected<handler_actor> spawn_handler(std::size_t index);
  child* handler_of(std::size_t index);
  void on_handler_end(std::size_t index, const caf::error& why);
  void restart_handler(std::size_t index, const caf::error& why);
  void on_pause_over(std::size_t index, std::uint32_t restarts);
  void on_stall(writer_place where);
  void on_stuck(std::size_t index, bool on_loop) const;
  void log_failure(std::size_t index, const caf::error& why, const std::string& then);
  double spread() const;

  // The end of the session.
  void on_failure(caf::error why);
  void end(culprit who, caf::error why);
  void end(session_end verdict, caf::error why);
  void log(const session_end& verdict) const;
  std::string remote_name() const;
  [[nodiscard]] peer_dropped report(session_end verdict) const;
  void on_deadline(session_phase phase);
  void end_late(bool again);

  std::shared_ptr<const node_config> node_;
  node_self_actor owner_;
  // Handed to the peer when it is spawned:

  std::shared_ptr<pinged_sessions> pinged_;
  std::shared_ptr<net::stream> stream_;

  session_phase phase_ = session_phase::handshake;
  overdue overdue_;
  /// The remote. Until the handshake has proved its identity, `id` is the node that we dialled.
  /// Protocol details live in `shared_`.
  peer_info info_;
  supervised_protocols shared_;
  /// Shared by the peer, which takes messages, and the handlers, which write them.
  std::shared_ptr<pending_writes> pending_writes_;
  /// Null until the session runs. The peer counts in them.
  std::shared_ptr<session_counts> counts_;
  /// The time at which the connection came here, and then that at which the session began to run.
  caf::actor_clock::time_point since_;
  peer_actor peer_;
  std::vector<child> children_;
};

} // namespace devp2p
