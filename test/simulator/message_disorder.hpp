// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/packet.hpp"
#include "devp2p/net/sim/seeded_rng.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// The disorder in which messages come to the handlers of one node: how many come twice, and how
/// many after the next. A value.
class message_disorder {
public:
  /// The part of one message in it.
  struct fate {
    bool twice = false;
    bool late = false;
  };

  /// `random` decides about each message.
  explicit message_disorder(net::seeded_rng random) : random_(random) {}

  /// Has so many messages of a hundred come twice from now on; 0 for none.
  void duplicate(unsigned percent) { twice_ = percent; }
  /// Has so many messages of a hundred come after the next from now on; 0 for none.
  void reorder(unsigned percent) { late_ = percent; }

  /// Decides about the next message.
  fate next() {
    // One after another, because the order of arguments is not the same on every platform.
    const auto twice = happens(twice_);
    return {twice, happens(late_)};
  }

private:
  bool happens(unsigned percent) { return percent > 0 && random_.below(100) < percent; }

  net::seeded_rng random_;
  unsigned twice_ = 0;
  unsigned late_ = 0;
};

/// The messages of one session on their way to a handler, of which at most one waits. A value.
class disordered_messages {
public:
  /// Takes the next message. Returns those that the handler gets now, in their order.
  [[nodiscard]] std::vector<packet> take(packet next, message_disorder::fate fate) {
    if (waiting_) {
      std::vector<packet> out(fate.twice ? 2 : 1, std::move(next));
      out.push_back(*std::exchange(waiting_, std::nullopt));
      return out;
    }
    if (!fate.late)
      return std::vector<packet>(fate.twice ? 2 : 1, std::move(next));
    ++waits_;
    waiting_ = next;
    // Only the second copy of a message that comes twice is late.
    return fate.twice ? std::vector<packet>{std::move(next)} : std::vector<packet>{};
  }

  /// The number of messages that have waited, with the one that does.
  [[nodiscard]] std::uint64_t count() const { return waits_; }
  /// Returns the message that waits, if it is the one of that number: it waits no more.
  [[nodiscard]] std::optional<packet> release(std::uint64_t number) {
    return number == waits_ ? std::exchange(waiting_, std::nullopt) : std::nullopt;
  }

private:
  std::optional<packet> waiting_;
  std::uint64_t waits_ = 0;
};

} // namespace devp2p::simulator
