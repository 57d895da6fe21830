// SPDX-License-Identifier: BSL-1.0
//
// The two other processes of the case `loops`. The hub prints its URL; its handlers count. Whenever
// it is sent a line, it stops itself. When it is woken, it prints what it did until the first of
// its loops had no more to do: the time, the messages, and the processor time of the process and of
// each loop. The peers send what fits into the sockets whenever they are sent a line, and stop
// themselves.
#include "arena.hpp"
#include "load.hpp"
#include "loop_board.hpp"
#include "usage.hpp"

#include "devp2p/messages/caf.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace devp2p::bench {

namespace {

/// The time without a message, in seconds, after which none is expected any more.
constexpr double quiet = 0.01;
/// The time between two looks.
constexpr std::chrono::milliseconds look_interval{1};

void pause(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
}

handler_actor::behavior_type count_by_loop(handler_actor::pointer, const channel&,
                                           loop_board* board) {
  return {[=](const packet&) { board->count(); }};
}

/// No wait ends while processes are stopped.
node_config make_patient_config(std::vector<protocol> protocols) {
  auto out = make_node_config(std::move(protocols));
  out.limits.ping_interval = settings::forever;
  out.limits.write_timeout = settings::forever;
  return out;
}

void stop_this_process() {
  std::cout << "rests" << std::endl;
  ::kill(::getpid(), SIGSTOP);
}

/// Reads the board until no more messages come. Returns the readings up to the one with which the
/// first of the loops ran out of work: from then on, not all of them were measured.
std::vector<loop_board::reading> watch_until_idle(const loop_board& board) {
  constexpr double patience = 30;
  std::vector<loop_board::reading> out{board.read()};
  // For each loop, the index of the reading that saw its last message. Loops come when they count.
  std::vector<std::size_t> last;
  for (std::size_t newest = 0;
       out.back().time - out[newest].time < (newest == 0 ? patience : quiet);) {
    std::this_thread::sleep_for(look_interval);
    auto before = out.back().messages;
    out.push_back(board.read());
    const auto& now = out.back().messages;
    before.resize(now.size());
    last.resize(now.size());
    for (std::size_t i = 0; i < now.size(); ++i)
      if (now[i] != before[i])
        newest = last[i] = out.size() - 1;
  }
  // A thread that has lost its loop, which only happens on a crowded machine, has no more messages.
  std::erase(last, 0U);
  out.resize(last.empty() ? 1 : *std::min_element(last.begin(), last.end()) + 1);
  return out;
}

std::uint64_t sum(const std::vector<std::uint64_t>& all) {
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0});
}

void print_difference(const loop_board::reading& from, const loop_board::reading& to) {
  std::cout << to.time - from.time << ' ' << sum(to.messages) - sum(from.messages) << ' '
            << to.process - from.process;
  for (std::size_t i = 0; i < from.loops.size(); ++i)
    if (to.messages[i] != from.messages[i])
      std::cout << ' ' << to.loops[i] - from.loops[i];
  std::cout << std::endl;
}

/// Waits until this process has needed no processor time for a while: nothing more can be written.
void wait_until_idle() {
  constexpr unsigned enough = 5;
  for (unsigned idle = 0; idle < enough;) {
    auto before = cpu_seconds();
    pause(quiet);
    idle = cpu_seconds() - before > quiet / 10 ? 0 : idle + 1;
  }
}

} // namespace

void run_loops_hub(const options& chosen) {
  loop_board board;
  arena world{chosen};
  auto url = world.listen(make_patient_config(
    {{.name = "load", .version = 1, .length = 1, .spawn = handled_by(count_by_loop, &board)}}));
  std::cout << to_string(url) << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    stop_this_process();
    auto seen = watch_until_idle(board);
    print_difference(seen.front(), seen.back());
  }
}

void run_loops_senders(const options& chosen, const std::string& target) {
  auto hub = enode::parse(target);
  if (!hub)
    throw std::runtime_error("not a URL: " + target);
  arena world{chosen};
  for (std::size_t i = 0; i < chosen.senders; ++i)
    world.dial(*hub, make_patient_config(
                       {sending("load", "loop", chosen.senders_data, 256, world.handlers())}));
  auto all = world.handlers().wait_for(chosen.senders);
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    for (const auto& x : all)
      anon_send_to(x.handler, packet{});
    all.clear(); // Once begun, they go on.
    wait_until_idle();
    stop_this_process();
  }
  all.clear();
}

} // namespace devp2p::bench
