// SPDX-License-Identifier: BSL-1.0
#include "raft/replica.hpp"

#include <caf/all.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace devp2p::raft {

namespace {

struct replica_class : replica_actor::base {
  replica_class(caf::actor_config& config, std::shared_ptr<raft_state> state, cluster others,
                members<raft_protocol> peers, caf::timespan timeout,
                std::function<void(const notice&)> on_notice)
    : replica_actor::base(config),
      state(std::move(state)),
      others(std::move(others)),
      peers(std::move(peers)),
      timeout(timeout),
      on_notice(std::move(on_notice)) {}

  behavior_type make_behavior() override {
    perform();
    return {
      [this](const asked_to_append& x) {
        x.answer.deliver(state->take_append(x.from, x.question, now()));
        perform();
      },
      [this](const asked_to_vote& x) {
        x.answer.deliver(state->take_vote(x.from, x.question, now()));
        perform();
      },
      [this](const append_answered& x) { take(x); },
      [this](const vote_answered& x) { take(x); },
      [this](write_atom, std::string& command) {
        state->propose(std::move(command), now());
        perform();
      },
      [this](info_atom, std::uint64_t number) {
        state->read(number, now());
        perform();
      },
      [this](tick_atom, std::uint64_t number) {
        if (number != ticks)
          return; // An earlier one has taken its place.
        // Whatever the clock shows: it may have been set back since.
        alarm.reset();
        state->tick(now());
        perform();
      },
    };
  }

  [[nodiscard]] time_point now() { return home_system().clock().now(); }

  template <class Question, class Answer>
  void take(const answered<Question, Answer>& x) {
    state->take_answer(x.from, x.question, x.answer, now());
    perform();
  }

  void perform() {
    auto what = state->take();
    for (const auto& x : what.notices)
      on_notice(x);
    for (auto& [to, message] : what.messages)
      std::visit([this, to = to](auto& x) { ask(to, std::move(x)); }, message);
    wake();
  }

  // An answer that does not come is not missed: the state asks again.
  void ask(node_index to, append_entries x) { ask_for<append_answer>(to, std::move(x)); }
  void ask(node_index to, request_vote x) { ask_for<vote_answer>(to, x); }

  template <class Answer, class Question>
  void ask_for(node_index to, Question what) {
    auto id = others.find(to);
    auto link = id != others.end() ? peers.find(id->second) : std::nullopt;
    if (link)
      link->request(timeout, what)
        .then(
          [to, what, self = replica_actor{this}](const Answer& x) {
            anon_send_to(self, answered<Question, Answer>{to, what, x});
          },
          [](const caf::error&) {});
  }

  /// Sees to it that a tick comes when the state is due.
  void wake() {
    const auto due = state->deadline();
    if (alarm && *alarm <= due)
      return;
    alarm = due;
    send_later_to(this, due - now(), replica_actor{this}, tick_atom_v, ++ticks);
  }

  void on_exit() override { peers = {}; }

  std::shared_ptr<raft_state> state;
  cluster others;
  members<raft_protocol> peers;
  caf::timespan timeout;
  std::function<void(const notice&)> on_notice;
  /// The time of the next tick that is under way.
  std::optional<time_point> alarm = {};
  /// The number of the tick that is on its way.
  std::uint64_t ticks = 0;
};

/// Serves one session.
raft_protocol::behavior serve(raft_protocol::handler_pointer self,
                              const raft_protocol::channel& link, const replica& ours) {
  const auto found = ours.numbers.find(link.remote());
  const auto from = found != ours.numbers.end() ? std::optional{found->second} : std::nullopt;
  if (from)
    ours.peers.join(self, link);
  // The questions of a stranger remain without an answer.
  return {
    [=, to = ours.actor](const append_entries& x, pending_answer<append_answer> answer) {
      if (from)
        anon_send_to(to, asked_to_append{*from, x, std::move(answer)});
    },
    [=, to = ours.actor](const request_vote& x, pending_answer<vote_answer> answer) {
      if (from)
        anon_send_to(to, asked_to_vote{*from, x, std::move(answer)});
    },
  };
}

} // namespace

replica spawn_replica(caf::actor_system& system, const raft_config& config, durable& kept,
                      const cluster& others, std::function<void(const notice&)> on_notice) {
  auto state = std::make_shared<raft_state>(config, kept, system.clock().now());
  replica out{{}, state, {}, {}};
  for (const auto& [number, id] : others)
    out.numbers.emplace(id, number);
  auto spawned =
    system.spawn<replica_class>(state, others, out.peers, config.election, std::move(on_notice));
  out.actor = caf::actor_cast<replica_actor>(spawned);
  return out;
}

std::vector<protocol> protocols(const replica& ours) {
  return raft_protocol::handled_by(serve, ours);
}

} // namespace devp2p::raft
