// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/world.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <memory>
#include <string>
#include <vector>

namespace devp2p::kit {

/// Watches what one node reports of its sessions, and checks what must always hold of it.
/// Violations are sentences: a test expects none.
///
/// May be declared anywhere: it can be destroyed before the world or after it.
class witness {
public:
  /// The end of a session that ran, or was being set up.
  struct end {
    node_id id;
    bool ran = false;
    session_end why;
  };

  /// Subscribes to `node`, which sentences call `name`.
  witness(world& where, const node_actor& node, std::string name);

  /// For a node in an actor system with threads. Subscribe the actor that `spawn` returns. End it,
  /// and the system, before any other function of the witness is called.
  explicit witness(std::string name);
  [[nodiscard]] subscriber_actor spawn(caf::actor_system& system) const;

  /// The number of sessions that run: reported as begun, and not as ended.
  [[nodiscard]] std::size_t running() const { return seen_->running.size(); }
  /// The number of sessions that have ever run.
  [[nodiscard]] std::size_t added() const { return seen_->added; }
  [[nodiscard]] const std::vector<end>& ends() const { return seen_->ends; }

  /// Violations of the order of events: a session begins once and ends once, and its messages are
  /// between the two.
  [[nodiscard]] const std::vector<std::string>& contradictions() const { return seen_->wrong; }

  /// Checks that `node`, when asked, counts the sessions that it has reported, and none that is
  /// being set up: it has all other slots back. Runs the world until it has come to rest.
  [[nodiscard]] std::vector<std::string> miscounted(world& where, const node_actor& node) const;

  /// Returns the reasons that this node has heard, but that `other` has not sent.
  [[nodiscard]] std::vector<std::string> invented(const witness& other) const;

  /// Returns the reasons that `other` has sent and this node has not heard, though it did not end
  /// the session itself. For links that were never broken.
  [[nodiscard]] std::vector<std::string> missed(const witness& other) const;

private:
  struct record {
    std::string name;
    std::vector<node_id> running;
    std::size_t added = 0;
    std::vector<end> ends;
    std::vector<std::string> wrong;
  };

  static subscriber_actor::behavior_type watch(subscriber_actor::pointer self,
                                               std::shared_ptr<record> seen);

  std::shared_ptr<record> seen_ = std::make_shared<record>();
};

} // namespace devp2p::kit
