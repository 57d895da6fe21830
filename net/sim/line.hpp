// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/event_queue.hpp"
#include "devp2p/net/sim/memory_network.hpp"

#include <algorithm>
#include <list>
#include <memory>
#include <ratio>
#include <utility>

namespace devp2p::net {

class pipe;

/// What arrives at the end of a line.
enum class news { octets, finished, broken, reader_gone, errand, datagram };

/// Whom a line tells that something has arrived.
class addressee {
public:
  /// `size` octets, or what else there is to tell. Runs no callback of a user.
  virtual void arrive(news what, std::size_t size) = 0;

  /// How many octets it has if it is a datagram.
  [[nodiscard]] virtual std::size_t datagram_size() const { return 0; }

protected:
  ~addressee() = default;
};

/// The way from one host to another: all that goes there is under way in one queue.
class line {
public:
  /// `number` tells it from other lines; the others outlive it.
  line(std::uint64_t number, event_queue& events, chance& luck, trace& record)
    : events(events),
      luck(luck),
      record(record),
      number_(number) {}

  line(const line&) = delete;
  line& operator=(const line&) = delete;

  void set(const line_conditions& conditions) {
    assert(conditions.latency.count() >= 0 && conditions.max_piece > 0 &&
           conditions.datagram_loss <= 100 && conditions.bandwidth <= max_bandwidth);
    assert(std::is_sorted(conditions.jitter.begin(), conditions.jitter.end()) &&
           (conditions.jitter.empty() || conditions.jitter.front().count() >= 0));
    // A fraction of a nanosecond at the old bandwidth is none at the new one.
    if (conditions.bandwidth != conditions_.bandwidth && std::exchange(fraction_, 0) > 0)
      ++free_at_;
    conditions_ = conditions;
    delays_ = conditions.stalled || conditions.latency.count() > 0 || !conditions.jitter.empty() ||
              conditions.bandwidth > 0;
    burst_.reset();
    for (auto x : {number_, static_cast<std::uint64_t>(conditions.latency.count()),
                   std::uint64_t{conditions.stalled}, std::uint64_t{conditions.max_piece},
                   std::uint64_t{conditions.datagram_loss}, conditions.bandwidth,
                   std::uint64_t{conditions.jitter.size()}})
      record.add(x);
    for (auto x : conditions.jitter)
      record.add(static_cast<std::uint64_t>(x.count()));
    deliver();
  }

  [[nodiscard]] const line_conditions& conditions() const { return conditions_; }

  /// Whether what is sent now arrives now.
  [[nodiscard]] bool instant() const { return under_way_.empty() && !delays_; }

  /// Tells `to` at the other end, when `size` octets have left and the latency and jitter have
  /// passed, but not before what was sent before has arrived.
  void send(const std::shared_ptr<addressee>& to, news what, std::size_t size = 0) {
    if (instant())
      return to->arrive(what, size);
    auto left = transmit(size);
    if (what == news::octets && continues_burst(to, size)) {
      auto& last = under_way_.back();
      last.size += size;
      last.due = std::max(last.due, left + burst_->travel);
    } else {
      auto travel = conditions_.latency + draw_jitter();
      auto due = left + travel;
      // Even if what was sent before gets lost, so that nothing is ever due in the past.
      if (!under_way_.empty())
        due = std::max(due, under_way_.back().due);
      under_way_.push_back({due, to, what, size});
      burst_ = {events.now(), travel};
    }
    schedule();
  }

  /// The same, if it is not lost.
  void send_datagram(const std::shared_ptr<addressee>& to) {
    auto loss = conditions_.datagram_loss;
    auto lost = loss > 0 && (luck.given() ? luck.below(100) < loss : loss == 100);
    if (!lost && under_way_.size() < memory_network::max_datagrams)
      send(to, news::datagram, to->datagram_size());
  }

  /// How many octets one call may move that could move `size`.
  std::size_t piece(std::size_t size) {
    if (size == 0 || conditions_.max_piece == line_conditions::unlimited)
      return size;
    auto most = std::min(size, conditions_.max_piece);
    return luck.given() ? 1 + luck.below(most) : most;
  }

