// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/latency_probe.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace devp2p::simulator {

namespace {

/// Message codes of `echo/2`.
constexpr std::uint64_t question_code = 0;
constexpr std::uint64_t answer_code = 1;

/// The content of both.
struct numbered {
  std::uint64_t number = 0;
  blob content = {};

  friend auto inspect(auto& f, numbered& x) {
    return inspect_fields(f, {"number", "content"}, x.number, x.content);
  }
};

class latency_probe : public latency_probe_actor::base {
public:
  latency_probe(caf::actor_config& config, probe_answered answered)
    : latency_probe_actor::base(config),
      answered_(std::move(answered)) {
    // A session that has just ended refuses writes; the down handler learns of its end.
    set_error_handler([](caf::error&) {});
    set_down_handler([this](caf::down_msg& gone) {
      sessions_.erase(gone.source);
      std::erase_if(questions_, [&](const auto& x) { return x.second.asked == gone.source; });
    });
  }

  const char* name() const override { return "latency_probe"; }

  behavior_type make_behavior() override {
    return {
      [this](ask_atom, const node_id& remote, std::uint64_t number, std::uint64_t size) {
        ask(remote, number, size);
      },
      [this](const handler_actor& handler, channel& link) {
        monitor(handler);
        sessions_.emplace(handler.address(), std::move(link));
      },
      [this](const handler_actor& from, std::uint64_t number) {
        auto found = questions_.find(number);
        if (found == questions_.end() || from.address() != found->second.asked)
          return;
        auto question = std::move(found->second);
        questions_.erase(found);
        answered_(question.number, clock().now() - question.when);
      },
    };
  }

  void on_exit() override { sessions_.clear(); }

private:
  struct question {
    caf::actor_addr asked;
    /// The user's number for the question.
    std::uint64_t number;
    caf::actor_clock::time_point when;
  };

  void ask(const node_id& remote, std::uint64_t number, std::uint64_t size) {
    auto found = std::find_if(sessions_.begin(), sessions_.end(),
                              [&](const auto& x) { return x.second.remote.id == remote; });
    if (found == sessions_.end() || questions_.size() == max_probe_questions)
      return;
    questions_.emplace(next_, question{found->first, number, clock().now()});
    found->second.send(this, {question_code, rlp::encode(numbered{next_++, blob{bytes(size)}})});
  }

  probe_answered answered_;
  /// The sessions, by the address of their handler.
  std::map<caf::actor_addr, channel> sessions_;
  std::map<std::uint64_t, question> questions_;
  std::uint64_t next_ = 0;
};

handler_actor::behavior_type handle(handler_actor::pointer self, const channel& link,
                                    const latency_probe_actor& node) {
  anon_send_to(node, handler_actor{self}, link);
  return {[=](const packet& message) {
    // No limit is needed here. An echoed payload counts in its read window until it is written, and
    // while that window is full no more is read.
    if (message.code == question_code)
      link.send(self, {answer_code, message.payload});
    else if (auto answer = rlp::decode<numbered>(message.payload))
      anon_send_to(node, handler_actor{self}, answer->number);
    else
      self->quit(caf::make_error(answer.error().code));
  }};
}

} // namespace

latency_probe_actor spawn_latency_probe(caf::actor_system& system, probe_answered answered) {
  return caf::actor_cast<latency_probe_actor>(system.spawn<latency_probe>(std::move(answered)));
}

protocol echo_protocol(const latency_probe_actor& node) {
  return {.name = "echo", .version = 2, .length = 2, .spawn = handled_by(handle, node)};
}

} // namespace devp2p::simulator
