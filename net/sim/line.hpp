// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/event_queue.hpp"
#include "devp2p/net/sim/memory_network.hpp"

#include <algorithm>
#include <list>
#include <memory>

namespace devp2p::net {

class pipe;

/// What arrives at the end of a line.
enum class news { octets, finished, broken, reader_gone, errand, datagram };

/// Whom a line tells that something has arrived.
class addressee {
public:
  /// `size` octets, or what else there is to tell. Runs no callback of a user.
  virtual void arrive(news what, std::size_t size) = 0;

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
           conditions.datagram_loss <= 100);
    conditions_ = conditions;
    for (auto x : {number_, static_cast<std::uint64_t>(conditions.latency.count()),
                   std::uint64_t{conditions.stalled}, std::uint64_t{conditions.max_piece},
                   std::uint64_t{conditions.datagram_loss}})
      record.add(x);
    deliver();
  }

  [[nodiscard]] const line_conditions& conditions() const { return conditions_; }

  /// Whether what is sent now arrives now.
  [[nodiscard]] bool instant() const {
    return under_way_.empty() && !conditions_.stalled && conditions_.latency.count() == 0;
  }

  /// Tells `to` at the other end, when the latency has passed, but not before what was sent before
  /// has arrived.
  void send(const std::shared_ptr<addressee>& to, news what, std::size_t size = 0) {
    if (instant())
      return to->arrive(what, size);
    auto due = events.now() + conditions_.latency;
    if (!under_way_.empty()) {
      auto& last = under_way_.back();
      if (what == news::octets && last.what == what && last.to == to && last.due == due) {
        last.size += size;
        return;
      }
    }
    under_way_.push_back({due, to, what, size});
    schedule();
  }

  /// The same, if it is not lost.
  void send_datagram(const std::shared_ptr<addressee>& to) {
    auto loss = conditions_.datagram_loss;
    auto lost = loss > 0 && (luck.given() ? luck.below(100) < loss : loss == 100);
    if (!lost && under_way_.size() < memory_network::max_datagrams)
      send(to, news::datagram);
  }

  /// How many octets one call may move that could move `size`.
  std::size_t piece(std::size_t size) {
    if (size == 0 || conditions_.max_piece == line_conditions::unlimited)
      return size;
    auto most = std::min(size, conditions_.max_piece);
    return luck.given() ? 1 + luck.below(most) : most;
  }

  /// Loses all that is under way but dials.
  void lose() {
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
  std::list<parcel> under_way_;
  std::optional<event_queue::timer> timer_;
};

} // namespace devp2p::net
