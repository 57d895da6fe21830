// SPDX-License-Identifier: BSL-1.0
//
// A handler that fails in the way that the first argument names, and what both ends log:
//
//     supervised throw
//     supervised throw --strategy restart
//
// Two nodes hold a session over TCP. The witness sends a message every 50 ms; the fragile node's
// handler fails at each. The output is what the nodes log.
#include "devp2p/actors/scoped_node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <CLI/CLI.hpp>
#include <caf/all.hpp>
#include <spdlog/sinks/stdout_sinks.h>

#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <optional>
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

node_config setup(const std::string& name, protocol test) {
  node_config out{crypto::private_key::generate()};
  out.protocols = {std::move(test),
                   {.name = "calm", .version = 1, .length = 1, .spawn = handled_by(silent)}};
  // Small limits: a handler that hoards, stalls, floods or is stubborn is noticed within a second.
  out.limits.ping_interval = 100ms;
  out.limits.max_read_window = 5000;
  out.limits.max_write_queue = 1000000;
  out.limits.handler_timeout = 1s;
  out.log =
    std::make_shared<spdlog::logger>(name, std::make_shared<spdlog::sinks::stdout_sink_mt>());
  out.log->set_pattern("%n: %v");
  return out;
}

int run(const handler_factory& fragile, const supervision& supervised) {
  net::asio_network network;
  system_config config;
  caf::actor_system system{config};
  std::promise<void> ended;
  std::promise<void> seen;
  protocol test{.name = "test", .version = 1, .length = 1};
  test.spawn = handled_by(talker);
  std::optional<scoped_node> witness{std::in_place, system, network, setup("witness", test)};
  witness->subscribe([&](const peer_dropped&) { seen.set_value(); });
  test.spawn = fragile;
  test.supervised = supervised;
  scoped_node breaks{system, network, setup("fragile", test)};
  breaks.subscribe([&](const peer_dropped&) { ended.set_value(); });
  auto url = breaks.listen({"127.0.0.1", 0});
  auto met = url ? witness->dial(*url) : url.error();
  if (!met) {
    std::cerr << describe(met.error()) << '\n';
    return 1;
  }

  auto end = ended.get_future();
  if (end.wait_for(2s) == std::future_status::timeout) {
    std::cout << "The session has survived; now the witness leaves.\n" << std::flush;
    witness.reset();
    end.wait();
  }
  seen.get_future().wait();
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
