// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node_config.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/reason_for.hpp"
#include "devp2p/messages/session.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devp2p {

/// The owner of one session: of its peer, its pinger and its handlers. The supervisor asks the node
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
class supervisor : public pinned<supervisor_actor::base> {
public:
  /// `dialled` is the node that we dialled, or `nullopt` if the remote dialled us.
  supervisor(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
             std::shared_ptr<const node_config> node, node_self_actor owner,
             std::shared_ptr<net::stream> stream, const std::optional<node_id>& dialled);

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

  // A failed handler, and the consequence that its protocol asks for.
  supervision::strategy consequence(std::size_t index, const caf::error& why);
  void log_failure(std::size_t index, const caf::error& why, settings::duration pause);
  double luck() const;
  void on_handler_end(std::size_t index, const caf::error& why);
  void on_stall(writer_place where);

  // The end of the session.
  void end(culprit who, caf::error why, const std::string& name = {});
  void log(const session_end& verdict) const;
  void on_failure(caf::error why);
  std::string remote_name() const;
  void on_deadline(session_phase phase);

  std::shared_ptr<const node_config> node_;
  node_self_actor owner_;
  /// Handed to the peer when it is spawned.
  std::shared_ptr<net::stream> stream_;

  session_phase phase_ = session_phase::handshake;
  /// The peer is ending. If it is still there at the next deadline, it could not report its end.
  bool last_look_ = false;
  /// The remote. Until the handshake has proved its identity, `id` is the node that we dialled.
  /// Protocol details live in `shared_`.
  peer_info info_;
  /// The failures of the handlers of one protocol.
  struct failures {
    restart_budget budget;
    restart_pause pause;
    /// The number of consecutive handlers that could not be spawned.
    unsigned not_spawned = 0;
    /// The time of the last failure that was logged.
    std::optional<caf::actor_clock::time_point> logged;
    /// The number of failures since then that were not logged.
    unsigned not_logged = 0;
  };
  /// A protocol that both ends share, and the state of its handlers. Sorted by place on the link.
  struct shared {
    const protocol* what;
    std::uint64_t offset;
    std::uint32_t restarts = 0;
    bool detached = false;
    /// Null until the first failure: few sessions ever need the memory.
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
