// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/memory_budget.hpp"

#include "devp2p/actors/memory_account.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace devp2p {

memory_budget::memory_budget(std::size_t limit)
  : limit_(limit == 0 ? unlimited : limit),
    soft_mark_(limit_ == unlimited ? unlimited : limit_ - limit_ / 4) {}

// Waiting.

/// Returns the number of bytes that a session may hold above the soft mark and still read.
std::size_t memory_budget::share() const {
  auto holders = static_cast<std::size_t>(std::max<std::ptrdiff_t>(holders_.load(), 1));
  return soft_mark_ / holders;
}

/// Returns true iff that session may read and hold `more` bytes when all sessions hold `total`.
bool memory_budget::may_go_on(const memory_account& who, std::size_t more,
                              std::size_t total) const {
  return has_room_for(who, more, total) && (&who == claimant_ || !is_greedy(who, total));
}

/// Returns true iff there is room for `more` bytes of that session, beside what is kept for
/// another.
bool memory_budget::has_room_for(const memory_account& who, std::size_t more,
                                 std::size_t total) const {
  return more == 0 || fits(more, &who == claimant_ ? total : total + claimed_);
}

/// Returns true iff that session holds more than its share, and all hold more than they should.
bool memory_budget::is_greedy(const memory_account& who, std::size_t total) const {
  return total > soft_mark_ && who.held() > share();
}

/// Returns false if that session need not wait.
bool memory_budget::begin_wait(memory_account& who, std::size_t more) {
  if (!who.asked_ && may_go_on(who, more, held()))
    return false;
  if (!who.asked_ && who.node_.empty()) {
    queue fresh;
    fresh.emplace(0, &who);
    who.node_ = fresh.extract(fresh.begin());
  }
  std::lock_guard guard{mutex_};
  end_wait(who);
  who.needed_ = more;
  if (more == 0)
    end_claim(who);
  else if (claimant_ == &who)
    claimed_ = more;
  place(who, is_greedy(who, held()));
  ++waiting_;
  // Memory may have been given back before `waiting_` was set.
  if (!may_go_on(who, more, held()))
    return true;
  end_wait(who);
  end_claim(who);
  return false;
}

/// Puts a session that waits into the queue that fits its reason. Needs the lock.
void memory_budget::place(memory_account& who, bool greedy) {
  if (auto* from = std::exchange(who.waits_in_, nullptr))
    who.node_ = from->extract(who.place_);
  auto& to = greedy ? wait_for_share_ : wait_for_room_;
  who.node_.key() = greedy ? who.held() : who.needed_;
  who.place_ = to.insert(std::move(who.node_));
  who.waits_in_ = &to;
}

/// Needs the lock.
void memory_budget::end_wait(memory_account& who) {
  auto* from = std::exchange(who.waits_in_, nullptr);
  if (from == nullptr)
    return;
  who.node_ = from->extract(who.place_);
  --waiting_;
}

/// Keeps memory for a session that has waited for long, unless it is kept for another. Needs the
/// lock.
void memory_budget::claim(memory_account& by) {
  if (by.needed_ == 0 || is_greedy(by, held()))
    return;
  if (claimant_ == nullptr)
    claimant_ = &by;
  if (claimant_ == &by)
    claimed_ = by.needed_;
}

/// Needs the lock.
void memory_budget::end_claim(const memory_account& of) {
  if (claimant_ != &of)
    return;
  claimant_ = nullptr;
  claimed_ = 0;
}

/// Returns the first session that may go on when all sessions hold `total`: the one that has waited
/// for long, then the one that needs least, or else the one that holds least. Returns null if there
/// is none. Needs the lock.
memory_account* memory_budget::first_to_go_on(std::size_t total) {
  memory_account* first = claimant_;
  if (first != nullptr && first->waits_in_ != nullptr && fits(first->needed_, total))
    return first;
  for (;;) {
    if (!wait_for_room_.empty()) {
      auto& next = *wait_for_room_.begin()->second;
      if (may_go_on(next, next.needed_, total))
        return &next;
      if (has_room_for(next, next.needed_, total)) {
        place(next, true);
        continue;
      }
    }
    // From here on, there is no room for any that waits for room.
    if (wait_for_share_.empty())
      return nullptr;
    auto& next = *wait_for_share_.begin()->second;
    if (may_go_on(next, next.needed_, total))
      return &next;
    auto greedy = is_greedy(next, total);
    if (greedy && next.place_->first >= next.held())
      return nullptr; // The others hold no less.
    place(next, greedy);
  }
}

