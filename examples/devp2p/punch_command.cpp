// SPDX-License-Identifier: BSL-1.0
#include "punch_command.hpp"

#include "key_file.hpp"
#include "reporter.hpp"
#include "runtime.hpp"

#include "devp2p/actors/node.hpp"
#include "devp2p/actors/punching/puncher.hpp"
#include "devp2p/actors/punching/rendezvous.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/nat/address.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/stop_signals.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>

namespace devp2p::tool {

namespace {

using namespace std::chrono_literals;

/// The time limit for one answer. The actors that are asked have shorter limits of their own.
constexpr auto answer_limit = 60s;

/// Asks `whom` and returns the answer; `errc::shutting_down` if the process is told to stop before.
template <class T, class Handle, class... Args>
caf::expected<T> ask(caf::actor_system& system, stop_signals& stop, const Handle& whom,
                     const Args&... args) {
  auto answer = std::make_shared<std::promise<caf::expected<T>>>();
  auto answered = [answer, &stop](caf::expected<T> with) {
    answer->set_value(std::move(with));
    stop.finish();
  };
  auto asker = system.spawn([answered, whom, args...](caf::event_based_actor* self) {
    request_from(self, whom, answer_limit, args...)
      .then([answered](T& x) { answered(std::move(x)); },
            [answered](caf::error& why) { answered(std::move(why)); });
  });
  const ended_with_scope ending{asker};
  if (stop.wait())
    return caf::make_error(errc::shutting_down);
  stop.begin_again();
  return answer->get_future().get();
}

int fail_with(const caf::error& why) {
  return fail(why == errc::shutting_down ? "stopped before the answer came" : describe(why));
}

/// Waits until the process is told to stop or `main`, the actor of the command, has ended. Ends
/// `main` and returns the exit status.
template <class Handle>
int keep(stop_signals& stop, const Handle& main, const char* what) {
  main->attach_functor([&stop](const caf::error&) { stop.finish(); });
  auto status = stop.wait() ? succeeded : fail(std::string{what} + " has ended");
  caf::anon_send_exit(main, caf::exit_reason::user_shutdown);
  stop.wait_until_finished();
  return status;
}

/// Reports that the hole is lost, and ends the puncher, and so the command.
hole_subscriber_actor::behavior_type mourner(hole_subscriber_actor::pointer,
                                             puncher_actor puncher) {
  return {[=](const hole_lost& x) {
    fail("the hole is lost: " + describe(x.why));
    caf::anon_send_exit(puncher, caf::exit_reason::user_shutdown);
  }};
}

int punch_hole(stop_signals& stop, runtime& world, const puncher_actor& puncher,
               const punch_options& options, const printer& out) {
  auto mourning = world.system.spawn(mourner, puncher);
  const ended_with_scope ending{mourning};
  anon_send_to(puncher, subscribe_atom_v, mourning);
  auto found = ask<hole>(world.system, stop, puncher, punch_atom_v, options.remote);
  if (found)
    out.print(hole_line(options.output, *found));
  return found ? keep(stop, puncher, "the hole") : fail_with(found.error());
}

int hold_session(stop_signals& stop, runtime& world, const puncher_actor& puncher,
                 const punch_options& options, const crypto::private_key& key, const printer& out) {
  auto node = spawn_node(world.system, world.network, {.key = key});
  const ended_with_scope ending{node};
  auto events = world.system.spawn(reporter, node, &out);
  anon_send_to(node, subscribe_atom_v, subscriber_actor{events});
  auto way = ask<connected_stream>(world.system, stop, puncher, dial_atom_v, options.remote);
  caf::expected<peer_info> session{way ? caf::error{} : way.error()};
  if (way)
    session = ask<peer_info>(world.system, stop, node, adopt_atom_v, options.remote, *way);
  return session ? keep(stop, node, "the node") : fail_with(session.error());
}

int introduce(stop_signals& stop, const rendezvous_options& options, const printer& out) {
  runtime world;
  auto middle = spawn_rendezvous(world.system, world.network);
  const ended_with_scope ending{middle};
  caf::scoped_actor self{world.system};
  auto status = succeeded;
  auto on_places = [&](const endpoint& first, const endpoint& second) {
    out.print(rendezvous_line(options.output, first, second));
  };
  request_from(self, middle, answer_limit, listen_atom_v, options.listen[0], options.listen[1])
    .receive(on_places, [&](const caf::error& why) { status = fail(describe(why)); });
  return status == succeeded ? keep(stop, middle, "the rendezvous") : status;
}

int punch(stop_signals& stop, const punch_options& options, const crypto::private_key& key,
          const printer& out) {
  runtime world;
  nat::rendezvous_site site{options.rendezvous.front(), std::nullopt};
  if (options.rendezvous.size() > 1)
    site.second = options.rendezvous[1];
  const auto* any = nat::is_ipv6(site.first.host) ? "::" : "0.0.0.0";
  auto puncher = spawn_puncher(world.system, world.network,
                               {.key = key, .rendezvous = std::move(site), .local = {any, 0}});
  const ended_with_scope ending{puncher};
  return options.session ? hold_session(stop, world, puncher, options, key, out)
                         : punch_hole(stop, world, puncher, options, out);
}

} // namespace

int run_rendezvous(const rendezvous_options& options) {
  stop_signals stop; // Before there are threads: each inherits the signals that it blocks.
  printer out{options.output, stop};
  return out.close(introduce(stop, options, out));
}

int run_punch(const punch_options& options) {
  auto key = key_for(options.key_file);
  if (auto* why = std::get_if<key_failure>(&key))
    return fail(*why);
  stop_signals stop;
  printer out{options.output, stop};
  return out.close(punch(stop, options, std::get<crypto::private_key>(key), out));
}

} // namespace devp2p::tool
