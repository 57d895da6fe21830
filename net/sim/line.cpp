// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/sim/line.hpp"

#include "devp2p/net/sim/memory_world.hpp"

#include <algorithm>
#include <cassert>
#include <ratio>
#include <utility>

namespace devp2p::net {

namespace {

/// The highest bandwidth of a line, in bytes per second. Only an assertion uses it.
[[maybe_unused]] constexpr std::uint64_t max_bandwidth = 1'000'000'000'000'000'000;
/// The size in bytes of a piece that TCP sends over Ethernet (RFC 9293, section 3.7.1).
constexpr std::size_t segment_size = 1460;

/// The wait before a dial is repeated (RFC 6298, section 2.1), and the most repetitions of it
/// (Linux, tcp_syn_retries).
constexpr event_queue::time first_wait = std::chrono::seconds{1};
constexpr unsigned most_dials = 6;
/// The least time by which Linux waits longer than there and back (TCP_RTO_MIN), the longest wait
/// (TCP_RTO_MAX), and the most repetitions of a write (tcp_retries2).
constexpr event_queue::time least_wait = std::chrono::milliseconds{200};
constexpr event_queue::time longest_wait = std::chrono::seconds{120};
constexpr unsigned most_writes = 15;

/// Returns whether TCP repeats a segment that is lost. It tells of room again and again, so that
/// one such segment may be missed.
bool is_repeated(segment_kind what) {
  return what != segment_kind::room && what != segment_kind::unheard &&
         what != segment_kind::datagram;
}

/// Returns whether a cut leaves the segment alone: a dial under way is no connection yet.
bool is_kept(segment_kind what) {
  return what == segment_kind::dial || what == segment_kind::answer ||
         what == segment_kind::unheard;
}

} // namespace

line::line(memory_world& world, std::string from, std::string to, std::uint64_t number)
  : events(world.events),
    record(world.record),
    world_(world),
    from_(std::move(from)),
    to_(std::move(to)),
    number_(number),
    sending_(world.lines_rng.apart(number)),
    reading_(world.lines_rng.apart(~number)) {}

void line::set(const line_conditions& conditions) {
  assert(conditions.latency.count() >= 0 && conditions.max_piece > 0 &&
         conditions.datagram_loss <= 100 && conditions.loss <= 100 &&
         conditions.bandwidth <= max_bandwidth);
  assert(std::is_sorted(conditions.jitter.begin(), conditions.jitter.end()) &&
         (conditions.jitter.empty() || conditions.jitter.front().count() >= 0));
  // The fraction counts in parts of the old bandwidth: for the new one it is rounded up.
  if (conditions.bandwidth != conditions_.bandwidth && std::exchange(fraction_, 0) > 0)
    ++free_at_;
  forget_arrived();
  conditions_ = conditions;
  forget_arrived();
  delays_ = conditions.stalled || conditions.latency.count() > 0 || !conditions.jitter.empty() ||
            conditions.bandwidth > 0 || conditions.loss > 0;
  burst_.reset();
  for (auto x : {number_, static_cast<std::uint64_t>(conditions.latency.count()),
                 std::uint64_t{conditions.stalled}, std::uint64_t{conditions.max_piece},
                 std::uint64_t{conditions.datagram_loss}, conditions.bandwidth,
                 std::uint64_t{conditions.jitter.size()}})
    record.add(x);
  for (auto x : conditions.jitter)
    record.add(static_cast<std::uint64_t>(x.count()));
  if (conditions.loss > 0)
    record.add(conditions.loss);
  deliver();
}

void line::send(segment what) {
  if (instant())
    return world_.arrive(*this, what);
  auto left = transmit(what.content.size());
  auto travel = conditions_.latency + draw_jitter();
  travel += draw_repetitions(what.what);
  what.due = arrival(what.what, left, travel);
  burst_.reset();
  if (what.what == segment_kind::data)
    burst_ = {what.number, events.now(), events.rests(), travel, what.content.size()};
  enqueue(std::move(what));
}

void line::write(std::uint64_t number, byte_view content) {
  carried += content.size();
  world_.carried += content.size();
  if (tapped) {
    auto& kept = (*tapped)[number];
    kept.insert(kept.end(), content.begin(), content.end());
  }
  record.add(number);
  record.add(content);
  if (!continues_burst(number, content.size()))
    return send(
      {.what = segment_kind::data, .number = number, .content{content.begin(), content.end()}});
  burst_->size += content.size();
  auto due = arrival(segment_kind::data, transmit(content.size()), burst_->travel);
  if (under_way_.empty())
    return enqueue({.due = due,
                    .what = segment_kind::data,
                    .number = number,
                    .content{content.begin(), content.end()}});
  auto& last = under_way_.back();
  last.content.insert(last.content.end(), content.begin(), content.end());
  last.due = due;
  schedule();
}

void line::send_datagram(segment what) {
  auto lost = is_lost(conditions_.datagram_loss);
  forget_arrived();
  if (lost || datagrams_.size() >= memory_network::max_datagrams)
    return;
  auto is_instant = instant();
  send(std::move(what));
  if (!is_instant)
    datagrams_.push_back(last_due_);
}

void line::lose() {
  free_at_ = events.now();
  fraction_ = 0;
  last_due_ = last_kept_due_;
  burst_.reset();
  datagrams_.clear();
  under_way_.remove_if([](const segment& x) { return !is_kept(x.what); });
  schedule();
}

void line::put(segment what) {
  assert(what.due >= events.now());
  under_way_.push_back(std::move(what));
  schedule();
}

std::size_t line::piece_of(std::size_t size, std::size_t most, seeded_rng& rng) {
  most = std::min(size, most);
  return rng.given() ? 1 + rng.below(most) : most;
}

/// Returns when the last of `size` bytes leaves that are sent now, rounded up.
event_queue::time line::transmit(std::size_t size) {
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

event_queue::time line::draw_jitter() {
  constexpr std::uint32_t end = 0xffffffff;
  if (conditions_.jitter.empty())
    return {};
  auto place = sending_.given() ? static_cast<std::uint32_t>(sending_.below(end)) : end / 2 + 1;
  return distribution::at(conditions_.jitter, place);
}

event_queue::time line::draw_repetitions(segment_kind what) {
  event_queue::time out{0};
  if (conditions_.loss == 0 || !is_repeated(what))
    return out;
  auto is_dial = is_kept(what);
  auto wait = is_dial ? first_wait : 2 * conditions_.latency + least_wait;
  for (auto rest = is_dial ? most_dials : most_writes; rest > 0 && is_lost(conditions_.loss);
       --rest) {
    out += std::min(wait, longest_wait);
    wait = std::min(2 * wait, longest_wait);
  }
  return out;
}

bool line::is_lost(unsigned percent) {
  return percent > 0 && (sending_.given() ? sending_.below(100) < percent : percent == 100);
}

event_queue::time line::arrival(segment_kind what, event_queue::time left,
                                event_queue::time travel) {
  last_due_ = std::max(last_due_, left + travel);
  if (is_kept(what))
    last_kept_due_ = last_due_;
  return last_due_;
}

/// Returns whether bytes that are sent now travel with those that were sent last. With a bandwidth,
/// at most a segment travels together: the first bytes need not wait for all the others.
bool line::continues_burst(std::uint64_t number, std::size_t size) const {
  return burst_ && burst_->begin == events.now() && burst_->rest == events.rests() &&
         burst_->number == number &&
         (conditions_.bandwidth == 0 || burst_->size + size <= segment_size);
}

void line::enqueue(segment what) {
  if (leads_elsewhere_ && under_way_.empty())
    world_.departing.push_back(this);
  under_way_.push_back(std::move(what));
  schedule();
}

void line::deliver() {
  if (leads_elsewhere_)
    return;
  while (!conditions_.stalled && !under_way_.empty() && under_way_.front().due <= events.now()) {
    auto next = std::move(under_way_.front());
    under_way_.pop_front();
    record.add(number_);
    world_.arrive(*this, next);
  }
  schedule();
}

/// Has one task wait for the oldest segment. While the line is stalled, time changes nothing.
void line::schedule() {
  std::optional<event_queue::time> due;
  if (!conditions_.stalled && !under_way_.empty() && !leads_elsewhere_)
    due = under_way_.front().due;
  if (timer_ && timer_->due == due)
    return;
  if (timer_)
    events.cancel(*timer_);
  timer_.reset();
  if (due)
    timer_ = events.at(*due, number_, [this] {
      timer_.reset();
      deliver();
    });
}

void line::forget_arrived() {
  while (!conditions_.stalled && !datagrams_.empty() && datagrams_.front() <= events.now())
    datagrams_.pop_front();
}

} // namespace devp2p::net
