// SPDX-License-Identifier: BSL-1.0
//
// The case `handshake`: how many sessions are set up and ended per second, and how much of that
// time the curve takes.
#include "devp2p/messages/caf.hpp"

#include "arena.hpp"
#include "bare_dialler.hpp"
#include "cost.hpp"
#include "repeat.hpp"
#include "usage.hpp"
#include "waiting.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace devp2p::bench {

namespace {

protocol idle_protocol() {
  auto idle = [](handler_actor::pointer, const channel&) -> handler_actor::behavior_type {
    return {[](const packet&) {}};
  };
  return {.name = "idle", .version = 1, .length = 1, .spawn = handled_by(idle)};
}

struct dialler_state {
  dialler_state() = default; // Not an aggregate, which CAF would build from its actor.
  stopwatch life;
};

/// Spawns a node, has it dial, and ends it when its session runs. The down handler starts the next
/// one.
void live_once(caf::stateful_actor<dialler_state>* self, assignment* job) {
  if (job->over)
    return self->quit();
  state_of(self).life = {};
  auto node = spawn_node(self->home_system(), job->network, make_node_config({idle_protocol()}));
  self->monitor(node);
  stopwatch dial;
  auto end = [self, node] { self->send_exit(node, caf::exit_reason::user_shutdown); };
  auto on_running = [=](const peer_info&) {
    job->until_running.add(dial.seconds());
    end();
  };
  auto on_failure = [=](const caf::error&) {
    ++job->failures;
    end();
  };
  request_from(self, node, caf::infinite, dial_atom_v, job->target).then(on_running, on_failure);
}

caf::behavior dialler(caf::stateful_actor<dialler_state>* self, assignment* job) {
  self->set_down_handler([=](const caf::down_msg&) {
    job->lives.add(state_of(self).life.seconds());
    live_once(self, job);
  });
  live_once(self, job);
  return {[](tick_atom) {}};
}

/// Diallers at work, either nodes or bare diallers. The destructor waits for their end.
class crew {
public:
  crew(caf::actor_system& system, assignment& job, std::size_t nodes, std::size_t bare)
    : system_(system),
      job_(job) {
    while (nodes_.size() < nodes)
      nodes_.push_back(system.spawn(dialler, &job));
    while (bare_.size() < bare)
      bare_.push_back(std::make_unique<bare_dialler>(job));
  }

  ~crew() {
    job_.over = true;
    caf::scoped_actor self{system_};
    self->wait_for(nodes_);
    for (const auto& x : bare_)
      wait(
        0, [&] { return x->done(); }, "the end of a dialler");
  }

  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

private:
  caf::actor_system& system_;
  assignment& job_;
  std::vector<caf::actor> nodes_;
  std::vector<std::unique_ptr<bare_dialler>> bare_;
};

/// The number of ends. Each has a loop, and with it a processor.
constexpr double ends = 2;

figures observe(double seconds, assignment& job, double curve_seconds) {
  static_cast<void>(job.lives.take());
  static_cast<void>(job.until_running.take());
  auto cpu = cpu_seconds();
  stopwatch elapsed;
  wait(
    seconds, [&] { return !job.lives.empty(); }, "a session");
  auto lives = job.lives.take();
  auto until_running = job.until_running.take();
  auto real = elapsed.seconds();
  cpu = cpu_seconds() - cpu;
  if (job.failures > 0)
    throw std::runtime_error("a session could not be set up");
  auto count = static_cast<double>(lives.size());
  return {{"sessions_per_second", count / real},
          {"p50_us", percentile(lives, 50) * 1e6},
          {"p99_us", percentile(lives, 99) * 1e6},
          {"running_p50_us", percentile(until_running, 50) * 1e6},
          {"cpu_ms_per_session", cpu / count * 1e3},
          {"curve_ms_per_session", curve_seconds * 1e3},
          {"limit", ends / curve_seconds},
          {"limit_ratio", count / real * curve_seconds / ends}};
}

/// Returns the time that both ends of one session spend on the curve: the dialler's fresh identity,
/// an ephemeral key and one of ECIES at each end; one signature; four products at each end.
double curve_seconds_per_session(double seconds) {
  auto each = seconds / 4;
  return 5 * cost::key_generation(each) + cost::sign(each) + cost::recover(each) +
         8 * cost::diffie_hellman(each);
}

} // namespace

void handshake(const options& chosen, report& out) {
  auto curve = curve_seconds_per_session(chosen.seconds);
  for (std::string dialled_by : {"node", "bare"})
    for (std::size_t at_once : {1, 16}) {
      parameters which{{"dialled_by", dialled_by}, {"at_once", at_once}};
      out.announce("handshake", which);
      arena world{chosen};
      assignment job{world.dialling_network(), world.listen({idle_protocol()})};
      auto bare = dialled_by == "bare";
      crew diallers{world.system(), job, bare ? 0 : at_once, bare ? at_once : 0};
      auto found = repeat(chosen, [&](double seconds) { return observe(seconds, job, curve); });
      out.add("handshake", which, found);
    }
}

} // namespace devp2p::bench
