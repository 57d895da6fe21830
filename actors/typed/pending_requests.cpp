// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/typed/pending_requests.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/errc.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

namespace devp2p {

namespace {

/// Does one thing after another, even if some throw. The first exception goes on at the end.
class all_done {
public:
  void operator()(const auto& work) {
    try {
      work();
    } catch (...) {
      if (!thrown_)
        thrown_ = std::current_exception();
    }
  }

  void end() const {
    if (thrown_)
      std::rethrow_exception(thrown_);
  }

private:
  std::exception_ptr thrown_;
};

} // namespace

pending_requests::pending_requests(const request_limits& limits, random_source& random)
  : limits_(limits),
    random_(&random) {}

void pending_requests::add(question what) {
  if (over_)
    return refuse(std::move(what), *over_);
  if (under_way_.size() < limits_.max_under_way)
    return send(take(what));
  if (waiting_.size() < limits_.max_waiting)
    return waiting_.push_back(std::move(what));
  refuse(std::move(what), caf::make_error(errc::too_many_requests));
}

bool pending_requests::answer(std::uint64_t id, const packet& message) {
  auto i = under_way_.find(id);
  if (i != under_way_.end() && i->second.answer_code == message.code) {
    remember(id, ending::answered); // Comes first: there may be no memory for it.
    auto asked = under_way_.extract(i);
    ++counts_.answered;
    all_done each;
    each([&] { ask_next(); });
    each([&] { asked.mapped().on_answer(message); });
    each.end();
    return true;
  }
  auto before =
    std::find_if(past_.rbegin(), past_.rend(), [=](const past& x) { return x.id == id; });
  if (before != past_.rend() && before->how == ending::expired) {
    before->how = ending::answered;
    ++counts_.late;
    return true;
  }
  ++(before != past_.rend() ? counts_.duplicate : counts_.unknown);
  return !limits_.strict;
}

void pending_requests::expire(time_point now) {
  std::vector<question> ended;
  ended.reserve(under_way_.size() + waiting_.size());
  all_done each;
  each([&] { take_due(now, ended); });
  counts_.expired += ended.size();
  for (std::size_t i = 0; i < ended.size(); ++i)
    each([&] { ask_next(); });
  const auto why = caf::make_error(errc::request_timeout);
  for (const auto& x : ended)
    each([&] { x.on_error(why); });
  each.end();
}

/// Precondition: `out` has room for all.
void pending_requests::take_due(time_point now, std::vector<question>& out) {
  for (auto i = under_way_.begin(); i != under_way_.end();) {
    auto next = std::next(i);
    if (i->second.deadline <= now) {
      remember(i->first, ending::expired);
      out.push_back(std::move(i->second));
      under_way_.erase(i);
    }
    i = next;
  }
  auto due = std::stable_partition(waiting_.begin(), waiting_.end(),
                                   [=](const question& x) { return x.deadline > now; });
  std::move(due, waiting_.end(), std::back_inserter(out));
  waiting_.erase(due, waiting_.end());
}

std::optional<pending_requests::time_point> pending_requests::next_deadline() const {
  std::optional<time_point> out;
  auto add = [&](const question& x) { out = out ? std::min(*out, x.deadline) : x.deadline; };
  for (const auto& [id, x] : under_way_)
    add(x);
  std::for_each(waiting_.begin(), waiting_.end(), add);
  return out;
}

void pending_requests::end(const caf::error& why) {
  if (over_)
    return;
  std::vector<question> ended;
  ended.reserve(under_way_.size() + waiting_.size());
  over_ = why;
  for (auto& [id, x] : std::exchange(under_way_, {}))
    ended.push_back(std::move(x));
  for (auto& x : std::exchange(waiting_, {}))
    ended.push_back(std::move(x));
  all_done each;
  for (const auto& x : ended)
    each([&] { x.on_error(why); });
  each.end();
}

/// Moves `what` to those under way, or leaves it as it is if there is no memory.
std::uint64_t pending_requests::take(question& what) {
  auto id = draw_id();
  under_way_[id] = std::move(what);
  ++counts_.asked;
  return id;
}

void pending_requests::send(std::uint64_t id) {
  auto ask = std::move(under_way_.at(id).ask);
  ask(id);
}

void pending_requests::refuse(question what, const caf::error& why) {
  if (std::exchange(refusing_, true))
    return;
  try {
    what.on_error(why);
  } catch (...) {
    refusing_ = false;
    throw;
  }
  refusing_ = false;
}

void pending_requests::ask_next() {
  if (waiting_.empty() || under_way_.size() >= limits_.max_under_way)
    return;
  auto id = take(waiting_.front());
  waiting_.pop_front();
  send(id);
}

void pending_requests::remember(std::uint64_t id, ending how) {
  if (past_.size() == memory)
    past_.pop_front();
  past_.push_back({id, how});
}

/// Ids are all of one size on the link, so that they tell nothing by it.
std::uint64_t pending_requests::draw_id() {
  constexpr auto top_bit = std::uint64_t{1} << 63;
  byte_array<sizeof(std::uint64_t)> drawn{};
  std::uint64_t out = 0;
  do {
    random_->fill(drawn);
    std::memcpy(&out, drawn.data(), sizeof out);
    out |= top_bit;
  } while (under_way_.contains(out));
  return out;
}

} // namespace devp2p
