// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace devp2p {

/// The times at which many sessions are due to be pinged: each one interval after it was added, and
/// then again and again. They are spread as the sessions came, and rounded up, so that those that
/// are due at about the same time are pinged at once. A value that reads no clock. `Peer` is a
/// handle that may be null.
template <class Peer>
class ping_schedule {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;
  /// The number of a session. Numbers count from 1, and those of removed sessions are used again.
  using number = std::uint32_t;

  /// All times are multiples of `grain`, which is at least 1 ns.
  explicit ping_schedule(duration interval, duration grain = duration{1})
    : interval_(interval),
      grain_(grain),
      places_(1) {}

  [[nodiscard]] bool empty() const { return first() == 0; }

  /// Adds a session. If it throws, it has changed nothing.
  [[nodiscard]] number add(Peer who, time_point now) {
    auto out = free_;
    if (out == 0) {
      places_.emplace_back();
      out = static_cast<number>(places_.size() - 1);
    } else {
      free_ = places_[out].next;
    }
    places_[out].who = std::move(who);
    put_last(out, now);
    return out;
  }

  /// Removes that session. Precondition: it was added.
  void remove(number which) {
    take_out(which);
    places_[which] = {Peer{}, {}, 0, free_};
    free_ = which;
    if (empty()) {
      places_.resize(1);
      places_.shrink_to_fit();
      free_ = 0;
    }
  }

  /// Returns a session that is due; null if there is none. It stays so until `on_pinged`.
  [[nodiscard]] const Peer* due(time_point now) const {
    return empty() || places_[first()].due > now ? nullptr : &places_[first()].who;
  }
  /// Records that the session that is due was pinged. Precondition: there is one.
  void on_pinged(time_point now) {
    auto which = first();
    take_out(which);
    put_last(which, now);
  }

  /// Returns the time at which a session is due next; `nullopt` if there is no session.
  [[nodiscard]] std::optional<time_point> next_due() const {
    return empty() ? std::nullopt : std::optional{places_[first()].due};
  }

private:
  /// A session in the list of all in the order of their times, or a place that is free.
  struct place {
    Peer who = {};
    time_point due = {};
    number previous = 0;
    number next = 0;
  };

  // The list begins and ends at the place 0, which has no session. All sessions have the same
  // interval, so that the one that was put last is due last.

  [[nodiscard]] number first() const { return places_[0].next; }

  void put_last(number which, time_point now) {
    auto last = places_[0].previous;
    auto due = (now + interval_).time_since_epoch() + grain_ - duration{1};
    places_[which].due = time_point{due / grain_ * grain_};
    places_[which].previous = last;
    places_[which].next = 0;
    places_[last].next = which;
    places_[0].previous = which;
  }

  void take_out(number which) {
    const auto& from = places_[which];
    places_[from.previous].next = from.next;
    places_[from.next].previous = from.previous;
  }

  duration interval_;
  duration grain_;
  std::vector<place> places_;
  /// The first of the places that are free; 0 if there is none.
  number free_ = 0;
};

} // namespace devp2p
