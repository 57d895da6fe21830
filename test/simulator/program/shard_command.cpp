// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/shard_command.hpp"

#include "child_process.hpp"

#include "devp2p/actors/remote/publishing.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/open_key.hpp"
#include "devp2p/simulator/program/provision.hpp"
#include "devp2p/simulator/program/scenario_file.hpp"
#include "devp2p/simulator/shard_group.hpp"

#include <caf/all.hpp>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <list>
#include <utility>

namespace devp2p::tool {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// The time limit for shards that were started here to join the run.
constexpr auto local_patience = 30s;
/// The time limit for shards that people start.
constexpr auto patience = 1h;

/// Descriptors for CAF's middleman, which ends the process if it has none to begin with.
constexpr std::size_t own_descriptors = 8;
/// Descriptors to start one shard and connect to it.
constexpr std::size_t descriptors_of_shard = 4;

/// Requires the threads and descriptors of an actor system with a middleman. Throws as
/// `require_threads` and `require_descriptors` do.
void require_for_actors(std::size_t descriptors) {
  constexpr std::size_t middleman_and_shard = 3;
  require_threads(threads_of_actors() + middleman_and_shard);
  require_descriptors(own_descriptors + descriptors);
}

middleman_options middleman_of(const shard_options& options) {
  middleman_options out;
  out.certified = options.certified;
  // All data that one shard has for the others in a window of time is one message.
  out.max_message_size = std::size_t{1} << 30;
  return out;
}

/// The shards that this process has started.
class local_shards {
public:
  local_shards() = default;
  local_shards(const local_shards&) = delete;
  local_shards& operator=(const local_shards&) = delete;
  /// Waits up to 5 s for the shards, which end by themselves when the run is over. Those that do
  /// not are killed.
  ~local_shards() {
    const auto end = clock::now() + 5s;
    for (auto& x : processes_)
      (void)x.wait(end);
  }

  void start(const shard_options& options, const simulator_call& call, std::uint64_t seed,
             std::uint16_t port) {
    auto command = call.words;
    command.front() = "/proc/self/exe";
    command.insert(command.end(), {options.simulate.file, "--seed", std::to_string(seed),
                                   "--coordinator", to_string(endpoint{"127.0.0.1", port})});
    if (const auto& x = options.certified)
      command.insert(command.end(), {"--certificate", x->certificate, "--key", x->key,
                                     "--authorities", x->authorities});
    for (const auto& x : options.simulate.set)
      command.insert(command.end(), {"--set", x.field + '=' + x.value});
    command.emplace_back("--started");
    for (std::size_t i = 0; i < options.count; ++i) {
      auto with_index = command;
      with_index.insert(with_index.end(), {"--shard", std::to_string(i)});
      processes_.emplace_back(with_index);
    }
  }

  /// Kills the shards. They have nothing to lose before the run has begun.
  void kill() { processes_.clear(); }

  /// Returns true iff a shard has ended already; it has said why.
  [[nodiscard]] bool any_ended() {
    for (auto& x : processes_)
      if (x.wait(clock::now()))
        return true;
    return false;
  }

private:
  std::list<child_process> processes_;
};

/// Waits for all shards. Returns what has prevented it, or `nullopt`.
std::optional<std::string> gather(simulator::shard_group& group, local_shards& started,
                                  bool by_hand, const stop_watch& stop) {
  std::optional<std::string> wrong;
  const auto end = clock::now() + (by_hand ? clock::duration{patience} : local_patience);
  while (!group.complete()) {
    wrong = group.gather(100ms);
    if (stop.stopped())
      return "stopped before all shards had connected";
    if (group.lost() || (!group.complete() && (started.any_ended() || clock::now() >= end)))
      return wrong;
  }
  return std::nullopt;
}

} // namespace

int run_shards(const shard_options& options, const simulator_call& call) {
  const scenario_file file{options.simulate.file, call.known, options.simulate.set};
  auto what = file.read(options.simulate.seed);
  if (!what)
    return fail(what.error(), wrong_arguments);
  if (least_latency(*what).count() == 0)
    return fail(file.name() + ": line.latency_ms: must not be 0 with --shards, since the shards "
                              "run independently for the length of the latency",
                wrong_arguments);
  if (options.certified)
    warn_if_open_to_others(options.certified->key);
  stop_watch stop;
  require_for_actors(options.listen ? options.count : options.count * descriptors_of_shard);
  connected_system_config config{middleman_of(options)};
  caf::actor_system system{config};
  what->network.timed = !options.simulate.out.empty();
  simulation_output out{*what, title_of(file.name()), options.simulate.out};
  local_shards started;
  simulator::shard_group group{system, *what, options.count,
                               [&](const simulator::event& x) { out.add(x); }, options.silence};
  auto port = publish(group.door(), options.listen.value_or(endpoint{"127.0.0.1", 0}));
  if (!port)
    return fail(describe(port.error()));
  if (options.listen)
    note("waiting for " + std::to_string(options.count) +
         (options.count == 1 ? " shard at " : " shards at ") +
         to_string(endpoint{options.listen->host, *port}));
  else
    started.start(options, call, what->network.seed, *port);
  if (auto wrong = gather(group, started, options.listen.has_value(), stop)) {
    started.kill(); // Shards on their way would also report that there is no coordinator.
    return fail(*wrong);
  }
  return play(group, out, stop);
}

int run_shard(const shard_options& options, const simulator_call& call) {
  const scenario_file file{options.simulate.file, call.known, options.simulate.set};
  auto what = file.read(options.simulate.seed);
  if (!what)
    return fail(what.error(), wrong_arguments);
  // A Ctrl-C in the coordinator's terminal also interrupts the shards that it has started. They
  // ignore it and wait for the coordinator's word.
  if (::isatty(STDIN_FILENO) == 0)
    std::signal(SIGINT, SIG_IGN);
  if (options.certified && !options.started)
    warn_if_open_to_others(options.certified->key);
  require_for_actors(0);
  connected_system_config config{middleman_of(options)};
  caf::actor_system system{config};
  auto door = connect<simulator::shard_door_actor>(system, *options.coordinator);
  if (!door)
    return fail(to_string(*options.coordinator) + ": no coordinator answers at this address (" +
                describe(door.error()) + ")");
  caf::scoped_actor self{system};
  self->spawn<simulator::shard, caf::detached + caf::monitored>(std::move(*what), *options.index,
                                                                std::move(*door));
  auto status = succeeded;
  self->receive([&](const caf::down_msg& x) {
    if (x.reason != caf::exit_reason::user_shutdown)
      status = fail("shard " + std::to_string(*options.index) + ": " +
                    simulator::describe_shard_error(x.reason));
  });
  return status;
}

} // namespace devp2p::tool
