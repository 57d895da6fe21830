// SPDX-License-Identifier: BSL-1.0
#include "live_node.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/reason_for.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>

namespace devp2p::test {

namespace {

/// The limit of every wait, much longer than any operation takes, even on a busy machine.
constexpr auto answer_timeout = std::chrono::seconds{10};

using event = std::variant<peer_added, ending, delivery>;

struct in_words {
  std::string operator()(const peer_added& x) const { return "added " + x.peer.id.brief(); }
  std::string operator()(const ending& x) const {
    return (x.ran ? "dropped " : "failed ") + x.id.brief() + ": " + to_string(x.reason) + ", " +
           x.error;
  }
  std::string operator()(const delivery& x) const {
    return "received " + to_string(x.protocol) + " message " + std::to_string(x.code) + " of " +
           std::to_string(x.payload.size()) + " bytes";
  }
};

/// The events of a node's actors, kept for a test that waits on its own thread.
class chronicle {
public:
  void add(event what) {
    std::lock_guard guard{mutex_};
    events_.push_back(std::move(what));
    changed_.notify_all();
  }

  void add(const channel& link) {
    std::lock_guard guard{mutex_};
    links_[link.protocol.name] = link;
    changed_.notify_all();
  }

  template <class T>
  T take() {
    std::unique_lock guard{mutex_};
    auto found = events_.end();
    auto is_there = [&] {
      found = std::find_if(events_.begin(), events_.end(),
                           [](const event& x) { return std::holds_alternative<T>(x); });
      return found != events_.end();
    };
    if (!changed_.wait_for(guard, answer_timeout, is_there))
      give_up();
    auto out = std::get<T>(std::move(*found));
    events_.erase(found);
    return out;
  }

  /// Returns the channel to write messages of that protocol. Waits if there is none yet.
  channel link(const std::string& protocol) {
    std::unique_lock guard{mutex_};
    if (!changed_.wait_for(guard, answer_timeout, [&] { return links_.contains(protocol); }))
      give_up();
    return links_[protocol];
  }

  /// Drops the channels of an ended session.
  void forget_links(const node_id& remote) {
    std::lock_guard guard{mutex_};
    std::erase_if(links_, [&](const auto& x) { return x.second.remote.id == remote; });
  }

  void forget_links() {
    std::lock_guard guard{mutex_};
    links_.clear();
  }

private:
  [[noreturn]] void give_up() const {
    std::string text = "our node did not tell what was waited for; it has told:";
    for (const auto& x : events_)
      text += "\n  " + std::visit(in_words{}, x);
    throw std::runtime_error{text};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<event> events_;
  /// The newest channel of each protocol.
  std::map<std::string, channel> links_;
};

template <class Event>
ending to_ending(const Event& x, bool ran) {
  const auto& end = x.end;
  return {ran, x.id, x.inbound, end.reason, end.remote_requested, end.sent, end.error};
}

subscriber_actor::behavior_type chronicler(subscriber_actor::pointer, chronicle* out) {
  return {
    [=](const peer_added& x) { out->add(x); },
    [=](const peer_dropped& x) { out->add(to_ending(x, true)); },
    [=](const session_failed& x) { out->add(to_ending(x, false)); },
    [](const message_event&) {},
  };
}

handler_actor::behavior_type handler(handler_actor::pointer self, const channel& link,
                                     chronicle* out, habit what) {
  if (what == habit::greets)
    link.send(self, {0, blob{as_bytes("greeting")}});
  return {[=](const packet& x) {
    auto payload = x.payload.view();
    out->add(delivery{link.protocol, x.code, {payload.begin(), payload.end()}});
    if (what == habit::returns)
      self->quit();
    if (what == habit::throws)
      throw std::runtime_error{"a handler's mistake"};
    if (what == habit::says_goodbye)
      self->quit(local_disconnect(disconnect_reason::too_many_peers));
  }};
}

std::vector<protocol> to_protocols(const std::vector<offer>& offers, chronicle* out) {
  std::vector<protocol> all;
  for (const auto& x : offers) {
    auto spawn = [out, what = x.handler](caf::actor_system& system, const channel& link) {
      out->add(link);
      return handler_actor{system.spawn(handler, link, out, what)};
    };
    all.push_back({x.name.name, x.name.version, x.length, x.max_message_size, spawn, {}, {}});
  }
  return all;
}

caf::actor_system_config& prepare(caf::actor_system_config& config) {
  add_types(config);
  prefer_low_latency(config);
  return config;
}

/// Returns `why` as an `errc`. Throws `std::runtime_error` for an error of another category.
errc to_errc(const caf::error& why) {
  if (auto code = errc_of(why))
    return *code;
  throw std::runtime_error{"our node answered: " + describe(why)};
}

} // namespace

/// The order of the members matters: each uses those above it.
class live_node::running {
public:
  running(const std::vector<offer>& offers, const settings& limits, const crypto::private_key& key)
    : node_(spawn_node(system_, network_,
                       {key, nullptr, to_protocols(offers, &events), limits, {}, nullptr})) {
    anon_send_to(node_, subscribe_atom_v, system_.spawn(chronicler, &events));
    url = value(ask<enode>(listen_atom_v, endpoint{"127.0.0.1", 0}));
  }

