// SPDX-License-Identifier: BSL-1.0
#include "tool.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/net/asio/asio_network.hpp"
#include "devp2p/net/crypto/system_random.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <future>

namespace devp2p::test {
namespace {

struct exchange {
  std::vector<packet> sent;
  /// How many came back so far, and how many of them as they were sent, in the same order.
  std::size_t received = 0;
  std::size_t equal = 0;
  std::promise<void> complete;
};

/// Lets go of what it receives: the read window counts what a handler keeps.
handler_actor::behavior_type compare(handler_actor::pointer self, const channel& link,
                                     exchange* what) {
  for (const auto& x : what->sent)
    link.send(self, x);
  return {[=](const packet& x) {
    if (what->received < what->sent.size() && x == what->sent[what->received])
      ++what->equal;
    if (++what->received == what->sent.size())
      what->complete.set_value();
  }};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_node_with_echo_returns_every_message_with_its_code) {
  exchange messages;
  for (std::uint64_t code = 0; code < 16; ++code)
    messages.sent.push_back({code, blob{bytes(code * 100000, static_cast<std::uint8_t>(code))}});

  tool_node echo{{"--echo"}};
  crypto::system_random random;
  net::asio_network network;
  caf::actor_system_config config;
  add_types(config);
  prefer_low_latency(config);
  caf::actor_system system{config};
  auto node = spawn_node(
    system, network,
    {.key = crypto::private_key::generate(random),
     .protocols = {
       {.name = "echo", .version = 1, .length = 16, .spawn = handled_by(compare, &messages)}}});
  caf::anon_send(node, dial_atom::value, *enode::parse(echo.url));
  auto complete = messages.complete.get_future();
  BOOST_TEST((complete.wait_until(soon()) == std::future_status::ready));
  caf::scoped_actor self{system};
  self->send_exit(node, caf::exit_reason::user_shutdown);
  self->wait_for(node);
  BOOST_TEST(messages.received == messages.sent.size());
  BOOST_TEST(messages.equal == messages.sent.size());
}

} // namespace devp2p::test
