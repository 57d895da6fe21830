// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/supervised_children.hpp"

#include <utility>

namespace devp2p {

supervised_children::supervised_children(restart_strategy strategy, const restart_limits& limits,
                                         const std::vector<restart_type>& types)
  : strategy_(strategy),
    limits_(limits) {
  children_.reserve(types.size());
  for (auto type : types)
    children_.push_back({.type = type});
}

child_state supervised_children::state(std::size_t child) const {
  const auto& x = children_[child];
  if (x.now == phase::running)
    return child_state::running;
  if (x.now != phase::absent)
    return child_state::stopping;
  return x.wanted && !ending_ ? child_state::waiting : child_state::done;
}

std::uint32_t supervised_children::restarts(std::size_t child) const {
  auto starts = children_[child].starts;
  return starts == 0 ? 0 : starts - 1;
}

supervised_children::step supervised_children::next() const {
  for (std::size_t i = 0; i < size(); ++i)
    if (const auto& x = children_[i]; x.pause) {
      auto out = step_for(action::pause, i);
      out.pause = *x.pause;
      return out;
    }
  // One at a time, the last one first.
  for (auto i = size(); i-- > 0;) {
    if (!children_[i].must_stop)
      continue;
    switch (children_[i].now) {
    case phase::running:
      return step_for(action::stop, i);
    case phase::overdue:
      return step_for(action::kill, i);
    case phase::stuck:
      return step_for(action::leave_behind, i);
    default:
      return {};
    }
  }
  return ending_ ? step_for(action::finish, 0) : next_start();
}

supervised_children::step supervised_children::next_start() const {
  for (std::size_t i = 0; i < size(); ++i) {
    const auto& x = children_[i];
    // The pause is that of its group, even if it is not started again itself.
    if (x.paused != 0 && strategy_ != restart_strategy::one_for_one)
      return {};
    if (x.wanted && x.now == phase::absent && x.paused == 0)
      return step_for(action::start, i);
  }
  return {};
}

void supervised_children::on_paused(std::size_t child) {
  auto& x = children_[child];
  x.paused = ++tickets_;
  x.pause = std::nullopt;
}

void supervised_children::on_started(std::size_t child) {
  auto& x = children_[child];
  x.now = phase::running;
  x.tried = true;
  x.not_started = 0;
  ++x.starts;
}

supervised_children::verdict supervised_children::on_not_started(std::size_t child, time_point now,
                                                                 double spread) {
  auto& x = children_[child];
  if (x.type == restart_type::temporary) {
    x.wanted = false;
    return verdict::done;
  }
  if (x.not_started >= limits_.intensity) {
    end();
    return verdict::give_up;
  }
  auto out = fail(child, false, now, spread);
  ++x.not_started;
  x.tried = true;
  return out;
}

void supervised_children::on_stopped(std::size_t child) {
  children_[child].deadline = ++tickets_;
  children_[child].now = phase::stopping;
}

void supervised_children::on_killed(std::size_t child) {
  children_[child].deadline = ++tickets_;
  children_[child].now = phase::killed;
}

void supervised_children::on_left_behind(std::size_t child) {
  children_[child].now = phase::absent;
  children_[child].must_stop = false;
}

supervised_children::verdict supervised_children::on_end(std::size_t child, bool failed,
                                                         time_point now, double spread) {
  auto& x = children_[child];
  if (std::exchange(x.must_stop, false)) {
    x.now = phase::absent;
    return verdict::expected;
  }
  if (x.type == restart_type::temporary || (x.type == restart_type::transient && !failed)) {
    x.now = phase::absent;
    x.wanted = false;
    return verdict::done;
  }
  auto out = fail(child, true, now, spread);
  x.now = phase::absent;
  x.must_stop = false;
  return out;
}

/// Has the child and its group started anew. `ran` is false if it could not be started.
supervised_children::verdict supervised_children::fail(std::size_t child, bool ran, time_point now,
                                                       double spread) {
  if (!budget_.spend(limits_, now)) {
    end();
    return verdict::give_up;
  }
  auto first = strategy_ == restart_strategy::one_for_all ? 0 : child;
  auto last = strategy_ == restart_strategy::one_for_one ? child + 1 : size();
  for (auto i = first; i < last; ++i) {
    auto& x = children_[i];
    x.must_stop = x.now != phase::absent;
    x.wanted = x.type != restart_type::temporary || (x.wanted && !x.tried);
  }
  auto& holder = children_[first];
  holder.pause = holder.pauses.next(limits_, now, ran, spread);
  return verdict::restart;
}

void supervised_children::on_timeout(std::uint64_t ticket) {
  for (auto& x : children_) {
    if (x.paused == ticket)
      x.paused = 0;
    if (x.deadline != ticket)
      continue;
    if (x.now == phase::stopping)
      x.now = phase::overdue;
    else if (x.now == phase::killed)
      x.now = phase::stuck;
  }
}

void supervised_children::end() {
  ending_ = true;
  for (auto& x : children_) {
    x.must_stop = x.now != phase::absent;
    x.wanted = false;
    x.pause = std::nullopt;
  }
}

} // namespace devp2p