  /// Loses all that is under way but dials; what had not left does not have to any more.
  void lose() {
    free_at_ = events.now();
    fraction_ = 0;
    under_way_.remove_if([](const parcel& x) { return x.what != news::errand; });
    schedule();
  }

  /// Loses everything, for good.
  void close() { under_way_.clear(); }

  event_queue& events;
  chance& luck;
  trace& record;
  /// Octets that writers gave, and that readers got.
  std::uint64_t carried = 0;
  std::uint64_t delivered = 0;
  /// What writers gave, by the pipe's number; kept only if somebody wants to know.
  std::optional<std::map<std::uint64_t, bytes>> tapped = {};
  /// Those that lead this way, by their number.
  std::map<std::uint64_t, pipe*> pipes;

private:
  struct parcel {
    event_queue::time due;
    std::shared_ptr<addressee> to;
    news what;
    std::size_t size;
  };

  /// When the last parcel was sent, and how long it travels.
  struct burst {
    event_queue::time begin;
    event_queue::time travel;
  };

  static constexpr std::uint64_t max_bandwidth = 1'000'000'000'000'000'000;
  /// What TCP sends in one piece over Ethernet, in octets (RFC 9293, section 3.7.1).
  static constexpr std::size_t segment = 1460;

  /// When the last of `size` octets leaves that are sent now, rounded up.
  event_queue::time transmit(std::size_t size) {
    if (free_at_ < events.now()) {
      free_at_ = events.now();
      fraction_ = 0;
    }
    if (auto bandwidth = conditions_.bandwidth; bandwidth > 0) {
      constexpr std::uint64_t second = std::nano::den;
      assert(size < std::uint64_t{1} << 33); // So that the sum below has 64 bits.
      auto parts = size % bandwidth * second + fraction_;
      free_at_ += std::chrono::seconds{size / bandwidth};
      free_at_ += std::chrono::nanoseconds{parts / bandwidth};
      fraction_ = parts % bandwidth;
    }
    return free_at_ + event_queue::time{fraction_ > 0 ? 1 : 0};
  }

  event_queue::time draw_jitter() {
    constexpr std::uint32_t end = 0xffffffff;
    if (conditions_.jitter.empty())
      return {};
    auto place = luck.given() ? static_cast<std::uint32_t>(luck.below(end)) : end / 2 + 1;
    return distribution::at(conditions_.jitter, place);
  }

  /// Whether octets that are sent now travel with those that were sent last. Where it takes time to
  /// send them, what was sent first need not wait for all the others.
  [[nodiscard]] bool continues_burst(const std::shared_ptr<addressee>& to, std::size_t size) const {
    if (under_way_.empty() || !burst_ || burst_->begin != events.now())
      return false;
    const auto& last = under_way_.back();
    return last.what == news::octets && last.to == to &&
           (conditions_.bandwidth == 0 || last.size + size <= segment);
  }

  void deliver() {
    while (!conditions_.stalled && !under_way_.empty() && under_way_.front().due <= events.now()) {
      auto next = std::move(under_way_.front());
      under_way_.pop_front();
      record.add(number_);
      next.to->arrive(next.what, next.size);
    }
    schedule();
  }

  /// One task waits for the oldest. While the line is stalled, time changes nothing.
  void schedule() {
    std::optional<event_queue::time> due;
    if (!conditions_.stalled && !under_way_.empty())
      due = under_way_.front().due;
    if (timer_ && timer_->first == due)
      return;
    if (timer_)
      events.cancel(*timer_);
    timer_.reset();
    if (due)
      timer_ = events.at(*due, [this] {
        timer_.reset();
        deliver();
      });
  }

  std::uint64_t number_;
  line_conditions conditions_;
  /// Whether they let nothing arrive at once.
  bool delays_ = false;
  /// When all that was sent has left: this, and so many parts of a nanosecond that `bandwidth`
  /// parts make one.
  event_queue::time free_at_{0};
  std::uint64_t fraction_ = 0;
  std::list<parcel> under_way_;
  /// Gone when conditions change.
  std::optional<burst> burst_;
  std::optional<event_queue::timer> timer_;
};

} // namespace devp2p::net
