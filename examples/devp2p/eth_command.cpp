// SPDX-License-Identifier: BSL-1.0
#include "eth_command.hpp"

#include "eth/session.hpp"
#include "eth_lines.hpp"
#include "key_file.hpp"
#include "runtime.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/progress_bar.hpp"
#include "devp2p/simulator/program/status_line.hpp"
#include "devp2p/simulator/program/stop_watch.hpp"

#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <cstdint>
#include <future>
#include <memory>
#include <utility>
#include <variant>

namespace devp2p::tool {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// The time between two looks for a signal.
constexpr auto slice = 50ms;
/// The time that the reason for the end of a session may take to come, when all else has told of
/// the end.
constexpr auto end_patience = 2s;

/// News of a session, from its actors to the thread of the command.
struct session_news {
  std::promise<eth::session_ready> ready;
  std::promise<session_end> ended;
};

using listener_actor = subscriber_actor::extend<
  // From the session's handler: both ends have told their status.
  reacts_to<eth::session_ready>>;

/// Passes on what it hears of the first session.
listener_actor::behavior_type listener(listener_actor::pointer self,
                                       const std::shared_ptr<session_news>& out) {
  return {
    [](const peer_added&) {},
    [=](const peer_dropped& x) {
      out->ended.set_value(x.end);
      self->quit();
    },
    [](const session_failed&) {}, // The dial's error says it.
    [](const message_event&) {},
    [=](const eth::session_ready& x) { out->ready.set_value(x); },
  };
}

std::string text_of(const session_end& end) {
  return end.remote_requested ? "the node ended the session: " + to_string(end.reason) : end.error;
}

/// One look at a remote's chain.
class visit {
public:
  visit(const eth_options& options, const crypto::private_key& key)
    : options_(options),
      heard_(std::make_shared<session_news>()),
      listener_(world_.system.spawn(listener, heard_)),
      node_(spawn_node(world_.system, world_.network, configuration(key))) {
    anon_send_to(node_, subscribe_atom_v, subscriber_actor{listener_});
  }

  int run() {
    auto peer = ask<peer_info>(node_, dial_atom_v, options_.remote);
    if (!peer)
      return fail(dial_failure(peer.error()));
    auto ready = heard_->ready.get_future();
    if (!wait_for(ready))
      return fail(why_silent());
    const auto session = ready.get();
    auto head = head_of(session);
    if (!head)
      return fail(why_unanswered(head.error()));
    const auto* newest = head->empty() ? nullptr : &head->front();
    const auto shown = print(status_lines(options_.output, *peer, session.status, newest), stop_);
    if (shown != succeeded || !options_.headers)
      return shown;
    known_blocks known{session.status.genesis};
    if (newest)
      known.head = *newest;
    return show_headers(session.handler, header_walk{*options_.headers, std::move(known)});
  }

private:
  node_config configuration(const crypto::private_key& key) const {
    settings limits;
    limits.dial_timeout = options_.timeout;
    limits.handshake_timeout = options_.timeout;
    eth::host visitor;
    visitor.subscriber = listener_;
    visitor.status_timeout = options_.timeout;
    visitor.request_timeout = options_.timeout;
    return {.key = key, .protocols = eth::protocols(visitor), .limits = limits};
  }

  int show_headers(const eth::session_actor& session, header_walk walk) {
    status_line line;
    const auto begin = clock::now();
    while (auto query = walk.next()) {
      line.show(progress_of(walk, begin));
      const auto asked = clock::now();
      auto answer = ask<eth::sealed_headers>(session, eth::wanted_headers{*query});
      line.show("");
      if (!answer)
        return fail(why_unanswered(answer.error()) + after(walk));
      if (auto why = walk.take(*answer, clock::now() - asked))
        return fail(*why);
      if (auto status = print(lines_of(*answer), stop_); status != succeeded)
        return status;
    }
    return print(verified_line(options_.output, *options_.headers), stop_);
  }

  [[nodiscard]] std::string lines_of(const eth::sealed_headers& all) const {
    std::string out;
    for (const auto& one : all)
      out += header_line(options_.output, one);
    return out;
  }