/// Returns the next session that may go on, if those before it take the `promised` bytes.
std::shared_ptr<memory_account> memory_budget::next_to_wake(std::size_t& promised) {
  std::lock_guard guard{mutex_};
  while (auto* found = first_to_go_on(held() + promised)) {
    end_wait(*found);
    // Null if another thread is destroying it.
    if (auto out = found->weak_from_this().lock()) {
      promised += found->needed_;
      return out;
    }
  }
  return nullptr;
}

void memory_budget::wake_waiting(std::size_t promised) {
  if (waiting_ == 0)
    return;
  // Outside of the lock, as a session may end with this reference to it.
  while (auto next = next_to_wake(promised))
    next->wake();
}

/// Called after that session has given memory back.
void memory_budget::on_release(memory_account& by) {
  if (waiting_ == 0)
    return;
  {
    std::lock_guard guard{mutex_};
    if (by.waits_in_ == &wait_for_share_)
      place(by, true);
  }
  wake_waiting();
}

// Ending.

/// Returns the number of bytes that will be held when the sessions that were told to end have done
/// so.
std::size_t memory_budget::promised_total() const {
  auto out = held();
  for (auto* x = first_; x != nullptr && x->must_end_ && !x->is_closed_; x = x->next_)
    out -= std::min(out, x->held());
  return out;
}

/// Returns the session that holds most and was not told to end, of those that read a frame slowly
/// if it must be `slow`; null if there is none but `who`. Adds what all of them hold to `sum`.
memory_account* memory_budget::largest_but(const memory_account* who, bool slow,
                                           std::size_t& sum) const {
  memory_account* out = nullptr;
  for (auto* x = first_; x != nullptr; x = x->next_) {
    if (x == who || x->must_end_ || x->is_closed_ || (slow && !x->is_slow_))
      continue;
    sum += x->held();
    if (out == nullptr || x->held() > out->held())
      out = x;
  }
  return out;
}

memory_account* memory_budget::largest_but(const memory_account* who, bool slow) const {
  std::size_t sum = 0;
  return largest_but(who, slow, sum);
}

/// Returns the session that must end for one that waits, if one that reads a frame slowly is
/// enough. Returns null if there is none, or if all that do hold too little to be the reason; `by`
/// does not count.
memory_account* memory_budget::slow_to_end_for(const memory_account& by) const {
  std::size_t sum = 0;
  auto* slow = by.is_slow_ ? nullptr : largest_but(&by, true, sum);
  auto is_reason = sum > limit_ - soft_mark_;
  return is_reason && slow->held() > 2 * allowance() ? slow : nullptr;
}

/// Returns the session that must end for one that has waited for long; null if it is `by` itself.
memory_account* memory_budget::any_to_end_for(const memory_account& by) const {
  if (auto* slow = slow_to_end_for(by))
    return slow;
  auto* most = largest_but(&by, by.is_slow_);
  // A half of what it needs is the frame, which is soon given back.
  return most != nullptr && most->held() > by.held() + by.needed_ / 2 ? most : nullptr;
}

/// Needs the lock. The caller wakes the session without it.
void memory_budget::tell_to_end(memory_account& who) {
  who.must_end_ = true;
  unlink(who);
  link(who, true);
}

/// Returns true iff there is room for `more` bytes when all sessions have ended that may be told
/// to.
bool memory_budget::can_make_room(const memory_account& by, std::size_t more,
                                  std::size_t passing) const {
  auto total = promised_total();
  for (auto* x = first_; x != nullptr; x = x->next_)
    if (x != &by && !x->must_end_ && !x->is_closed_ && x->held() + passing > by.held() + more)
      total -= std::min(total, x->held());
  return total + more <= limit_;
}

bool memory_budget::make_room(const memory_account& by, std::size_t more, std::size_t passing) {
  if (more > limit_)
    return false;
  for (;;) {
    std::shared_ptr<memory_account> told;
    {
      std::lock_guard guard{mutex_};
      if (promised_total() + more <= limit_)
        // The sessions that were told to end may take a moment. Many must not make use of that.
        return held() + more <= limit_ + limit_ / 8;
      auto* most = largest_but(&by);
      // No session ends for what does not fit all the same.
      if (most == nullptr || !can_make_room(by, more, passing))
        return false;
      tell_to_end(*most);
      told = most->weak_from_this().lock();
    }
    if (told)
      told->wake();
  }
}

bool memory_budget::press(memory_account& by) {
  for (auto has_told = false;; has_told = true) {
    std::shared_ptr<memory_account> told;
    {
      std::lock_guard guard{mutex_};
      auto is_enough = may_go_on(by, by.needed_, promised_total());
      auto* most = is_enough ? nullptr : any_to_end_for(by);
      if (most == nullptr) {
        if (!is_enough && !has_told)
          return true;
        claim(by);
        return false;
      }
      tell_to_end(*most);
      told = most->weak_from_this().lock();
    }
    if (told)
      told->wake();
  }
}

