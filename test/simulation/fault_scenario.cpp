// SPDX-License-Identifier: BSL-1.0
#include "fault_scenario.hpp"

#include "stage.hpp"

#include "devp2p/actors/reason_for.hpp"
#include "devp2p/kit/misbehaving_handler.hpp"

#include <caf/local_actor.hpp>

#include <functional>

namespace devp2p::simulation {

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

const std::string here = "10.0.0.1";
const std::string there = "10.0.0.2";

/// More than the pipe and the sockets' turns take at once; compresses to itself.
const blob& large_payload() {
  static const blob out = [] {
    bytes content(40'000);
    kit::seeded_random{7}.fill(content);
    return blob{content};
  }();
  return out;
}

/// A node, what it tells, and the handlers of its sessions.
struct party {
  crypto::private_key key;
  enode url;
  node_actor node = {};
  std::optional<kit::witness> seen = {};
  std::vector<channel> links = {};
  std::vector<handler_actor> handlers = {};
};

class fault_stage;

struct fault {
  std::string name;
  std::function<void(fault_stage&)> strike;
  /// Of the one who is struck, if it strikes a session that runs and is idle.
  std::optional<reason> expected = {};
  bool needs_protocols = false;
  /// The link no longer carries what it should.
  bool breaks_link = false;
  /// A node is killed: it tells nobody anything any more.
  bool silences = false;
  /// What the handlers of the struck node do; they echo without it.
  std::optional<kit::handler_script> script = {};
  supervision supervised = {};
  /// There is one session in the end, the first, unless it was closed.
  bool survives = false;
};

const std::vector<fault>& faults();

const fault& find_fault(const std::string& name) {
  for (const auto& x : faults())
    if (x.name == name)
      return x;
  throw std::out_of_range{name};
}

class fault_stage : public stage {
public:
  explicit fault_stage(const scenario& what)
    : stage(what, 8 << 10),
      fault_(find_fault(what.fault)) {
    open_party(struck, here, [this](std::size_t) {
      return kit::misbehaving(fault_.script.value_or(kit::handler_script{}), record_);
    });
    open_party(other, there, [](std::size_t) {
      return handled_by([](handler_actor::pointer, const channel&) -> handler_actor::behavior_type {
        return {[](const packet&) {}};
      });
    });
    net::line_conditions ways[2];
    for (auto& way : ways) {
      way.latency = std::chrono::milliseconds{choose(3) * 7};
      if (auto pieces = choose(3); pieces > 0)
        way.max_piece = std::size_t{1} << (4 + 4 * pieces); // 256 or 4096
    }
    world.network().set_conditions(here, there, ways[0]);
    world.network().set_conditions(there, here, ways[1]);
    struck_dials_ = choose(2) == 0;
  }

  outcome run() {
    reach(what.phase);
    fault_.strike(*this);
    world.advance(100s);
    lift_stalls();
    world.advance(60s);
    check_reason();
    check_ends();
    check_slots();
    for (auto* x : {&struck, &other})
      end_party(*x);
    world.advance(1min);
    check_handlers();
    // The two witnesses.
    check_leftovers(2);
    result.trace_hash = world.trace_hash();
    return result;
  }

  // What faults are made of.

  void set_stalled(bool in, bool out) {
    stall(there, here, in);
    stall(here, there, out);
  }

  void exit_handlers(const caf::error& why) {
    caf::scoped_actor self{world.system()};
    for (const auto& x : struck.handlers)
      self->send_exit(x, why);
  }

  void exit(const node_actor& node, caf::exit_reason why) { caf::anon_send_exit(node, why); }

  void close(const party& which, const party& with, reason why) {
    caf::anon_send(which.node, close_atom::value, with.key.id(), why);
  }

  /// Kills some actor with that name, of whichever node; the first that has something to do.
  void kill(const std::string& name) {
    auto& jobs = dynamic_cast<caf::scheduler::test_coordinator&>(world.system().scheduler()).jobs;
    caf::actor found;
    auto find = [&] {
      for (auto* x : jobs)
        if (auto* actor = dynamic_cast<caf::local_actor*>(x); actor && actor->name() == name) {
          found = caf::actor_cast<caf::actor>(actor);
          return true;
        }
      return false;
    };
    if (world.run_until(find, 20s))
      caf::anon_send_exit(found, caf::exit_reason::kill);
  }

  /// From the other node to the handlers of the struck one.
  void send_all(std::size_t messages, std::size_t size) {
    for (const auto& x : other.links)
      send(x, messages, size);
  }

  void send(const channel& link, std::size_t messages, std::size_t size) {
    for (std::size_t i = 0; i < messages; ++i)
      write(link, blob{bytes(size, 0xaa)});
  }

  party struck{crypto::private_key::generate(random), {}};
  party other{crypto::private_key::generate(random), {}};

private:
  void open_party(party& out, const std::string& address,
                  const std::function<handler_factory(std::size_t)>& handler) {
    node_config setup{out.key, &random};
    // Small limits, so that little data reaches them.
    setup.limits.max_read_window = 100'000;
    setup.limits.max_write_queue = 100'000;
    setup.limits.message_events = true;
    for (unsigned i = 0; i < what.protocols; ++i) {
      auto spawn = [&out, made = handler(i)](caf::actor_system& system, const channel& link) {
        out.links.push_back(link);
        return out.handlers.emplace_back(made(system, link));
      };
      setup.protocols.push_back(
        {.name = protocol_name(i), .version = 1, .length = 8, .spawn = std::move(spawn)});
      setup.protocols.back().supervised = fault_.supervised;
    }
    out.url = {out.key.id(), {address, 30303}, 30303};
    out.node = world.adopt(spawn_node(world.system(), world.host(address), std::move(setup)));
    out.seen.emplace(world, out.node, &out == &struck ? "the one struck" : "the other");
    world.send(out.node, listen_atom::value, out.url.address);
  }

  static void end_party(party& which) {
    caf::anon_send_exit(which.node, caf::exit_reason::user_shutdown);
    which.node = nullptr;
    which.links.clear();
    which.handlers.clear();
  }

  void write(const channel& link, const blob& payload) {
    caf::anon_send(link.writer, write_atom::value, link.index, link.restarts, packet{1, payload});
  }

  void stall(const std::string& from, const std::string& to, bool stalled) {
    auto way = world.network().conditions(from, to);
    way.stalled = stalled;
    world.network().set_conditions(from, to, way);
  }

  void lift_stalls() { set_stalled(false, false); }

  void reach(const std::string& phase) {
    auto& dialler = struck_dials_ ? struck : other;
    auto& listener = struck_dials_ ? other : struck;
    auto carried = [&](bool by_dialler) {
      const auto& from = by_dialler == struck_dials_ ? here : there;
      return world.network().carried(from, from == here ? there : here);
    };
    caf::anon_send(dialler.node, dial_atom::value, listener.url);
    if (phase == "dialling") {
      for (auto steps = choose(6); steps > 0 && carried(true) == 0; --steps)
        world.run_one();
      return;
    }
    require(world.run_until([&] { return carried(true) > 0; }, 10s), "auth");
    if (phase == "auth")
      return;
    require(world.run_until([&] { return carried(false) > 0; }, 10s), "ack");
    if (phase == "ack")
      return;
    auto auth = carried(true);
    require(world.run_until([&] { return carried(true) > auth; }, 10s), "Hello");
    if (phase == "hello")
      return;
    auto both_run = [&] { return struck.seen->running() == 1 && other.seen->running() == 1; };
    require(world.run_until(both_run, 10s), "a session");
    world.run();
    if (phase == "mid-in" || phase == "mid-out")
      require(reach_mid_message(phase == "mid-in"), "the middle of a message");
    if (phase == "closing") {
      close(struck, other, reason::requested);
      require(world.run_until([&] { return !struck.seen->ends().empty(); }, 10s), "the end");
    }
  }

  bool reach_mid_message(bool in) {
    const auto& from = in ? there : here;
    const auto& to = in ? here : there;
    auto before = world.network().delivered(from, to);
    auto enough = before + 1 + choose(large_payload().size());
    for (const auto& x : (in ? other : struck).links)
      write(x, large_payload());
    return world.run_until([&] { return world.network().delivered(from, to) >= enough; }, 10s);
  }

  void require(bool reached, const std::string& what_for) {
    // Handlers that misbehave at once may end it sooner.
    if (!fault_.script)
      expect(reached, "never came as far as " + what_for);
  }

  void check_reason() {
    if (what.phase == "closing" && !fault_.silences && !fault_.breaks_link)
      expect(!struck.seen->ends().empty() && struck.seen->ends()[0].why.reason == reason::requested,
             "the first failure does not name the reason");
    if (what.phase != "closing" && fault_.survives)
      expect(struck.seen->running() == 1 && struck.seen->added() == 1, "there is not one session");
    if (what.phase != "idle" || !fault_.expected)
      return;
    auto given = [&](const kit::witness::end& x) { return x.why.reason == *fault_.expected; };
    expect(struck.seen->ends().size() == 1 && given(struck.seen->ends()[0]),
           "the reason is not " + devp2p::to_string(*fault_.expected) + ", but " +
             (struck.seen->ends().empty() ? "none"
                                          : devp2p::to_string(struck.seen->ends()[0].why.reason)));
  }

  void check_ends() {
    for (auto* x : {&struck, &other})
      expect_none(x->seen->contradictions());
    if (fault_.silences)
      return;
    expect_none(struck.seen->invented(*other.seen));
    expect_none(other.seen->invented(*struck.seen));
    if (fault_.breaks_link)
      return;
    expect_none(struck.seen->missed(*other.seen));
    expect_none(other.seen->missed(*struck.seen));
    expect(struck.seen->running() == other.seen->running(), "one end runs without the other");
  }

  void check_slots() {
    stage::check_slots(other.node, *other.seen);
    if (!fault_.silences)
      stage::check_slots(struck.node, *struck.seen);
  }

  void check_handlers() {
    auto may_go_on = fault_.script && fault_.script->what == kit::misbehaviour::is_stubborn;
    for (const auto& x : record_->lives) {
      expect(x->end.has_value(), "a handler still lives");
      expect(may_go_on || x->packets_after_close == 0, "a handler was sent messages after the close");
    }
  }

  const fault& fault_;
  bool struck_dials_ = false;
  std::shared_ptr<kit::handler_record> record_ = std::make_shared<kit::handler_record>();
};

/// Its handlers misbehave at the first message, and a few messages come.
fault with_handlers(std::string name, kit::misbehaviour what, std::optional<reason> expected) {
  kit::handler_script script{what, kit::at_message{1}};
  script.messages = 300;
  script.message_size = 1000;
  return {.name = std::move(name),
          .strike = [](fault_stage& on) { on.send_all(3, 100); },
          .expected = expected,
          .needs_protocols = true,
          .script = script};
}

fault with_exit(std::string name, caf::error why, reason expected) {
  return {.name = std::move(name),
          .strike = [why = std::move(why)](fault_stage& on) { on.exit_handlers(why); },
          .expected = expected,
          .needs_protocols = true};
}

fault with_close(reason why) {
  return {.name = "closed with reason " + std::to_string(static_cast<unsigned>(why)),
          .strike = [=](fault_stage& on) { on.close(on.struck, on.other, why); },
          .expected = why};
}

std::vector<fault> make_faults() {
  using caf::exit_reason;
  using kit::misbehaviour;
  std::vector<fault> out{
    // Between them.
    {.name = "cut",
     .strike = [](fault_stage& on) { on.world.network().cut(here, there); },
     .expected = reason::network_error,
     .breaks_link = true},
    {.name = "deaf",
     .strike = [](fault_stage& on) { on.set_stalled(true, false); },
     .expected = reason::ping_timeout,
     .breaks_link = true},
    {.name = "mute",
     .strike = [](fault_stage& on) { on.set_stalled(false, true); },
     .breaks_link = true},
    {.name = "isolated",
     .strike = [](fault_stage& on) { on.set_stalled(true, true); },
     .expected = reason::ping_timeout,
     .breaks_link = true},
    {.name = "slow",
     .strike =
       [](fault_stage& on) {
         on.world.network().set_conditions(here, there, {.latency = 700ms});
         on.world.network().set_conditions(there, here, {.latency = 500ms, .max_piece = 999});
       }},
    // At one of them.
    with_close(reason::requested),
    with_close(reason::useless_peer),
    with_close(reason::too_many_peers),
    with_close(reason::subprotocol_error),
    {.name = "closed by both",
     .strike =
       [](fault_stage& on) {
         on.close(on.struck, on.other, reason::requested);
         on.close(on.other, on.struck, reason::useless_peer);
       }},
    {.name = "node quits",
     .strike = [](fault_stage& on) { on.exit(on.struck.node, exit_reason::user_shutdown); },
     .expected = reason::client_quitting,
     .silences = true},
    {.name = "node killed",
     .strike = [](fault_stage& on) { on.exit(on.struck.node, exit_reason::kill); },
     .silences = true},
    {.name = "pinger killed", .strike = [](fault_stage& on) { on.kill("pinger"); }},
    {.name = "peer killed",
     .strike = [](fault_stage& on) { on.kill("peer"); },
     .breaks_link = true},
    {.name = "supervisor killed",
     .strike = [](fault_stage& on) { on.kill("supervisor"); },
     .breaks_link = true},
    {.name = "dialled back",
     .strike =
       [](fault_stage& on) {
         caf::anon_send(on.struck.node, dial_atom::value, on.other.url);
         caf::anon_send(on.other.node, dial_atom::value, on.struck.url);
       },
     .survives = true},
    // Its handlers, one or three of them at once.
    with_exit("handlers return", exit_reason::user_shutdown, reason::client_quitting),
    with_exit("handlers fail", caf::sec::bad_function_call, reason::subprotocol_error),
    with_exit("handlers killed", exit_reason::kill, reason::subprotocol_error),
    with_exit("handlers part", local_disconnect(reason::useless_peer), reason::useless_peer),
    with_exit("handlers cannot decode", caf::make_error(errc::rlp_truncated),
              reason::breach_of_protocol),
    with_handlers("handlers throw", misbehaviour::throws, reason::subprotocol_error),
    with_handlers("handlers quit", misbehaviour::returns, reason::client_quitting),
    with_handlers("handlers write an unknown code", misbehaviour::writes_unknown_code,
                  reason::breach_of_protocol),
    with_handlers("handlers reply late", misbehaviour::replies_late, std::nullopt),
  };
  auto hoards = with_handlers("handlers hoard", misbehaviour::hoards, reason::subprotocol_error);
  auto stalls = with_handlers("handlers stall", misbehaviour::stalls, reason::subprotocol_error);
  for (auto* x : {&hoards, &stalls}) {
    x->strike = [](fault_stage& on) {
      if (!on.other.links.empty())
        on.send(on.other.links.front(), 28, 4000);
    };
    out.push_back(*x);
  }
  // Whether it is too much depends on how fast the other end reads.
  out.push_back(with_handlers("handlers flood", misbehaviour::floods, std::nullopt));
  // Each fails at its first message. In the end nobody is left; but what comes while one is
  // replaced is lost, so that a budget may last.
  auto detached =
    with_handlers("handlers throw, detached", misbehaviour::throws, reason::subprotocol_error);
  detached.supervised.when_failed = supervision::strategy::detach;
  out.push_back(detached);
  auto replaced = with_handlers("handlers throw, restarted", misbehaviour::throws, std::nullopt);
  replaced.supervised.when_failed = supervision::strategy::restart;
  out.push_back(replaced);
  auto restarted = with_exit("handlers killed, restarted", exit_reason::kill, {});
  restarted.expected.reset();
  restarted.supervised.when_failed = supervision::strategy::restart;
  restarted.survives = true;
  out.push_back(restarted);
  auto stubborn =
    with_handlers("handlers are stubborn", misbehaviour::is_stubborn, reason::requested);
  stubborn.strike = [](fault_stage& on) {
    on.send_all(3, 100);
    on.world.run();
    on.close(on.struck, on.other, reason::requested);
  };
  out.push_back(stubborn);
  return out;
}

const std::vector<fault>& faults() {
  static const auto out = make_faults();
  return out;
}

} // namespace

outcome run_fault(const scenario& what) {
  return fault_stage{what}.run();
}

std::vector<scenario> faults_with(std::uint64_t seed) {
  std::vector<scenario> out;
  for (const auto& x : faults())
    for (const std::string phase :
         {"dialling", "auth", "ack", "hello", "idle", "mid-in", "mid-out", "closing"})
      for (unsigned protocols : {0, 1, 3}) {
        auto in_protocol = phase == "mid-in" || phase == "mid-out";
        if (protocols == 0 && (x.needs_protocols || in_protocol))
          continue;
        // Handlers are struck once they are there.
        if (x.needs_protocols && phase != "idle" && !in_protocol && phase != "closing")
          continue;
        out.push_back({x.name, phase, protocols, seed});
      }
  return out;
}

} // namespace devp2p::simulation
