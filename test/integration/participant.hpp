// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/remote/middleman.hpp"
#include "devp2p/actors/remote/publishing.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/on_events.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <utility>

namespace devp2p::test {

constexpr auto patience = std::chrono::seconds{20};

/// The configuration of one of several processes. One that is silent for a second counts as dead.
struct connected_config : caf::actor_system_config {
  explicit connected_config(middleman_options options = {std::chrono::milliseconds{200},
                                                         std::chrono::seconds{1}}) {
    add_types(*this);
    load_middleman(*this, options);
  }
};

template <class T>
T value_of(caf::expected<T> what) {
  if (!what)
    BOOST_FAIL(describe(what.error()));
  return std::move(*what);
}

template <class T>
T get(std::future<T>& from) {
  BOOST_REQUIRE(from.wait_for(patience) == std::future_status::ready);
  return from.get();
}

template <class T, class... Args>
T ask(caf::actor_system& system, const node_actor& who, const Args&... args) {
  T out;
  caf::scoped_actor self{system};
  request_from(self, who, patience, args...)
    .receive([&](T& x) { out = std::move(x); },
             [](const caf::error& why) { BOOST_ERROR(describe(why)); });
  return out;
}

/// Passes on the end of the first session.
inline subscriber_actor::behavior_type
await_end(subscriber_actor::pointer, const std::shared_ptr<std::promise<session_end>>& first) {
  return on_events([=](const peer_dropped& x) { first->set_value(x.end); });
}

inline handler_actor::behavior_type silent(handler_actor::pointer, const channel&) {
  return {[](const packet&) {}};
}

/// A node, and a subscriber that records the end of its session.
struct participant {
  participant(caf::actor_system& system, net::network& network, handler_factory handler,
              supervision supervised = {}) {
    node_config setup{crypto::private_key::generate()};
    setup.protocols = {
      {.name = "test",
       .version = 1,
       .length = 1,
       .spawn = std::move(handler),
       .supervised = supervised},
      // A second protocol, so that a session may go on without the first.
      {.name = "calm", .version = 1, .length = 1, .spawn = handled_by(silent)},
    };
    node = spawn_node(system, network, std::move(setup));
    witness = system.spawn(await_end, dropped);
    anon_send_to(node, subscribe_atom_v, witness);
  }

  participant(const participant&) = delete;
  participant& operator=(const participant&) = delete;

  ~participant() {
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(witness, caf::exit_reason::user_shutdown);
  }

  std::shared_ptr<std::promise<session_end>> dropped =
    std::make_shared<std::promise<session_end>>();
  node_actor node;
  subscriber_actor witness;
};

/// Checks that the handler of `local` ended by `why`, and that the remote was told the right
/// reason.
inline void check_that_the_handler_failed(participant& local, participant& remote,
                                          caf::exit_reason why) {
  auto ended = local.dropped->get_future();
  auto here = get(ended);
  BOOST_TEST(to_string(here.reason) == to_string(disconnect_reason::subprotocol_error));
  BOOST_TEST(here.error == "test/1: " + describe(why));
  BOOST_TEST(!here.remote_requested);
  BOOST_TEST(here.sent);
  auto told = remote.dropped->get_future();
  auto there = get(told);
  BOOST_TEST(to_string(there.reason) == to_string(disconnect_reason::subprotocol_error));
  BOOST_TEST(there.remote_requested);
}

} // namespace devp2p::test
