// SPDX-License-Identifier: BSL-1.0
#include "node_command.hpp"

#include "failure.hpp"
#include "key_file.hpp"
#include "reporter.hpp"
#include "runtime.hpp"
#include "stop_signals.hpp"

#include "devp2p/actors/node.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/sinks/stdout_sinks.h>

#include <iostream>

namespace devp2p::tool {

namespace {

/// Returns what it receives. Needs no limit of its own: a message that waits to be written still
/// counts in the window it was read into, and while that is full nothing more is read.
handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& message) { link.send(self, message); }};
}

std::vector<protocol> offered_by(const node_options& options) {
  if (!options.echo)
    return {};
  return {{.name = "echo", .version = 1, .length = 16, .spawn = handled_by(echo)}};
}

std::shared_ptr<spdlog::logger> make_log(const node_options& options) {
  auto out =
    std::make_shared<spdlog::logger>("devp2p", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  out->set_level(spdlog::level::from_str(options.log_level));
  return out;
}

node_config configuration(const node_options& options, const crypto::private_key& key) {
  std::vector<node_id> trusted;
  for (const auto& x : options.trusted)
    trusted.push_back(x.id);
  return {.key = key,
          .protocols = offered_by(options),
          .limits = options.limits,
          .trusted = std::move(trusted),
          .log = make_log(options),
          .gateways = nat::gateways(options.nat)};
}

/// Where `node` listens now, or why it cannot.
caf::expected<enode> listen(caf::actor_system& system, const node_actor& node, const endpoint& at) {
  caf::expected<enode> out{caf::make_error(errc::network_failure)};
  caf::scoped_actor self{system};
  self->request(node, caf::infinite, listen_atom::value, at)
    .receive([&](enode& url) { out = std::move(url); },
             [&](caf::error& why) { out = std::move(why); });
  return out;
}

} // namespace

int run_node(const node_options& options) {
  auto key = key_for(options.key_file);
  if (auto* why = std::get_if<key_failure>(&key))
    return fail(*why);
  stop_signals stop; // Before there are threads: each inherits what it blocks.
  runtime world;
  auto config = configuration(options, std::get<crypto::private_key>(key));
  if (options.key_file.empty())
    config.log->warn("no --key: this node has a fresh identity, which is gone when it ends");
  auto node = spawn_node(world.system, world.network, std::move(config));
  node->attach_functor([&stop](const caf::error&) { stop.finish(); });

  auto status = succeeded;
  auto events = world.system.spawn(reporter, node, options.output);
  auto mappings = world.system.spawn(mapping_reporter, options.output);
  caf::anon_send(node, subscribe_atom::value, subscriber_actor{events});
  caf::anon_send(node, subscribe_atom::value, mappings);
  if (auto url = listen(world.system, node, options.listen)) {
    std::cout << listening_line(options.output, *url) << std::endl;
    for (const auto& target : options.dial)
      caf::anon_send(events, dial_atom::value, target);
    if (!stop.wait())
      status = fail("the node has failed");
  } else {
    status = fail(describe(url.error()));
  }
  // Every remote is told `client_quitting`; the events of that are still printed.
  caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
  stop.wait_until_finished();
  caf::anon_send_exit(events, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(mappings, caf::exit_reason::user_shutdown);
  return status;
}

} // namespace devp2p::tool
