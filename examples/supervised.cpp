// SPDX-License-Identifier: BSL-1.0
//
// A handler that fails in the way that the first argument names, and what both ends log:
//
//     supervised throw
//     supervised throw --strategy restart
//
// Two nodes hold a session over TCP. The witness sends a message every 50 ms; the fragile node's
// handler fails at each. The output is what the nodes log.
#include "devp2p/actors/node.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/on_events.hpp"
#include "devp2p/messages/type_ids.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <CLI/CLI.hpp>
#include <caf/all.hpp>
#include <spdlog/sinks/stdout_sinks.h>

#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using namespace devp2p;
using namespace std::chrono_literals;

namespace {

/// The reaction of a handler to a message.
using failure = std::function<void(handler_actor::pointer, const channel&, const packet&)>;

handler_factory on_message(failure fail) {
  auto behavior = [](handler_actor::pointer self, const channel& link, const failure& fail) {
    return handler_actor::behavior_type{[=](const packet& message) { fail(self, link, message); }};
  };
  return handled_by(behavior, std::move(fail));
}

/// Keeps every message, as long as the handler lives.
handler_actor::behavior_type stalled(handler_actor::pointer, const channel&) {
  return {
    [kept = std::vector<packet>{}](const packet& message) mutable { kept.push_back(message); }};
}

/// Writes 50 MB, many times what the write queue may hold.
void flood(handler_actor::pointer self, const channel& link) {
  packet drop{0, blob{bytes(100000)}};
  for (int i = 0; i < 500; ++i)
    link.send(self, drop);
}

const std::map<std::string, handler_factory> failures{
  {"return", on_message([](auto self, auto&, auto&) { self->quit(); })},
  {"throw", on_message([](auto, auto&, auto&) { throw std::runtime_error{"on purpose"}; })},
  {"kill",
   on_message([](auto self, auto&, auto&) { self->send_exit(self, caf::exit_reason::kill); })},
  {"error", on_message([](auto self, auto&, auto&) { self->quit(caf::sec::invalid_argument); })},
  {"reason", on_message([](auto self, auto&, auto&) {
     self->quit(local_disconnect(disconnect_reason::useless_peer));
   })},
  {"breach",
   on_message([](auto self, auto&, auto&) { self->quit(caf::make_error(errc::rlp_truncated)); })},
  {"code", on_message([](auto self, auto& link, auto& message) {
     link.send(self, {99, message.payload});
   })},
  {"flood", on_message([](auto self, auto& link, auto&) { flood(self, link); })},
  {"hoard", on_message([](auto, auto&, auto& message) {
     static thread_local std::vector<packet> kept; // Outlives the handler: a leak, in effect.
     kept.push_back(message);
   })},
  {"stall", handled_by(stalled)},
  // Makes no other mistake, but does not end with its session.
  {"stubborn", on_message([](auto self, auto&, auto&) {
     self->set_exit_handler([](const caf::exit_msg&) {});
   })},
};

using talker_actor = handler_actor::extend<reacts_to<tick_atom>>;

talker_actor::behavior_type talker(talker_actor::pointer self, const channel& link) {
  send_to(self, self, tick_atom_v);
  return {
    [](const packet&) {},
    [=](tick_atom) {
      link.send(self, {0, blob{bytes(1000)}});
      send_later_to(self, 50ms, self, tick_atom_v);
    },
  };
}

handler_actor::behavior_type silent(handler_actor::pointer, const channel&) {
  return {[](const packet&) {}};
}

subscriber_actor::behavior_type await_end(subscriber_actor::pointer, std::promise<void>* ended) {
  return on_events([=](const peer_dropped&) { ended->set_value(); });
}

struct participant {
  participant(caf::actor_system& system, net::network& network, const std::string& name,
              protocol test) {
    node_config setup{crypto::private_key::generate()};
    setup.protocols = {std::move(test),
                       {.name = "calm", .version = 1, .length = 1, .spawn = handled_by(silent)}};
    // Small limits: a handler that hoards, stalls, floods or is stubborn is noticed within a
    // second.
    setup.limits.ping_interval = 100ms;
    setup.limits.max_read_window = 5000;
    setup.limits.max_write_queue = 1000000;
    setup.limits.handler_timeout = 1s;
    setup.log =
      std::make_shared<spdlog::logger>(name, std::make_shared<spdlog::sinks::stdout_sink_mt>());
    setup.log->set_pattern("%n: %v");
    node = spawn_node(system, network, std::move(setup));
    events = system.spawn(await_end, &ended);
    anon_send_to(node, subscribe_atom_v, events);
  }

  ~participant() {
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(events, caf::exit_reason::user_shutdown);
  }

  std::promise<void> ended;
  node_actor node;
  subscriber_actor events;
};

int run(const handler_factory& fragile, const supervision& supervised) {
  net::asio_network network;
  caf::actor_system_config config;
  add_types(config);
  prefer_low_latency(config);
  caf::actor_system system{config};
  participant breaks{
    system,
    network,
    "fragile",
    {.name = "test", .version = 1, .length = 1, .spawn = fragile, .supervised = supervised}};
  participant sees{system,
                   network,
                   "witness",
                   {.name = "test", .version = 1, .length = 1, .spawn = handled_by(talker)}};
  caf::scoped_actor self{system};
  auto complain = [](const caf::error& why) { std::cerr << describe(why) << '\n'; };
  enode url;
  request_from(self, breaks.node, caf::infinite, listen_atom_v, endpoint{"127.0.0.1", 0})
    .receive([&](const enode& where) { url = where; }, complain);
  auto met = false;
  request_from(self, sees.node, caf::infinite, dial_atom_v, url)
    .receive([&](const peer_info&) { met = true; }, complain);
  if (!met)
    return 1;

  auto end = breaks.ended.get_future();
  if (end.wait_for(2s) == std::future_status::timeout) {
    std::cout << "The session has survived; now the witness leaves.\n" << std::flush;
    caf::anon_send_exit(sees.node, caf::exit_reason::user_shutdown);
    end.wait();
  }
  sees.ended.get_future().wait();
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"A handler that fails, and what both ends then say"};
  std::string how = "throw";
  supervision supervised{.intensity = 2};
  std::vector<std::string> known;
  for (const auto& [name, what] : failures)
    known.push_back(name);
  app.add_option("FAILURE", how, "How the handler fails")->check(CLI::IsMember(known));
  app.add_option("--strategy", supervised.when_failed, "What its protocol wants done about it")
    ->transform(CLI::CheckedTransformer(std::map<std::string, supervision::strategy>{
      {"end_session", supervision::strategy::end_session},
      {"detach", supervision::strategy::detach},
      {"restart", supervision::strategy::restart}}));
  CLI11_PARSE(app, argc, argv);
  return run(failures.at(how), supervised);
}
