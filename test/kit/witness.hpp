// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/world.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <memory>
#include <string>
#include <vector>

namespace devp2p::kit {

/// What one node tells of its sessions, and what must always hold of it. What does not hold is told
/// as sentences: a test expects none.
///
/// Declare it anywhere: it may go before the world or after it.
class witness {
public:
  /// How a session ended that ran, or was on its way.
  struct end {
    node_id id;
    bool ran = false;
    session_end why;
  };

  /// Subscribes to `node`, whose name in sentences is `name`.
  witness(world& where, const node_actor& node, std::string name);

  /// For a node in an actor system with threads: subscribe what `spawn` returns, and end it, and
  /// the system, before anything else is asked of the witness.
  explicit witness(std::string name);
  [[nodiscard]] subscriber_actor spawn(caf::actor_system& system) const;

  /// Sessions that run: said to have begun, and not to have ended.
  [[nodiscard]] std::size_t running() const { return seen_->running.size(); }
  /// Sessions that have ever run.
  [[nodiscard]] std::size_t added() const { return seen_->added; }
  [[nodiscard]] const std::vector<end>& ends() const { return seen_->ends; }

  /// A session begins once and ends once, and between the two are its messages.
  [[nodiscard]] const std::vector<std::string>& contradictions() const { return seen_->wrong; }

  /// Whether `node`, when asked, counts the sessions that it has told of, and none on its way: it
  /// has all other slots back. Runs the world until it has come to rest.
  [[nodiscard]] std::vector<std::string> miscounted(world& where, const node_actor& node) const;

  /// Reasons that this node has heard, and that nobody at `other` has sent.
  [[nodiscard]] std::vector<std::string> invented(const witness& other) const;

  /// Reasons that `other` has sent and this node has not heard, though it did not end the session
  /// itself. For links that were never broken.
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
