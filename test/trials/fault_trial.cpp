// SPDX-License-Identifier: BSL-1.0
#include "fault_trial.hpp"

#include "fault_stage.hpp"

#include "devp2p/actors/reason_for.hpp"
#include "devp2p/messages/caf.hpp"

namespace devp2p::trials {

namespace {

using namespace std::chrono_literals;
using caf::exit_reason;
using kit::misbehaviour;
using reason = disconnect_reason;
using names = std::vector<std::string>;

// Phases.

const names connected{"auth", "ack", "hello", "idle", "mid-in", "mid-out", "closing"};
const names all{"dialling", "auth", "ack", "hello", "idle", "mid-in", "mid-out", "closing"};
const names running{"idle", "mid-in", "mid-out"};
const names from_idle{"idle", "mid-in", "mid-out", "closing"};

/// Whether one of the two has not proved its identity yet. After these phases, each can be told a
/// reason.
bool is_early(const std::string& phase) {
  return phase == "dialling" || phase == "auth" || phase == "ack";
}

// Predictions.

using predictor = std::function<prediction(const std::string& phase)>;

predictor always(fates struck, fates other) {
  return [=](const std::string&) { return prediction{struck, other}; };
}

/// The struck end finds the reason, and the other hears it.
predictor told(reason why) {
  return always({own(why)}, {heard(why)});
}

/// In an early phase, the other end may hear only the end of the connection. If the connection was
/// not accepted yet, or not even made, there is nothing to end.
prediction told_if_late(const std::string& phase, reason why) {
  prediction out{{own(why)}, {heard(why)}};
  if (is_early(phase))
    out.other.push_back(own(reason::network_error));
  if (phase == "dialling" || phase == "auth")
    out.struck.push_back(absent);
  if (phase == "dialling")
    out.other.push_back(absent);
  return out;
}

/// Both ends notice the fault by themselves.
prediction broken(const std::string&) {
  return {{own(reason::network_error)}, {own(reason::network_error)}};
}

// An end that receives nothing gives up in the end, and says so. The other end hears it, if it can.
// But its own deadlines may be over sooner: those of the handshake and of blocked writes, since an
// end that receives nothing does not learn of room to write, either. A dial that was given up is
// reset where it was accepted.

prediction deaf(const std::string& phase) {
  prediction out{{own(reason::ping_timeout)}, {heard(reason::ping_timeout)}};
  if (is_early(phase)) {
    out.other.push_back(own(reason::ping_timeout));
    out.other.push_back(own(reason::network_error));
  }
  if (phase == "mid-in" || phase == "mid-out") {
    out.struck.push_back(own(reason::network_error));
    out.other.push_back(own(reason::network_error));
  }
  if (phase == "dialling") {
    out.struck.insert(out.struck.end(), {absent, own(reason::network_error)});
    out.other.push_back(absent);
  }
  return out;
}

prediction mute(const std::string& phase) {
  auto [other, struck] = deaf(phase);
  // The struck end writes in both phases: as it was told, or its echo.
  if (phase == "mid-in" || phase == "mid-out")
    struck = {heard(reason::ping_timeout), own(reason::network_error)};
  return {struck, other};
}

prediction isolated(const std::string& phase) {
  prediction out{{own(reason::ping_timeout)}, {own(reason::ping_timeout)}};
  if (phase == "mid-in" || phase == "mid-out")
    out.struck.push_back(own(reason::network_error));
  if (phase == "mid-in")
    out.other.push_back(own(reason::network_error));
  if (phase == "dialling")
    for (auto* end : {&out.struck, &out.other})
      end->insert(end->end(), {absent, own(reason::network_error)});
  return out;
}

// Faults between the two nodes.

/// Stalls one direction or both: what comes to the struck end, and what it sends.
fault with_stall(const std::string& name, bool to, bool from, predictor predict) {
  fault out{.name = name,
            .phases = all,
            .strike = [=](fault_stage& on) { on.set_stalled(to, from); },
            .predict = std::move(predict),
            .breaks_link = true};
  if (from)
    out.when_closing = {own(reason::ping_timeout)};
  return out;
}

void add_faults_of_links(std::vector<fault>& to) {
  to.push_back({.name = "cut",
                .phases = connected,
                .strike = [](fault_stage& on) { on.world.network().cut(here, there); },
                .predict = broken,
                .when_closing = {own(reason::network_error)},
                .breaks_link = true});
  to.push_back(with_stall("deaf", true, false, deaf));
  to.push_back(with_stall("mute", false, true, mute));
  to.push_back(with_stall("isolated", true, true, isolated));
  auto slow_down = [](fault_stage& on) {
    on.world.network().set_conditions(here, there, {.latency = 700ms});
    on.world.network().set_conditions(there, here, {.latency = 500ms, .max_piece = 999});
  };
  auto is_slow = [](fault_stage& on) {
    if (on.what.phase == "closing")
      return;
    auto session = on.ask(on.struck);
    on.expect(session && session->ping.last >= 1200ms, "it is not slow");
  };
  to.push_back({.name = "slow",
                .phases = all,
                .strike = slow_down,
                .predict = always({runs}, {runs}),
                .check = is_slow});
}

// Faults at one of the nodes.

fault with_close(reason why) {
  return {.name = "closed with reason " + std::to_string(static_cast<unsigned>(why)),
          .phases = running,
          .strike = [=](fault_stage& on) { on.close(on.struck, on.other, why); },
          .predict = told(why),
          .is_quiet = true};
}

void add_faults_of_nodes(std::vector<fault>& to) {
  for (auto why :
       {reason::requested, reason::useless_peer, reason::too_many_peers, reason::subprotocol_error})
    to.push_back(with_close(why));
  auto close_both = [](fault_stage& on) {
    on.close(on.struck, on.other, reason::requested);
    on.close(on.other, on.struck, reason::useless_peer);
  };
  to.push_back({.name = "closed by both",
                .phases = from_idle,
                .strike = close_both,
                .predict = always({own(reason::requested), heard(reason::useless_peer)},
                                  {own(reason::useless_peer), heard(reason::requested)}),
                .when_closing = {own(reason::useless_peer)},
                .is_quiet = true});
  auto quits = [](const std::string& phase) {
    return told_if_late(phase, reason::client_quitting);
  };
  to.push_back(
    {.name = "node quits",
     .phases = all,
     .strike = [](fault_stage& on) { on.exit(on.struck.node, exit_reason::user_shutdown); },
     .predict = quits,
     .ends_node = true,
     .is_quiet = true});
  to.push_back({.name = "node killed",
                .phases = all,
                .strike = [](fault_stage& on) { on.exit(on.struck.node, exit_reason::kill); },
                .predict = quits,
                .ends_node = true,
                .silences = true,
                .is_quiet = true});
  auto dial_back = [](fault_stage& on) {
    anon_send_to(on.struck.node, dial_atom_v, on.other.url);
    anon_send_to(on.other.node, dial_atom_v, on.struck.url);
  };
  to.push_back(
    {.name = "dialled back", .phases = all, .strike = dial_back, .check = [](fault_stage& on) {
       on.check_dialled_back();
     }});
}

/// Kills an actor of either end.
fault with_kill(const std::string& victim, names phases, predictor predict) {
  return {.name = victim + " killed",
          .phases = std::move(phases),
          .strike = [](fault_stage& on) { on.kill_victim(); },
          .predict = std::move(predict),
          .when_closing = {own(reason::network_error)},
          .breaks_link = true,
          .victim = victim};
}

void add_kills(std::vector<fault>& to) {
  to.push_back(with_kill("peer", all, broken));
  to.push_back(with_kill("supervisor", all, broken));
  // The pinger has a successor.
  auto pinger = with_kill("pinger", running, always({runs}, {runs}));
  pinger.breaks_link = false;
  to.push_back(std::move(pinger));
}

// Faults of its handlers, one or three of them at once.

fault with_exit(std::string name, caf::error why, predictor predict) {
  return {.name = std::move(name),
          .phases = running,
          .strike = [why = std::move(why)](fault_stage& on) { on.exit_handlers(why); },
          .predict = std::move(predict),
          .needs_protocols = true,
          .is_quiet = true};
}

void add_exits(std::vector<fault>& to) {
  to.insert(
    to.end(),
    {with_exit("handlers return", exit_reason::user_shutdown, told(reason::client_quitting)),
     with_exit("handlers fail", caf::sec::bad_function_call, told(reason::subprotocol_error)),
     with_exit("handlers killed", exit_reason::kill, told(reason::subprotocol_error)),
     with_exit("handlers part", local_disconnect(reason::useless_peer), told(reason::useless_peer)),
     with_exit("handlers cannot decode", caf::make_error(errc::rlp_truncated),
               told(reason::breach_of_protocol))});
  auto restarted =
    with_exit("handlers killed, restarted", exit_reason::kill, always({runs}, {runs}));
  restarted.supervised.when_failed = supervision::strategy::restart;
  restarted.is_quiet = false;
  restarted.check = [](fault_stage& on) {
    on.expect(on.record->spawned == 2 * on.what.protocols, "each has not one successor");
  };
  to.push_back(std::move(restarted));
}

/// Adds the kill of stubborn handlers, the only ones that are still there when their session is
/// closing. Their fate has no effect on the session's.
void add_late_kill(std::vector<fault>& to) {
  auto late = with_exit("stubborn handlers killed", exit_reason::kill, told(reason::requested));
  late.phases = {"closing"};
  late.script = kit::handler_script{misbehaviour::is_stubborn};
  late.strike = [](fault_stage& on) {
    on.exit_handlers(exit_reason::kill);
    on.world.run();
    for (const auto& x : on.record->lives)
      on.expect(x->end == exit_reason::kill, "a handler has not died while its session closes");
  };
  to.push_back(std::move(late));
}

void check_misbehaviour(fault_stage& on) {
  for (const auto& x : on.record->lives)
    on.expect(x->misbehaved, "a handler has not misbehaved");
}

/// Handlers that misbehave at the first message; a few messages come.
fault with_handlers(std::string name, misbehaviour what, predictor predict) {
  kit::handler_script script{what, kit::at_message{1}};
  script.messages = 300;
  script.message_size = 1000;
  return {.name = std::move(name),
          .phases = running,
          .strike = [](fault_stage& on) { on.send_all(3, 100); },
          .predict = std::move(predict),
          .needs_protocols = true,
          .script = script};
}

void add_misbehaviour(std::vector<fault>& to) {
  to.push_back(
    with_handlers("handlers throw", misbehaviour::throws, told(reason::subprotocol_error)));
  to.push_back(
    with_handlers("handlers quit", misbehaviour::returns, told(reason::client_quitting)));
  to.push_back(with_handlers("handlers write an unknown code", misbehaviour::writes_unknown_code,
                             told(reason::breach_of_protocol)));
  auto late =
    with_handlers("handlers reply late", misbehaviour::replies_late, always({runs}, {runs}));
  late.check = check_misbehaviour;
  to.push_back(std::move(late));
  for (auto [name, what] : {std::pair{"handlers hoard", misbehaviour::hoards},
                            std::pair{"handlers stall", misbehaviour::stalls}}) {
    auto one = with_handlers(name, what, told(reason::subprotocol_error));
    // More than the read window, but not at once, because the write queue is no larger.
    one.strike = [](fault_stage& on) {
      for (int i = 0; i < 3; ++i) {
        on.send(on.other.links.at(0), 14, 4000);
        on.world.advance(100ms);
      }
    };
    to.push_back(std::move(one));
  }
  // Whether the flood is too much depends on how fast the other end reads.
  auto flood = with_handlers(
    "handlers flood", misbehaviour::floods,
    always({runs, own(reason::subprotocol_error)}, {runs, heard(reason::subprotocol_error)}));
  flood.check = [](fault_stage& on) {
    if (on.struck.seen->running() == 1)
      check_misbehaviour(on);
  };
  to.push_back(std::move(flood));
  auto stubborn =
    with_handlers("handlers are stubborn", misbehaviour::is_stubborn, told(reason::requested));
  // A few messages come before the close, the others after it.
  stubborn.strike = [](fault_stage& on) {
    on.send_all(3, 100);
    on.world.advance(1s);
    on.close(on.struck, on.other, reason::requested);
    on.send_all(20, 1000);
  };
  stubborn.check = check_misbehaviour;
  to.push_back(std::move(stubborn));
}

// Supervision of the handlers.

void add_supervised(std::vector<fault>& to) {
  // Each handler fails at its first message. In the end no handler is left.
  auto detached = with_handlers("handlers throw, detached", misbehaviour::throws,
                                told(reason::subprotocol_error));
  detached.supervised.when_failed = supervision::strategy::detach;
  to.push_back(detached);
  detached.name = "a handler throws, detached";
  detached.phases = {"idle", "mid-out"}; // In "mid-in", the phase's own messages would strike.
  detached.strikes_one = true;
  detached.predict =
    always({runs, own(reason::subprotocol_error)}, {runs, heard(reason::subprotocol_error)});
  detached.check = [](fault_stage& on) {
    auto session = on.ask(on.struck);
    on.expect(session.has_value() == (on.what.protocols > 1), "the last one is not the last");
    on.expect(!session || (session->protocols[0].detached && !session->protocols[1].detached),
              "another is detached than the one that threw");
  };
  to.push_back(std::move(detached));
  // Messages that come while a handler is replaced are lost, so that a budget may last.
  auto replaced = with_handlers(
    "handlers throw, restarted", misbehaviour::throws,
    always({runs, own(reason::subprotocol_error)}, {runs, heard(reason::subprotocol_error)}));
  replaced.supervised.when_failed = supervision::strategy::restart;
  replaced.check = [](fault_stage& on) {
    on.expect(on.record->spawned > on.what.protocols, "nobody was restarted");
  };
  to.push_back(std::move(replaced));
}

const std::vector<fault>& faults() {
  static const auto out = [] {
    std::vector<fault> all;
    add_faults_of_links(all);
    add_faults_of_nodes(all);
    add_kills(all);
    add_exits(all);
    add_late_kill(all);
    add_misbehaviour(all);
    add_supervised(all);
    return all;
  }();
  return out;
}

} // namespace

outcome run_fault(const trial& what) {
  for (const auto& x : faults())
    if (x.name == what.fault)
      return fault_stage{what, x}.run();
  throw std::out_of_range{what.fault};
}

std::vector<trial> faults_with(std::uint64_t seed) {
  std::vector<trial> out;
  for (const auto& x : faults())
    for (const auto& phase : x.phases)
      for (unsigned protocols : {0, 1, 3}) {
        auto in_message = phase == "mid-in" || phase == "mid-out";
        if (protocols > 0 || !(x.needs_protocols || in_message))
          out.push_back({x.name, phase, protocols, seed});
      }
  return out;
}

} // namespace devp2p::trials