  ~running() {
    try {
      stop();
    } catch (const std::exception& e) {
      // Otherwise the actor system would wait for ever.
      std::cerr << e.what() << std::endl;
      std::_Exit(EXIT_FAILURE);
    }
  }

  /// Sends a request to the node.
  template <class T, class... Args>
  expected<T> ask(Args&&... args) {
    return ask_actor<T>(node_, std::forward<Args>(args)...);
  }

  void close(const node_id& whom, disconnect_reason reason) {
    if (auto why = tell(node_, close_atom_v, whom, reason))
      throw std::runtime_error{"cannot close: " + std::string{to_string(*why)}};
  }

  std::optional<errc> send(const std::string& protocol, packet message) {
    auto link = events.link(protocol);
    return tell(link.writer, write_atom_v, link.place, std::move(message));
  }

  void stop() {
    if (!node_)
      return;
    {
      caf::scoped_actor self{system_, true};
      self->monitor(node_);
      caf::anon_send_exit(node_, caf::exit_reason::user_shutdown);
      node_ = nullptr;
      self->receive([](const caf::down_msg&) {},
                    caf::after(answer_timeout) >>
                      [] { throw std::runtime_error{"our node lives on"}; });
    }
    // Channels would outlive the actor system.
    events.forget_links();
    await_silence();
  }

  chronicle events;
  enode url;

private:
  /// Waits for the last actors, which may still be ending when the node has ended.
  void await_silence() {
    auto deadline = std::chrono::steady_clock::now() + answer_timeout;
    while (system_.registry().running() > 0) {
      if (std::chrono::steady_clock::now() >= deadline)
        throw std::runtime_error{"an actor of our node lives on"};
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }

  template <class T, class Handle, class... Args>
  expected<T> ask_actor(const Handle& whom, Args&&... args) {
    caf::scoped_actor self{system_, true};
    expected<T> out = errc::no_such_peer;
    request_from(self, whom, answer_timeout, std::forward<Args>(args)...)
      .receive([&](T& x) { out = std::move(x); },
               [&](const caf::error& why) { out = to_errc(why); });
    return out;
  }

  /// Like `ask_actor`, for requests that are answered without a value.
  template <class Handle, class... Args>
  std::optional<errc> tell(const Handle& whom, Args&&... args) {
    caf::scoped_actor self{system_, true};
    std::optional<errc> out;
    request_from(self, whom, answer_timeout, std::forward<Args>(args)...)
      .receive([] {}, [&](const caf::error& why) { out = to_errc(why); });
    return out;
  }

  template <class T>
  static T value(expected<T> x) {
    if (!x)
      throw std::runtime_error{"our node answered: " + std::string{to_string(x.error())}};
    return std::move(*x);
  }

  net::asio_network network_;
  caf::actor_system_config config_;
  caf::actor_system system_{prepare(config_)};
  node_actor node_;
};

crypto::private_key fresh_key() {
  return crypto::private_key::generate();
}

live_node::live_node(std::vector<offer> offers, const settings& limits,
                     const crypto::private_key& key)
  : running_(std::make_unique<running>(offers, limits, key)) {}

live_node::~live_node() = default;

const enode& live_node::url() const {
  return running_->url;
}

expected<peer_info> live_node::dial(const enode& whom) {
  return running_->ask<peer_info>(dial_atom_v, whom);
}

void live_node::close(const node_id& whom, disconnect_reason reason) {
  running_->close(whom, reason);
}

std::optional<errc> live_node::send(const std::string& protocol, std::uint64_t code,
                                    byte_view payload) {
  return running_->send(protocol, {code, blob{payload}});
}

void live_node::stop() {
  running_->stop();
}

std::vector<peer_info> live_node::peers() {
  auto out = running_->ask<std::vector<peer_info>>(peers_atom_v);
  if (!out)
    throw std::runtime_error{"our node answered: " + std::string{to_string(out.error())}};
  return *out;
}

peer_info live_node::next_added() {
  return running_->events.take<peer_added>().peer;
}

ending live_node::next_ending() {
  auto out = running_->events.take<ending>();
  if (out.ran)
    running_->events.forget_links(out.id);
  return out;
}

delivery live_node::next_delivery() {
  return running_->events.take<delivery>();
}

} // namespace devp2p::test
