// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/memory_budget.hpp"

#include "devp2p/actors/memory_account.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

memory_budget::memory_budget(std::size_t limit)
  : limit_(limit == 0 ? unlimited : limit),
    soft_mark_(limit_ == unlimited ? unlimited : limit_ - limit_ / 4) {}

// Waiting.

/// Returns the number of bytes that a session may hold above the soft mark and still read.
std::size_t memory_budget::share() const {
  return soft_mark_ / static_cast<std::size_t>(std::max<std::ptrdiff_t>(holders_.load(), 1));
}

/// Returns true iff that session may read and hold `more` bytes when all sessions hold `total`.
bool memory_budget::may_go_on(const memory_account& who, std::size_t more,
                              std::size_t total) const {
  if (more > 0 && more > limit_ - std::min(limit_, total))
    return false;
  return !is_greedy(who, total);
}

/// Returns true iff that session holds more than its share, and all hold more than they should.
bool memory_budget::is_greedy(const memory_account& who, std::size_t total) const {
  return total > soft_mark_ && who.held_.load() > share();
}

/// Returns false if that session need not wait.
bool memory_budget::begin_wait(memory_account& who, std::size_t more) {
  if (may_go_on(who, more, total_.load()))
    return false;
  std::lock_guard guard{mutex_};
  who.needed_ = more;
  if (!who.waits_) {
    unlink(who);
    link(who, true);
    who.waits_ = true;
    ++waiting_;
  }
  // Memory may have been given back before `waiting_` was set.
  if (!may_go_on(who, more, total_.load()))
    return true;
  end_wait(who);
  return false;
}

void memory_budget::end_wait(memory_account& who) {
  if (!std::exchange(who.waits_, false))
    return;
  --waiting_;
  unlink(who);
  link(who, false);
}

/// Returns the next session that may go on, if those before it take the `promised` bytes.
std::shared_ptr<memory_account> memory_budget::next_to_wake(std::size_t& promised) {
  std::lock_guard guard{mutex_};
  for (auto* x = first_; x != nullptr && x->waits_;) {
    auto& found = *std::exchange(x, x->next_);
    if (!may_go_on(found, found.needed_, total_.load() + promised))
      continue;
    end_wait(found);
    // Null if another thread is destroying it.
    if (auto out = found.weak_from_this().lock()) {
      promised += found.needed_;
      return out;
    }
  }
  return nullptr;
}

void memory_budget::wake_waiting() {
  std::size_t promised = 0;
  // Outside of the lock, as a session may end with this reference to it.
  while (auto next = next_to_wake(promised))
    next->wake();
}

// Ending.

/// Returns the number of bytes that will be held when the sessions that were told to end have done
/// so.
std::size_t memory_budget::promised_total() const {
  auto out = total_.load();
  for (auto* x = first_; x != nullptr; x = x->next_)
    if (x->must_end_ && !x->is_closed_)
      out -= std::min(out, x->held_.load());
  return out;
}

/// Returns the session that holds most and was not told to end; null if there is none but `who`.
memory_account* memory_budget::largest_but(const memory_account* who) const {
  memory_account* out = nullptr;
  for (auto* x = first_; x != nullptr; x = x->next_)
    if (x != who && !x->must_end_ && !x->is_closed_ &&
        (out == nullptr || x->held_.load() > out->held_.load()))
      out = x;
  return out;
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
        return total_.load() + more <= limit_ + limit_ / 16;
      auto* most = largest_but(&by);
      if (most == nullptr || most->held_.load() + passing <= by.held_.load() + more)
        return false;
      most->must_end_ = true;
      told = most->weak_from_this().lock();
    }
    if (told)
      told->wake();
  }
}

bool memory_budget::press(const memory_account& by) {
  std::shared_ptr<memory_account> told;
  {
    std::lock_guard guard{mutex_};
    if (may_go_on(by, by.needed_, promised_total()))
      return false;
    auto* most = largest_but(&by);
    if (most == nullptr || most->held_.load() <= by.held_.load())
      return true;
    most->must_end_ = true;
    told = most->weak_from_this().lock();
  }
  if (told)
    told->wake();
  return false;
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
}

memory_account::~memory_account() {
  set_buffers(0);
  std::lock_guard guard{budget_->mutex_};
  budget_->end_wait(*this);
  budget_->unlink(*this);
}

void memory_account::move(std::size_t from, std::size_t to) {
  auto& all = *budget_;
  if (from < to) {
    if (held_.fetch_add(to - from) == 0)
      ++all.holders_;
    all.total_ += to - from;
    return;
  }
  if (held_.fetch_sub(from - to) == from - to)
    --all.holders_;
  all.total_ -= from - to;
  if (all.waiting_ != 0)
    all.wake_waiting();
}

void memory_account::close() {
  set_buffers(0);
  std::lock_guard guard{budget_->mutex_};
  budget_->end_wait(*this);
  is_closed_ = true;
}

} // namespace devp2p
