// SPDX-License-Identifier: BSL-1.0
#include "punch_command.hpp"

#include "failure.hpp"
#include "key_file.hpp"
#include "reporter.hpp"
#include "runtime.hpp"
#include "stop_signals.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/puncher.hpp"
#include "devp2p/actors/rendezvous.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <functional>
#include <iostream>

namespace devp2p::tool {

namespace {

using namespace std::chrono_literals;

/// For one answer; those who are asked have limits of their own, which are shorter.
constexpr auto answer_limit = 60s;

template <class T, class Handle, class... Args>
caf::expected<T> ask(caf::actor_system& system, const Handle& whom, const Args&... args) {
  caf::expected<T> out{caf::make_error(errc::network_failure)};
  caf::scoped_actor self{system};
  self->request(whom, answer_limit, args...)
    .receive([&](T& x) { out = std::move(x); }, [&](caf::error& why) { out = std::move(why); });
  return out;
}

void print(const std::string& line) {
  std::cout << line << std::endl;
}

/// Until the process is told to stop; then ends `main`, which is what it is about.
template <class Handle>
int keep(stop_signals& stop, const Handle& main, const char* what) {
  main->attach_functor([&stop](const caf::error&) { stop.finish(); });
  auto status = stop.wait() ? succeeded : fail(std::string{what} + " has ended");
  caf::anon_send_exit(main, caf::exit_reason::user_shutdown);
  stop.wait_until_finished();
  return status;
}

/// Says that the hole is lost, which ends the command.
hole_subscriber_actor::behavior_type mourner(hole_subscriber_actor::pointer,
                                             puncher_actor puncher) {
  return {[=](const hole_lost& x) {
    fail("the hole is lost: " + describe(x.why));
    caf::anon_send_exit(puncher, caf::exit_reason::user_shutdown);
  }};
}

int punch_hole(stop_signals& stop, runtime& world, const puncher_actor& puncher,
               const punch_options& options) {
  auto mourning = world.system.spawn(mourner, puncher);
  caf::anon_send(puncher, subscribe_atom::value, mourning);
  auto found = ask<hole>(world.system, puncher, punch_atom::value, options.remote);
  if (found)
    print(hole_line(options.output, *found));
  auto status = found ? keep(stop, puncher, "the hole") : fail(describe(found.error()));
  caf::anon_send_exit(puncher, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(mourning, caf::exit_reason::user_shutdown);
  return status;
}

int hold_session(stop_signals& stop, runtime& world, const puncher_actor& puncher,
                 const punch_options& options, const crypto::private_key& key) {
  auto node = spawn_node(world.system, world.network, {.key = key});
  auto events = world.system.spawn(reporter, node, options.output);
  caf::anon_send(node, subscribe_atom::value, subscriber_actor{events});
  auto way = ask<punched_stream>(world.system, puncher, dial_atom::value, options.remote);
  caf::expected<peer_info> session{caf::make_error(errc::network_failure)};
  if (way)
    session = ask<peer_info>(world.system, node, dial_atom::value, options.remote, *way);
  auto status = !way       ? fail(describe(way.error()))
                : !session ? fail(describe(session.error()))
                           : keep(stop, node, "the node");
  caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(puncher, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(events, caf::exit_reason::user_shutdown);
  return status;
}

} // namespace

int run_rendezvous(const rendezvous_options& options) {
  stop_signals stop; // Before there are threads: each inherits what it blocks.
  runtime world;
  auto middle = spawn_rendezvous(world.system, world.network);
  caf::scoped_actor self{world.system};
  auto status = succeeded;
  self->request(middle, answer_limit, listen_atom::value, options.listen[0], options.listen[1])
    .receive([&](const endpoint& first,
                 const endpoint& second) { print(rendezvous_line(options.output, first, second)); },
             [&](const caf::error& why) { status = fail(describe(why)); });
  if (status == succeeded)
    return keep(stop, middle, "the rendezvous");
  caf::anon_send_exit(middle, caf::exit_reason::user_shutdown);
  return status;
}

int run_punch(const punch_options& options) {
  auto key = key_for(options.key_file);
  if (auto* why = std::get_if<key_failure>(&key))
    return fail(*why);
  const auto& own = std::get<crypto::private_key>(key);
  stop_signals stop;
  runtime world;
  nat::rendezvous_site site{options.rendezvous.front(), std::nullopt};
  if (options.rendezvous.size() > 1)
    site.second = options.rendezvous[1];
  auto puncher =
    spawn_puncher(world.system, world.network, {.key = own, .rendezvous = std::move(site)});
  return options.session ? hold_session(stop, world, puncher, options, own)
                         : punch_hole(stop, world, puncher, options);
}

} // namespace devp2p::tool
