// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/typed/session_requests.hpp"

#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/actors/thrown.hpp"
#include "devp2p/net/rlp/decoder.hpp"

#include <caf/actor.hpp>

#include <stdexcept>

namespace devp2p::detail {

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
  pending().add({what.answer_code, clock_->now() + what.timeout, std::move(ask),
                 std::move(what.on_answer), std::move(what.on_error)});
  watch();
}

void session_requests::post(const std::shared_ptr<session_requests>& all, question what) {
  auto handler = caf::actor_cast<caf::strong_actor_ptr>(all->handler_);
  auto shared = std::make_shared<question>(std::move(what));
  auto on_lost = [shared] {
    survive([](const caf::error&) {},
            [&] { shared->on_error(caf::make_error(errc::session_closed)); });
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
  next_look_.reset();
  pending().expire(clock_->now());
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
  if (!first || (next_look_ && *next_look_ <= *first))
    return;
  next_look_ = first;
  // The handler has its turns as long as the requests are there.
  does_->wake(self_, *first - clock_->now(), turn{[this] { look(); }, nullptr});
}

} // namespace devp2p::detail