void memory_budget::press_slow(const memory_account& by, time_point now) {
  std::shared_ptr<memory_account> told;
  {
    std::lock_guard guard{mutex_};
    // Thousands may wait, and there are as many to choose from.
    if (last_press_slow_ && now - *last_press_slow_ < look_interval)
      return;
    if (may_go_on(by, by.needed_, promised_total()))
      return;
    last_press_slow_ = now;
    auto* most = slow_to_end_for(by);
    if (most == nullptr)
      return;
    tell_to_end(*most);
    told = most->weak_from_this().lock();
  }
  if (told)
    told->wake();
}

// Frames that do not come.

void memory_budget::call_in(time_point now) {
  std::vector<std::shared_ptr<memory_account>> told;
  {
    std::lock_guard guard{mutex_};
    if (last_look_ && now - *last_look_ < look_interval)
      return;
    auto looked_lately = last_look_ && now - *last_look_ < 3 * look_interval;
    last_look_ = now;
    std::size_t count = 0;
    for (auto* x = first_; x != nullptr; x = x->next_) {
      if (is_overdue(*x, looked_lately))
        x->must_give_back_ = true;
      // One that was told before, and has not heard, must not take the place of another.
      if (x->must_give_back_)
        ++count;
    }
    // Before there is a reference to a session, which must not be the last one under the lock.
    told.reserve(count);
    for (auto* x = first_; x != nullptr && told.size() < count; x = x->next_)
      if (x->must_give_back_)
        if (auto alive = x->weak_from_this().lock())
          told.push_back(std::move(alive));
  }
  for (auto& x : told)
    x->wake();
}

/// Returns true iff too little of the outstanding frame has come since the last look. Needs the
/// lock.
bool memory_budget::is_overdue(memory_account& who, bool looked_lately) {
  auto read = who.read_.load(std::memory_order_relaxed);
  auto outstanding = who.outstanding_.load(std::memory_order_relaxed);
  auto came = read - std::exchange(who.read_before_, read);
  auto before = std::exchange(who.outstanding_before_, outstanding);
  return looked_lately && before > 0 && outstanding > 0 &&
         came < std::max<std::size_t>(before / 8, max_allowance);
}

// The list.

void memory_budget::link(memory_account& who, bool first) {
  who.previous_ = first ? nullptr : last_;
  who.next_ = first ? first_ : nullptr;
  (who.previous_ != nullptr ? who.previous_->next_ : first_) = &who;
  (who.next_ != nullptr ? who.next_->previous_ : last_) = &who;
}

void memory_budget::unlink(memory_account& who) {
  (who.previous_ != nullptr ? who.previous_->next_ : first_) = who.next_;
  (who.next_ != nullptr ? who.next_->previous_ : last_) = who.previous_;
}

// Accounts.

memory_account::memory_account(std::shared_ptr<memory_budget> budget) : budget_(std::move(budget)) {
  std::lock_guard guard{budget_->mutex_};
  budget_->link(*this, false);
  ++budget_->accounts_;
}

memory_account::~memory_account() {
  end_wait();
  set_buffers(0);
  std::lock_guard guard{budget_->mutex_};
  budget_->unlink(*this);
  --budget_->accounts_;
}

void memory_account::move(std::size_t from, std::size_t to) {
  auto& all = *budget_;
  if (from < to) {
    if (held_.add(to - from))
      ++all.holders_;
    all.total_.add(to - from);
    return;
  }
  if (held_.subtract(from - to))
    --all.holders_;
  all.total_.subtract(from - to);
  all.on_release(*this);
}

bool memory_account::ask(std::size_t more) {
  auto waits = budget_->begin_wait(*this, more);
  // The session may have been woken for memory that it does not take: that is there for others.
  if (std::exchange(asked_, waits))
    budget_->wake_waiting(waits ? 0 : more);
  return waits;
}

void memory_account::end_wait() {
  if (!std::exchange(asked_, false))
    return;
  {
    std::lock_guard guard{budget_->mutex_};
    budget_->end_wait(*this);
    budget_->end_claim(*this);
  }
  budget_->wake_waiting();
}

void memory_account::close() {
  end_wait();
  set_buffers(0);
  std::lock_guard guard{budget_->mutex_};
  is_closed_ = true;
  budget_->unlink(*this);
  budget_->link(*this, false);
}

} // namespace devp2p
