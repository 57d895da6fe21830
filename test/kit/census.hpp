// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"

#include <caf/fwd.hpp>
#include <caf/resumable.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
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

  census() = default;
  census(const census&) = delete;
  census& operator=(const census&) = delete;

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
  /// A place in a ring. Leaves the ring when it ends; the other places stay linked.
  struct place {
    place() = default;
    /// Enters the ring of `next`, before it.
    explicit place(place& next) : before(next.before), after(&next) {
      before->after = next.before = this;
    }
    ~place() {
      before->after = after;
      after->before = before;
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;

    place* before = this;
    place* after = this;
  };
  class member;

  [[nodiscard]] bool contains(const caf::scheduled_actor& who) const;
  void meet(caf::scheduled_actor& who);

  /// The beginning and end of the ring of all members. An actor has its place as long as it lives,
  /// be that longer than the census.
  place all_;
  /// Whether an actor could not be met at its first turn, for want of memory.
  bool missed_any_ = false;
  /// Shared with the exception handlers, since an actor may outlive its world's census.
  std::shared_ptr<std::vector<std::string>> thrown_ = std::make_shared<std::vector<std::string>>();
};

} // namespace devp2p::kit
