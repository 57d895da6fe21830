// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/rendezvous.hpp"

#include "devp2p/actors/listeners.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/punching/rendezvous_guest.hpp"
#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/traversal.hpp"
#include "devp2p/nat/fair_pool.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace devp2p {

namespace {

constexpr std::chrono::seconds sweep_interval{1};

nat::rendezvous_address place(std::size_t which) {
  return which == 0 ? nat::rendezvous_address::first : nat::rendezvous_address::second;
}

/// Passes messages that come by UDP, and by TCP through guests, to `nat::rendezvous_server`, and
/// sends its answers.
class rendezvous : public pinned<rendezvous_self_actor::base> {
public:
  static constexpr std::chrono::seconds accept_retry{1};
  static constexpr int max_port_tries = 10;
  /// The minimum stay of an address's only guest. Otherwise a remote that connects often would
  /// throw it out.
  static constexpr std::chrono::seconds least_stay{10};

  rendezvous(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
             const rendezvous_config& setup);

  const char* name() const override { return "rendezvous"; }
  behavior_type make_behavior() override;
  void on_exit() override;
  resume_result resume(execution_unit* unit, std::size_t max_throughput) override;

private:
  /// One port, for UDP and TCP.
  struct door {
    std::unique_ptr<net::datagram_socket> socket;
    std::unique_ptr<net::listener> listener;
  };

  struct guest {
    rendezvous_guest_actor handle;
    nat::source from;
    nat::rendezvous_server::time_point since;
  };

  caf::result<endpoint, endpoint> listen(const endpoint& first, const endpoint& second);
  expected<door> open(const endpoint& at);
  void sweep_later();
  std::optional<nat::punch_datagram> answer_from(std::size_t which, const endpoint& source,
                                                 byte_view content, bool proven);
  void on_datagram(std::size_t which, const endpoint& from, byte_view content);
  void accept(std::size_t which);
  void accept_again();
  void on_accepted(std::size_t which, shared_streams streams);
  void welcome(std::size_t which, shared_stream stream);
  void on_accept_failed(std::size_t which);
  bool make_room(const nat::source& from);
  void forget(const caf::actor_addr& gone);
  void on_question(const rendezvous_guest_actor& from, std::size_t which, const endpoint& source,
                   const blob& content);
  nat::rendezvous_server::time_point now() { return clock().now(); }

  system_end system_end_;
  net::network& network_;
  const std::size_t max_guests_;
  const std::size_t max_guests_per_address_;
  nat::rendezvous_server middle_;
  /// True while a `tick_atom` is on its way, to remove meetings that are over.
  bool sweeping_ = false;
  /// The sockets by UDP; those by TCP at the same places are in `listeners_`.
  std::array<std::unique_ptr<net::datagram_socket>, 2> sockets_;
  listeners listeners_;
  std::map<caf::actor_addr, guest> guests_;
  nat::fair_pool<caf::actor_addr> places_;
  loop_units units_;
};

rendezvous::rendezvous(caf::actor_config& config, std::shared_ptr<loop_unit> unit,
                       net::network& network, const rendezvous_config& setup)
  : pinned(config, unit),
    network_(network),
    max_guests_(setup.max_guests),
    max_guests_per_address_(setup.max_guests_per_address),
    middle_(*setup.random, setup.limits),
    units_(std::move(unit)) {}

rendezvous::behavior_type rendezvous::make_behavior() {
  stay_alive();
  set_exit_handler([this](const caf::exit_msg&) { quit(caf::exit_reason::user_shutdown); });
  set_error_handler([](const caf::error&) {});
  system_end_.watch(this);
  set_down_handler([this](const caf::down_msg& down) {
    if (system_end_.is(down.source))
      return quit(caf::exit_reason::kill);
    forget(down.source);
  });
  return surviving<behavior_type>(
    this, [](auto&, const caf::error&) {},
    [this](listen_atom, const endpoint& first, const endpoint& second) {
      return listen(first, second);
    },
    [this](tick_atom) {
      sweeping_ = false;
      middle_.on_time(now());
      sweep_later();
    },
    [this](info_atom) {
      middle_.on_time(now());
      return middle_.meetings();
    },
    [this](accept_atom, std::size_t which, shared_streams& streams) {
      on_accepted(which, std::move(streams));
    },
    [this](accept_atom, std::size_t which, const caf::error&) {
      listeners_.end_call(which);
      on_accept_failed(which);
    },
    [this](accept_atom, std::size_t which) {
      listeners_.end_pause(which);
      accept(which);
    },
    [this](ask_atom, const rendezvous_guest_actor& from, std::size_t which, const endpoint& source,
           const blob& content) {
      if (listeners_.has(which) && from)
        on_question(from, which, source, content);
    });
}

/// Asks listeners again that could not be asked for want of memory: until asked, a listener accepts
/// no connection.
caf::resumable::resume_result rendezvous::resume(execution_unit* unit, std::size_t max_throughput) {
  auto result = pinned::resume(unit, max_throughput);
  survive([&](const caf::error&) { result = once_more(result); }, [this] { accept_again(); });
  return result;
}

void rendezvous::on_exit() {
  for (auto& [address, x] : guests_)
    caf::anon_send_exit(x.handle, caf::exit_reason::user_shutdown);
  guests_.clear();
  places_ = {};
  system_end_.forget();
  sockets_ = {};
  listeners_.clear();
}

caf::result<endpoint, endpoint> rendezvous::listen(const endpoint& first, const endpoint& second) {
  if (sockets_[0])
    return caf::make_error(errc::address_in_use, "this rendezvous listens already");
  auto one = open(first);
  if (!one)
    return caf::make_error(one.error(), to_string(first));
  auto two = open(second);
  if (!two)
    return caf::make_error(two.error(), to_string(second));
  listeners opened;
  opened.add(std::move(one->listener));
  opened.add(std::move(two->listener));
  listeners_ = std::move(opened);
  sockets_ = {std::move(one->socket), std::move(two->socket)};
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    sockets_[i]->receive(
      [this, i](const endpoint& from, byte_view content) { on_datagram(i, from, content); });
    accept(i);
  }
  return {sockets_[0]->local(), sockets_[1]->local()};
}