  static std::string progress_of(const header_walk& walk, clock::time_point begin) {
    const std::chrono::duration<double> elapsed = clock::now() - begin;
    const auto rate = static_cast<double>(walk.taken()) / std::max(elapsed.count(), 1e-3);
    const auto done = static_cast<double>(walk.taken()) / static_cast<double>(walk.count());
    return progress_bar(done) + ' ' + std::to_string(walk.taken()) + " of " +
           std::to_string(walk.count()) + " headers, " +
           std::to_string(static_cast<std::uint64_t>(rate)) + " a second";
  }

  static std::string after(const header_walk& walk) {
    return ", after " + std::to_string(walk.taken()) + " of " + std::to_string(walk.count()) +
           " headers";
  }

  using headers_or_error = expected<eth::sealed_headers, caf::error>;

  /// Returns the newest header, or none if the remote does not give it.
  headers_or_error head_of(const eth::session_ready& session) {
    return ask<eth::sealed_headers>(
      session.handler,
      eth::wanted_headers{{.origin = session.status.blocks.latest_hash, .limit = 1}});
  }

  /// Returns true iff `what` has come. Otherwise a signal has, or the end of the session.
  template <class T>
  bool wait_for(const std::future<T>& what) {
    while (what.wait_for(slice) != std::future_status::ready)
      if (stop_.stopped() || has_ended())
        return what.wait_for(0s) == std::future_status::ready;
    return true;
  }

  [[nodiscard]] bool has_ended() const { return ended_.wait_for(0s) == std::future_status::ready; }

  /// Returns the answer of an actor, or its error; no error if a signal has come or the session has
  /// ended.
  template <class T, class Handle, class... Ts>
  expected<T, caf::error> ask(const Handle& whom, Ts... what) {
    using result = expected<T, caf::error>;
    auto told = std::make_shared<std::promise<result>>();
    world_.system.spawn([=](caf::event_based_actor* self) {
      request_from(self, whom, caf::infinite, what...)
        .then([=](T& x) { told->set_value(std::move(x)); },
              [=](caf::error& why) { told->set_value(std::move(why)); });
    });
    auto answer = told->get_future();
    return wait_for(answer) ? answer.get() : result{caf::error{}};
  }

  [[nodiscard]] std::string dial_failure(const caf::error& why) const {
    if (stop_.stopped())
      return "stopped before there was a session";
    if (why == errc::no_shared_capability)
      return "the node speaks none of the protocols eth/66 to eth/69";
    return why ? describe(why) : end_text();
  }

  [[nodiscard]] std::string why_silent() const {
    return stop_.stopped() ? "stopped before the node had told its status" : end_text();
  }

  /// Returns why there is no answer. The end of a session explains more than the error of what
  /// waits for an answer.
  [[nodiscard]] std::string why_unanswered(const caf::error& why) const {
    if (stop_.stopped())
      return "stopped";
    if (why == errc::request_timeout)
      return "the node has not answered in time";
    if (why == errc::local_disconnect)
      return describe(why);
    return end_text();
  }

  [[nodiscard]] std::string end_text() const {
    return ended_.wait_for(end_patience) == std::future_status::ready ? text_of(ended_.get())
                                                                      : "the session has ended";
  }

  const eth_options& options_;
  // Before there are threads: each inherits the signals that it blocks.
  stop_watch stop_;
  runtime world_;
  std::shared_ptr<session_news> heard_;
  std::shared_future<session_end> ended_ = heard_->ended.get_future().share();
  listener_actor listener_;
  const ended_with_scope listener_end_{listener_};
  node_actor node_;
  // Tells the remote `client_quitting`.
  const ended_with_scope node_end_{node_};
};

} // namespace

int run_eth(const eth_options& options) {
  auto key = key_for(options.key_file);
  if (auto* why = std::get_if<key_failure>(&key))
    return fail(*why);
  return visit{options, std::get<crypto::private_key>(key)}.run();
}

} // namespace devp2p::tool
