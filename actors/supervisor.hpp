// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node_config.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/reason_for.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devp2p {

/// One session's life and death. Owns the peer, the pinger and the handlers; asks the node twice
/// whether the remote may come in; the first failure of any of them becomes the disconnect reason,
/// and the rest are its consequences. A session is never restarted; a handler is, if its protocol
/// says so.
///
/// Talks to the node that spawned it and to its children. Ends when all children have: within
/// `disconnect_timeout` + `linger_timeout` or twice `handler_timeout` after the failure, whichever
/// is longer. A child that does not end even when it is killed, because it is stuck in a call, is
/// then left behind, and named in the log.
///
/// Children are monitored, not linked: a link would take the supervisor along when one is killed.
class supervisor : public pinned<supervisor_actor::base> {
public:
  /// `dialled` is whom we have dialled; nobody if the remote dialled us.
  supervisor(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
             std::shared_ptr<const node_config> node, node_core_actor owner,
             std::shared_ptr<net::stream> stream, const std::optional<node_id>& dialled);

  const char* name() const override { return "supervisor"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct child {
    caf::strong_actor_ptr handle;
    culprit role;
    /// A handler that is being killed, and whose place another may have taken.
    bool given_up = false;
    /// Of a handler: its place on the link.
    std::uint16_t index = 0;
  };

  template <class Handle>
  void adopt(culprit role, const Handle& handle, std::size_t index = 0);
  std::string name_of(const child& which) const;
  void on_down(const caf::down_msg& down);
  void kill(const child& which);

  // The way to a running session.
  void on_identity(const node_id& id);
  void on_hello(hello& theirs);
  void run();
  handler_actor start_handler(std::size_t index);
  void replace_handler(std::size_t index);
  handler_actor spawn_handler(std::size_t index, caf::error& why);
  peer_info info() const;
  caf::result<peer_info> tell();

  // A handler that fails, and what its protocol wants to be done about it.
  supervision::strategy consequence(std::size_t index, const caf::error& why);
  void log_failure(std::size_t index, const caf::error& why, settings::duration pause);
  double luck() const;
  void on_handler_end(std::size_t index, const caf::error& why);
  void on_stall(std::size_t index, std::uint32_t restarts);

  // The way back.
  void end(culprit who, caf::error why, const std::string& name = {});
  void log(const session_end& verdict) const;
  void on_failure(caf::error why);
  std::string remote_name() const;
  void on_deadline(session_phase phase);

  /// Our children let go of us one by one, and the node may have; we end when we say so.
  supervisor_actor alive_;
  std::shared_ptr<const node_config> node_;
  node_core_actor owner_;
  /// Handed to the peer when it is spawned.
  std::shared_ptr<net::stream> stream_;

  session_phase phase_ = session_phase::handshake;
  /// If the peer is still there at our next deadline, it could not tell us of its end.
  bool last_look_ = false;
  /// Until the handshake has proved who the remote is, its id is whom we have dialled.
  /// What of it is in `shared_` is not here.
  peer_info info_;
  /// Of the handlers of one protocol.
  struct failures {
    restart_budget budget;
    restart_pause pause;
    /// Handlers that could not be spawned, one after the other.
    unsigned not_spawned = 0;
    /// When a failure was logged last, and how many were not since.
    std::optional<caf::actor_clock::time_point> logged;
    unsigned not_logged = 0;
  };
  /// By place on the link: which of the node's protocols, and what has become of its handlers.
  struct shared {
    const protocol* what;
    std::uint64_t offset;
    std::uint32_t restarts = 0;
    bool detached = false;
    /// From the first one on: few sessions ever need the room.
    std::unique_ptr<failures> past = {};

    [[nodiscard]] capability name() const { return {what->name, what->version}; }
    [[nodiscard]] failures& failed() {
      if (!past)
        past = std::make_unique<failures>();
      return *past;
    }
  };
  std::vector<shared> shared_;
  peer_actor peer_;
  std::vector<child> children_;
};

} // namespace devp2p
