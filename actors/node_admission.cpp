// SPDX-License-Identifier: BSL-1.0
//
// Bans, trust, limits and the verdicts of the user, at a running node.
#include "devp2p/actors/node_behavior.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/sec.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace devp2p {

namespace {

/// The time between two lines in the log that the hook does not answer.
constexpr std::chrono::minutes complaint_pause{1};
/// The shortest wait for a verdict.
constexpr settings::duration shortest_deadline = std::chrono::milliseconds{1};

caf::error error_of_ban(const ban& what) {
  auto text = to_string(what.subject);
  return caf::make_error(errc::banned,
                         what.reason.empty() ? text : std::move(text) + " (" + what.reason + ')');
}

} // namespace

// Bans.

/// Returns the error of a session with that node at that address; empty if neither is banned. The
/// id is zero as long as it is unknown.
caf::error node::ban_of(const node_id& id, const endpoint& remote) {
  if (bans_.size() == 0 || (!id.is_zero() && sessions_.is_trusted(id)))
    return {};
  const auto now = clock().now();
  auto found = bans_.find(id, now);
  if (!found)
    found = bans_.find(remote.host, now);
  return found ? error_of_ban(*found) : caf::error{};
}

/// Counts what it refuses.
caf::error node::refused_by_ban(const node_id& id, const endpoint& remote) {
  auto out = ban_of(id, remote);
  banned_ += out ? 1 : 0;
  return out;
}

caf::result<void> node::add_ban(const ban& what) {
  const auto& id = what.subject.id();
  if (!id.is_zero() && sessions_.is_trusted(id))
    return caf::make_error(errc::node_is_trusted, id.brief());
  if (auto refused = bans_.add(what, clock().now()))
    return caf::make_error(*refused);
  enforce_bans();
  return caf::unit;
}

caf::result<void> node::lift_ban(const ban_subject& what) {
  if (!bans_.remove(what, clock().now()))
    return caf::make_error(errc::no_such_ban);
  return caf::unit;
}

/// Ends all that is banned and goes on: connections that wait, dials and sessions.
void node::enforce_bans() {
  const auto before = waiting_.size();
  waiting_.drop_if([this](const endpoint& remote) { return !!refused_by_ban({}, remote); });
  counts_.turned_away += before - waiting_.size();
  std::vector<std::pair<dial_number, caf::error>> dials;
  for (const auto& [number, x] : dials_)
    if (auto banned = refused_by_ban(x.target.id, x.target.address))
      dials.emplace_back(number, std::move(banned));
  std::vector<std::pair<session_number, caf::error>> sessions;
  sessions_.for_each([&](const session& x) {
    if (auto banned = refused_by_ban(x.id, x.remote))
      sessions.emplace_back(x.number, std::move(banned));
  });
  for (const auto& [number, why] : dials)
    on_dial_failed(number, why);
  for (auto& x : sessions)
    survive([this](const caf::error& why) { on_failure(why); },
            [&] { lose_slot(x.first, std::move(x.second)); });
}

/// Ends a session. Its slot is free at once.
void node::lose_slot(session_number which, caf::error why) {
  send_to(this, supervisors_.at(which), failed_atom_v, std::move(why));
  sessions_.displace(which);
}

// Trust and limits.

caf::result<void> node::trust(const node_id& id) {
  if (id.is_zero())
    return caf::make_error(caf::sec::invalid_argument, "no node has the id zero");
  if (!sessions_.trust(id))
    return caf::make_error(errc::list_full, "too many nodes are trusted");
  std::vector<session_number> waiting;
  for (auto number : asked_)
    if (sessions_.find(number)->id == id)
      waiting.push_back(number);
  for (auto number : waiting)
    let_in(number);
  return caf::unit;
}

caf::result<void> node::untrust(const node_id& id) {
  if (!sessions_.untrust(id))
    return caf::make_error(errc::node_not_trusted, id.brief());
  enforce_bans();
  return caf::unit;
}

caf::result<node_limits> node::change_limits(const node_limits& to) {
  const auto losers = sessions_.set_limits(to);
  for (auto number : losers)
    survive([this](const caf::error& why) { on_failure(why); },
            [&] {
              send_to(this, supervisors_.at(number), failed_atom_v,
                      caf::make_error(errc::too_many_peers, "the limit was lowered"));
            });
  const auto& now = sessions_.limits();
  if (now.max_pending == 0) {
    counts_.turned_away += waiting_.size();
    waiting_.clear();
  }
  while (waiting_.size() > now.max_waiting) {
    waiting_.drop_one();
    ++counts_.turned_away;
  }
  admit_waiting();
  return node_limits{now.max_peers, now.dial_ratio, now.max_pending, now.max_waiting,
                     now.max_dialing};
}

// The user's admission.

/// Asks the user's actor about a stranger. The supervisor, which waits, has its answer then.
caf::result<void> node::ask_about(const session& who) {
  const auto number = who.number;
  auto& held = callers_.held(number);
  asked_.insert(number);
  const auto promise = held = make_response_promise();
  // A promise must be kept, whatever happens from here on.
  survive([&](const caf::error& why) { on_no_verdict(number, why); },
          [&] {
            if (questions_ >= std::max<std::size_t>(sessions_.limits().max_pending, 1))
              on_no_verdict(number, caf::make_error(errc::too_many_requests));
            else
              ask(number, {who.id, who.remote});
          });
  return promise;
}

void node::ask(session_number about, const stranger& who) {
  const auto deadline = std::min(std::max(config_->admission.deadline, shortest_deadline),
                                 config_->limits.handshake_timeout / 2);
  auto on_answer = [this, about](verdict what) {
    --questions_;
    on_verdict(about, what);
  };
  auto on_error = [this, about](const caf::error& why) {
    --questions_;
    on_no_verdict(about, why);
  };
  request_from(this, hook_, answer_within(deadline), admit_atom_v, who).then(on_answer, on_error);
  ++questions_;
}

/// Does what the setting says if there is no answer.
void node::on_no_verdict(session_number about, const caf::error& why) {
  const auto what = config_->admission.without_answer;
  // Strangers come as often as they like, but lines do not.
  if (config_->log && clock().now() >= next_complaint_) {
    next_complaint_ = clock().now() + complaint_pause;
    survive([](const caf::error&) {},
            [&] {
              config_->log->warn("admission does not answer ({}): strangers are {}", describe(why),
                                 what == verdict::admit ? "admitted" : "refused");
            });
  }
  on_verdict(about, what);
}

void node::on_verdict(session_number about, verdict what) {
  if (what == verdict::admit)
    return let_in(about);
  if (asked_.erase(about) > 0)
    survive([this](const caf::error& why) { on_failure(why); },
            [&] { deliver(callers_.take_held(about), caf::make_error(errc::not_admitted)); });
}

/// Lets a stranger go on that waits for a verdict. A session that does not wait, or is over, is
/// ignored.
void node::let_in(session_number which) {
  if (asked_.erase(which) > 0)
    deliver(callers_.take_held(which), caf::unit);
}

} // namespace devp2p