/// Binds the same port for UDP and TCP.
expected<rendezvous::door> rendezvous::open(const endpoint& at) {
  // A port that the system chooses because it is free for UDP may be taken for TCP.
  for (auto tries = at.port == 0 ? max_port_tries : 1;; --tries) {
    auto socket = network_.bind(at);
    if (!socket)
      return socket.error();
    auto listener = network_.listen((*socket)->local());
    if (listener)
      return door{std::move(*socket), std::move(*listener)};
    if (tries == 1)
      return listener.error();
  }
}

/// Returns the answer to a message, if there is one. Returns `nullopt`, too, if the random source
/// throws or memory is short: the question then gets no answer.
std::optional<nat::punch_datagram>
rendezvous::answer_from(std::size_t which, const endpoint& source, byte_view content, bool proven) {
  try {
    return middle_.on_datagram(place(which), source, content, now(), proven);
  } catch (...) {
    return std::nullopt;
  }
}

void rendezvous::on_datagram(std::size_t which, const endpoint& from, byte_view content) {
  if (auto answer = answer_from(which, from, content, false))
    sockets_[which]->send(from, *answer);
  sweep_later();
}

/// Sets a timer that removes old meetings, because without further messages none would be removed.
void rendezvous::sweep_later() {
  if (middle_.meetings() == 0 || sweeping_)
    return;
  send_later(sweep_interval, tick_atom_v);
  sweeping_ = true;
}

void rendezvous::accept(std::size_t which) {
  listeners_.accept(rendezvous_self_actor{this}, which,
                    [&](const caf::error&) { on_accept_failed(which); });
}

/// Asks the listeners again that could not be asked for want of memory.
void rendezvous::accept_again() {
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    accept(i);
}

void rendezvous::on_accept_failed(std::size_t which) {
  if (!listeners_.has(which))
    return;
  send_later(accept_retry, accept_atom_v, which);
  listeners_.pause(which);
}

void rendezvous::on_accepted(std::size_t which, shared_streams streams) {
  if (!listeners_.has(which) || !are_connected(streams))
    return;
  listeners_.end_call(which);
  accept(which); // Always, whatever becomes of these connections.
  for (auto& x : streams)
    survive([](const caf::error&) {}, [&] { welcome(which, std::move(x)); });
}

void rendezvous::welcome(std::size_t which, shared_stream stream) {
  auto from = nat::to_source(stream->remote().host);
  if (places_.count(from) >= max_guests_per_address_ || !make_room(from))
    return;
  auto unit = units_.of(stream->loop(), home_system());
  auto handle = spawn<rendezvous_guest, caf::monitored>(std::move(unit), std::move(stream), which,
                                                        rendezvous_self_actor{this});
  try {
    guests_.emplace(handle.address(), guest{handle, from, now()});
    places_.add(handle.address(), from);
  } catch (...) {
    caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
    forget(handle.address());
    throw;
  }
}

/// Makes room for a guest from `from`; returns false if there is none. If all places are taken, the
/// source that has most gives up its oldest guest for a source that has fewer. So no source shuts
/// others out by staying.
bool rendezvous::make_room(const nat::source& from) {
  if (places_.size() < max_guests_)
    return true;
  auto loser = places_.oldest_of_richer(from, 1);
  if (!loser)
    return false;
  const auto& losing = guests_.at(*loser);
  if (places_.count(losing.from) == 1 && now() - losing.since < least_stay)
    return false;
  caf::anon_send_exit(losing.handle, caf::exit_reason::user_shutdown);
  forget(*loser);
  return true;
}

void rendezvous::forget(const caf::actor_addr& gone) {
  guests_.erase(gone);
  places_.remove(gone);
}

void rendezvous::on_question(const rendezvous_guest_actor& from, std::size_t which,
                             const endpoint& source, const blob& content) {
  auto answer = answer_from(which, source, content.view(), true);
  anon_send_to(from, answer ? blob{bytes{answer->begin(), answer->end()}} : blob{});
  sweep_later();
}

} // namespace

rendezvous_actor spawn_rendezvous(caf::actor_system& system, net::network& network,
                                  rendezvous_config config) {
  must_know_types(system);
  config.random = or_system_random(config.random);
  return spawn_on<rendezvous>(system, network, config);
}

} // namespace devp2p
