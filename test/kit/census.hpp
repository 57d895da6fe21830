// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"

#include <caf/fwd.hpp>
#include <caf/resumable.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace caf {
class scheduled_actor;
} // namespace caf

namespace devp2p::kit {

/// The actors of a world that have had a turn: which of them live, and what those have thrown that
/// have no exception handler of their own. Remembers nothing of those that have ended.
class census {
public:
  /// The maximum number of exceptions that are kept.
  static constexpr std::size_t max_thrown = 100;

  /// Must be called before `next` has a turn.
  ///
  /// The exceptions of an actor that has CAF's default handler are kept from then on. CAF would
  /// write each to the standard output. The actor ends as with CAF, with `caf::sec::runtime_error`,
  /// which has the text of the exception.
  void before_turn(caf::resumable& next);

  /// Names the actors that live, in the order of their ids: `chain (actor 12)`.
  [[nodiscard]] std::vector<std::string> living() const;

  /// The exceptions that no actor has handled: `chain (actor 12): out of coins`.
  [[nodiscard]] const std::vector<std::string>& thrown() const { return *thrown_; }

private:
  void meet(caf::scheduled_actor& who);

  /// By their ids. Shared with functions that the actors call when they end.
  std::shared_ptr<std::unordered_map<caf::actor_id, caf::scheduled_actor*>> present_ =
    std::make_shared<std::unordered_map<caf::actor_id, caf::scheduled_actor*>>();
  /// Shared with the exception handlers, since an actor may outlive its world's census.
  std::shared_ptr<std::vector<std::string>> thrown_ = std::make_shared<std::vector<std::string>>();
};

} // namespace devp2p::kit
