// SPDX-License-Identifier: BSL-1.0
#include "node_command.hpp"

#include "key_file.hpp"
#include "reporter.hpp"
#include "runtime.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/stop_signals.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <unistd.h>

namespace devp2p::tool {

namespace {

/// Sends every message back. It needs no limit of its own: a message that waits to be written still
/// counts in the window that it was read into, and a full window stops the reading. `limits_of`
/// gives the write queue room for that much.
handler_actor::behavior_type echo(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& message) { link.send(self, message); }};
}

std::vector<protocol> offered_by(const node_options& options) {
  if (!options.echo)
    return {};
  return {{.name = "echo", .version = 1, .length = 16, .spawn = handled_by(echo)}};
}

std::string lost_log_lines(std::size_t count) {
  return "devp2p: " + std::to_string(count) +
         (count == 1 ? " line of the log was lost: it was"
                     : " lines of the log were lost: they were") +
         " not read in time";
}

settings limits_of(const node_options& options) {
  auto out = options.limits;
  // All that was read may wait to be written: a window that is full but for one byte, the message
  // that fills it, and one that comes while it is full.
  if (options.echo)
    out.max_write_queue = out.max_read_window + 2 * (protocol::max_payload_size + 1024);
  return out;
}

node_config configuration_of(const node_options& options, const crypto::private_key& key,
                             std::shared_ptr<spdlog::logger> log) {
  std::vector<node_id> trusted;
  for (const auto& x : options.trusted)
    trusted.push_back(x.id);
  return {.key = key,
          .protocols = offered_by(options),
          .limits = limits_of(options),
          .trusted = std::move(trusted),
          .log = std::move(log),
          .gateways = nat::gateways(options.nat)};
}

/// Lets `node` listen. Returns its URL, or why it cannot listen.
caf::expected<enode> listen(caf::actor_system& system, const node_actor& node, const endpoint& at) {
  caf::expected<enode> out{caf::make_error(errc::network_failure)};
  caf::scoped_actor self{system};
  request_from(self, node, caf::infinite, listen_atom_v, at)
    .receive([&](enode& url) { out = std::move(url); },
             [&](caf::error& why) { out = std::move(why); });
  return out;
}

/// Runs a node until the process is told to stop, or the node fails. Returns the exit status.
int run_until_stopped(const node_options& options, node_config config, stop_signals& stop,
                      const printer& out) {
  runtime world;
  auto node = spawn_node(world.system, world.network, std::move(config));
  node->attach_functor([&stop](const caf::error&) { stop.finish(); });
  const ended_with_scope ending{node};

  auto status = succeeded;
  auto events = world.system.spawn(reporter, node, &out);
  auto mappings = world.system.spawn(mapping_reporter, caf::actor_cast<caf::actor>(node), &out);
  anon_send_to(node, subscribe_atom_v, subscriber_actor{events});
  anon_send_to(node, subscribe_atom_v, mappings);
  if (auto url = listen(world.system, node, options.listen)) {
    out.print(listening_line(options.output, *url));
    for (const auto& target : options.dial)
      anon_send_to(events, dial_atom_v, target);
    if (!stop.wait())
      status = fail("the node has failed");
  } else {
    status = fail(describe(url.error()));
  }
  // The node tells every remote `client_quitting`; the events of that are still printed.
  caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
  stop.wait_until_finished();
  return status;
}

} // namespace

int run_node(const node_options& options) {
  auto key = key_for(options.key_file);
  if (auto* why = std::get_if<key_failure>(&key))
    return fail(*why);
  stop_signals stop; // Before there are threads: each inherits the signals that it blocks.
  line_queue log{STDERR_FILENO, {"%+", lost_log_lines}, [] {}};
  log.log()->set_level(spdlog::level::from_str(options.log_level));
  if (options.key_file.empty())
    log.log()->warn(
      "no --key was given: this node uses a new key, which is lost when the node ends");
  if (options.limits.max_peers == 1)
    log.log()->warn(
      "--max-peers 1 refuses all nodes that dial this one, unless --trust names them: "
      "the only place is reserved for a node that this one dials");
  printer out{options.output, stop};
  return out.close(run_until_stopped(
    options, configuration_of(options, std::get<crypto::private_key>(key), log.log()), stop, out));
}

} // namespace devp2p::tool
