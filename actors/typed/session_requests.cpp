// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/typed/session_requests.hpp"

#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/actors/thrown.hpp"
#include "devp2p/net/rlp/decoder.hpp"

#include <caf/actor.hpp>

#include <algorithm>
#include <stdexcept>

namespace devp2p::detail {

namespace {

using time_point = pending_requests::time_point;

/// No deadline at all. To add to a time may overflow.
constexpr auto never = time_point::max();

time_point deadline_of(time_point now, caf::timespan timeout) {
  return timeout < never - now ? now + timeout : never;
}

} // namespace

caf::error malformed(std::uint64_t code, const std::string& why) {
  return caf::make_error(errc::malformed_message, "code " + std::to_string(code) + ": " + why);
}

void refuse_version(const capability& protocol) {
  throw std::logic_error{to_string(protocol) + " does not have this message"};
}

void session_requests::add(question what) {
  auto ask = [this, encode = std::move(what.encode)](std::uint64_t id) {
    does_->send(self_, link_, encode(id));
  };
  pending().add({what.answer_code, deadline_of(clock_->now(), what.timeout), std::move(ask),
                 std::move(what.on_answer), std::move(what.on_error)});
  watch();
}

void session_requests::post(const std::shared_ptr<session_requests>& all, question what) {
  auto handler = caf::actor_cast<caf::strong_actor_ptr>(all->handler_);
  auto shared = std::make_shared<question>(std::move(what));
  auto on_lost = [shared] {
    // Whoever asks again at once gets no further; it would go on for ever.
    constexpr int most = 16;
    static thread_local int depth = 0;
    if (depth == most)
      return;
    ++depth;
    survive([](const caf::error&) {},
            [&] { shared->on_error(caf::make_error(errc::session_closed)); });
    --depth;
  };
  turn work{[all, shared] { all->add(std::move(*shared)); }, std::move(on_lost)};
  if (handler)
    anon_send_to(caf::actor_cast<caf::actor>(handler), std::move(work));
}

std::optional<std::string> session_requests::take_answer(const packet& in) {
  rlp::decoder whole{in.payload.view()};
  auto fields = whole.list();
  auto id = fields.integer();
  if (whole.error())
    return "it does not begin with the id of a request";
  if (!pending().answer(id, in))
    return "it answers no request";
  return std::nullopt;
}

void session_requests::look() {
  const auto now = clock_->now();
  looks_.erase(looks_.begin(), std::upper_bound(looks_.begin(), looks_.end(), now));
  pending().expire(now);
  watch();
}

pending_requests& session_requests::pending() {
  if (!pending_) {
    pending_ =
      std::make_unique<pending_requests>(request_limits{}, *or_system_random(link_.random));
    if (is_over_)
      end();
  }
  return *pending_;
}

void session_requests::end() {
  is_over_ = true;
  if (pending_)
    pending_->end(caf::make_error(errc::session_closed));
}

void session_requests::watch() {
  auto first = pending().next_deadline();
  if (!first || *first == never || (!looks_.empty() && looks_.front() <= *first))
    return;
  looks_.insert(looks_.begin(), *first);
  // The handler has its turns as long as the requests are there.
  does_->wake(self_, *first - clock_->now(), turn{[this] { look(); }, nullptr});
}

} // namespace devp2p::detail
