// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/read_window.hpp"
#include "devp2p/messages/packet.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace devp2p {

/// What a message counts between the two ends of a remote handler: as much as in the read window.
[[nodiscard]] inline std::uint64_t message_cost(const packet& what) {
  return what.payload.size() + read_window::overhead;
}

/// Payloads that were handed to a handler, and how much of them it has let go of. As in a read
/// window, a payload is given back when its last reference goes, wherever that was.
///
/// Payloads may be released on any thread; all else is for one. Must be held by a
/// `std::shared_ptr`.
class lent_payloads : public std::enable_shared_from_this<lent_payloads> {
public:
  /// `report_due` is called, on any thread, when more was given back than the last report said: all
  /// of it, or a quarter of what is still lent or of `enough`. So what a report says is never
  /// further from the truth than that, and costs little where messages come fast.
  lent_payloads(std::uint64_t enough, std::function<void()> report_due)
    : enough_(enough),
      report_due_(std::move(report_due)) {}

  /// The same message; counts until the last reference to its payload goes.
  [[nodiscard]] packet lend(const packet& what) {
    auto cost = message_cost(what);
    lent_ += cost;
    auto give_back = [self = shared_from_this(), payload = what.payload,
                      cost](const std::uint8_t*) mutable {
      payload = {};
      self->give_back(cost);
    };
    std::shared_ptr<const std::uint8_t[]> data{what.payload.data(), std::move(give_back)};
    return {what.code, blob{std::move(data), what.payload.size()}};
  }

  [[nodiscard]] std::uint64_t lent() const { return lent_.load(); }

  /// What was given back until now; as if it were reported.
  [[nodiscard]] std::uint64_t report() {
    noted_ = false;
    auto out = given_back_.load();
    reported_ = out;
    return out;
  }

private:
  void give_back(std::uint64_t cost) {
    auto now = given_back_.fetch_add(cost) + cost;
    auto unreported = now - std::min(now, reported_.load());
    auto held = lent_.load() - std::min(lent_.load(), now);
    if (unreported * 4 >= std::min(enough_, held) && !noted_.exchange(true))
      report_due_();
  }

  const std::uint64_t enough_;
  const std::function<void()> report_due_;
  std::atomic<std::uint64_t> lent_{0};
  std::atomic<std::uint64_t> given_back_{0};
  std::atomic<std::uint64_t> reported_{0};
  /// Somebody was told that a report is due, and has not made it yet.
  std::atomic<bool> noted_{false};
};

} // namespace devp2p
