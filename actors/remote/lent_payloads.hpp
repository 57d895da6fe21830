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

/// Returns the cost of a message in bytes between the two ends of a remote handler, the same as in
/// the read window.
[[nodiscard]] inline std::uint64_t message_cost(const packet& what) {
  return what.payload.size() + read_window::overhead;
}

/// Payloads that were passed to a handler, and the amount that it has released. As in a read
/// window, a payload is released when its last reference goes, in any place.
///
/// Payloads may be released on any thread; all other functions are for one thread. Must be owned by
/// a `std::shared_ptr`.
class lent_payloads : public std::enable_shared_from_this<lent_payloads> {
public:
  /// `report_due` is called, on any thread, when a report is due. That is when the unreported
  /// amount reaches a quarter of the amount still lent, or of `enough`, if that is less; so also
  /// when everything was released. Thus a report is never further from the truth than that, and
  /// fast messages cause few reports.
  lent_payloads(std::uint64_t enough, std::function<void()> report_due)
    : enough_(enough),
      report_due_(std::move(report_due)) {}

  /// Returns the same message. Its cost counts until the last reference to its payload goes.
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

  /// Returns the amount released so far, and counts it as reported.
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
  /// Set while a report is due that has not been made.
  std::atomic<bool> noted_{false};
};

} // namespace devp2p
