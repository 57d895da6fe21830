// SPDX-License-Identifier: BSL-1.0
#include "party.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"
#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <caf/all.hpp>
#include <nlohmann/json.hpp>

#include <iostream>
#include <map>
#include <stdexcept>

namespace devp2p::demo {

namespace {

using json = nlohmann::json;

constexpr auto ping_interval = std::chrono::milliseconds{150};

/// The code of a text, in both protocols.
constexpr std::uint64_t say = 0;
/// The code of a text that comes back, in `echo`.
constexpr std::uint64_t repeat = 1;
/// The code of a message that makes the receiver's handler throw, in `chat`.
constexpr std::uint64_t provocation = 1;

/// Writes one line in one call, because several actors of the process report.
void report(const json& what) {
  std::cout << what.dump(-1, ' ', true, json::error_handler_t::replace) + '\n' << std::flush;
}

packet text_packet(std::uint64_t code, const std::string& text) {
  bytes payload;
  rlp::encoder{payload}.string(text);
  return {code, blob{payload}};
}

std::string text_of(const packet& message) {
  rlp::decoder in{message.payload.view()};
  auto text = in.string(1024);
  in.expect_end();
  if (in.error())
    throw std::runtime_error{"that was no text"};
  return {text.begin(), text.end()};
}

/// Reports the events of the node, and writes messages for this process.
using witness_actor = subscriber_actor::extend<
  // From a handler: the channel to the other party.
  reacts_to<channel>,
  // From `run_party`: write this message in the protocol of that name.
  reacts_to<write_atom, std::string, packet>>;

/// Reports new round-trip times.
using ping_watch_actor = caf::typed_actor<reacts_to<tick_atom>>;

handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link,
                                  const witness_actor& witness) {
  send_to(self, witness, link);
  return {[=](const packet& message) {
    if (message.code == say)
      link.send(self, {repeat, message.payload});
    else
      report({{"event", "echo"}, {"text", text_of(message)}});
  }};
}

handler_actor::behavior_type chat(handler_actor::pointer self, const channel& link,
                                  const witness_actor& witness) {
  send_to(self, witness, link);
  return {[](const packet& message) {
    if (message.code == provocation)
      throw std::runtime_error{"that is too much"};
    report({{"event", "chat"}, {"text", text_of(message)}});
  }};
}

void report_session(const peer_info& peer) {
  auto offered = json::array();
  for (const auto& x : peer.greeting.capabilities)
    offered.push_back(to_string(x));
  auto shared = json::array();
  for (const auto& x : peer.protocols)
    shared.push_back(to_string(x.name));
  report({{"event", "session"},
          {"client", peer.greeting.client_id},
          {"offered", offered},
          {"shared", shared}});
}

void report_end(const session_end& end) {
  // A reason that could not be decoded has no number.
  auto is_known = end.reason != disconnect_reason::undecodable;
  report({{"event", "end"},
          {"reason", is_known ? json(static_cast<unsigned>(end.reason)) : json(nullptr)},
          {"text", to_string(end.reason)},
          {"by_remote", end.remote_requested},
          {"told", end.sent},
          {"error", end.error}});
}

void report_failure(const std::string& why) {
  report({{"event", "failure"}, {"text", why}});
}

struct witness_state {
  witness_state() = default; // Not an aggregate, or CAF would build it from `self`.
  /// Channels by the protocol's name.
  std::map<std::string, channel> channels;
};

witness_actor::behavior_type witness(witness_actor::stateful_pointer<witness_state> self) {
  return {
    [](const peer_added& x) { report_session(x.peer); },
    [](const peer_dropped& x) { report_end(x.end); },
    [](const session_failed& x) { report_failure(x.end.error); },
    [](const message_event&) {},
    [=](const channel& link) {
      state_of(self).channels[link.protocol.name] = link;
      report({{"event", "ready"}, {"protocol", to_string(link.protocol)}});
    },
    [=](write_atom, const std::string& protocol, packet& message) {
      if (auto i = state_of(self).channels.find(protocol); i != state_of(self).channels.end())
        i->second.send(self, std::move(message));
    },
  };
}

struct ping_watch_state {
  ping_watch_state() = default; // Not an aggregate, or CAF would build it from `self`.
  caf::timespan last{0};
};

ping_watch_actor::behavior_type
ping_watch(ping_watch_actor::stateful_pointer<ping_watch_state> self, const node_actor& node) {
  send_to(self, self, tick_atom_v);
  return {[=](tick_atom) {
    auto on_peers = [=](const std::vector<peer_info>& peers) {
      for (const auto& x : peers)
        if (std::exchange(state_of(self).last, x.ping.last) != x.ping.last)
          report({{"event", "ping"}, {"nanoseconds", x.ping.last.count()}});
    };
    request_from(self, node, caf::infinite, peers_atom_v).then(on_peers, [](const caf::error&) {});
    send_later_to(self, ping_interval / 3, self, tick_atom_v);
  }};
}

node_config configuration(const std::string& name, unsigned lowest_chat,
                          const witness_actor& witness) {
  node_config out{.key = crypto::private_key::generate()};
  out.limits.client_id = "demo/" + name;
  out.limits.ping_interval = ping_interval;
  out.limits.max_missed_pings = 20; // A busy machine must not end the session.
  out.protocols.push_back(
    {.name = "echo", .version = 1, .length = 2, .spawn = handled_by(echo, witness)});
  for (auto version : {lowest_chat, lowest_chat + 1})
    out.protocols.push_back(
      {.name = "chat", .version = version, .length = 2, .spawn = handled_by(chat, witness)});
  return out;
}

/// Executes one line of stdin.
void obey(caf::scoped_actor& self, const node_actor& node, const witness_actor& witness,
          const std::string& line) {
  auto space = std::min(line.find(' '), line.size());
  auto verb = line.substr(0, space);
  auto text = line.substr(std::min(space + 1, line.size()));
  auto on_error = [](const caf::error& why) { report_failure(describe(why)); };
  if (verb == "echo" || verb == "chat")
    send_to(self, witness, write_atom_v, verb, text_packet(say, text));
  else if (verb == "provoke")
    send_to(self, witness, write_atom_v, std::string{"chat"}, text_packet(provocation, text));
  else if (auto target = enode::parse(text); verb == "dial" && target)
    request_from(self, node, caf::infinite, dial_atom_v, *target)
      .receive([](const peer_info&) {}, on_error);
  else
    report_failure("not understood: " + line);
}

} // namespace

int run_party(const std::string& name, unsigned lowest_chat) {
  net::asio_network network;
  system_config config;
  caf::actor_system system{config};

  auto events = system.spawn(witness);
  auto node = spawn_node(system, network, configuration(name, lowest_chat, events));
  auto pings = system.spawn(ping_watch, node);
  anon_send_to(node, subscribe_atom_v, subscriber_actor{events});
  caf::scoped_actor self{system};
  request_from(self, node, caf::infinite, listen_atom_v, endpoint{"127.0.0.1", 0})
    .receive(
      [](const enode& url) {
        report({{"event", "listening"}, {"enode", to_string(url)}});
      },
      [](const caf::error& why) { report_failure(describe(why)); });
  for (std::string line; std::getline(std::cin, line);)
    obey(self, node, events, line);

  // The node tells its remote that it quits; after that, no actor has anything to report.
  self->send_exit(node, caf::exit_reason::user_shutdown);
  self->wait_for(node);
  self->send_exit(pings, caf::exit_reason::user_shutdown);
  self->send_exit(events, caf::exit_reason::user_shutdown);
  return 0;
}

} // namespace devp2p::demo
