// SPDX-License-Identifier: BSL-1.0
#include "fault_stage.hpp"

#include "devp2p/kit/raw_remote.hpp"
#include "devp2p/kit/wiretap.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <caf/local_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>

namespace devp2p::trials {

namespace {

using namespace std::chrono_literals;
using reason = disconnect_reason;

/// The size of the read window and of the write queue, in bytes. Small, so that little data fills
/// them.
constexpr std::size_t window = 100'000;

/// Returns a payload that is larger than what the pipe and the sockets' turns take at once. It does
/// not compress.
const blob& large_payload() {
  static const blob out = [] {
    bytes content(40'000);
    kit::seeded_random{7}.fill(content);
    return blob{content};
  }();
  return out;
}

handler_actor::behavior_type swallow(handler_actor::pointer, const channel&) {
  return {[](const packet&) {}};
}

std::string to_string(const fate& x) {
  switch (x.what) {
  case fate::kind::absent:
    return "never was";
  case fate::kind::runs:
    return "runs";
  case fate::kind::own:
    return "ended by itself, \"" + devp2p::to_string(x.why) + '"';
  case fate::kind::heard:
    return "was ended by the remote, \"" + devp2p::to_string(x.why) + '"';
  }
  return {};
}

fate fate_at(const kit::witness& seen) {
  if (seen.ends().empty())
    return seen.added() == 0 ? absent : runs;
  const auto& why = seen.ends()[0].why;
  return why.remote_requested ? heard(why.reason) : own(why.reason);
}

} // namespace

fault_stage::fault_stage(const trial& what, const fault& fault)
  : stage(what, 16 << 10),
    fault_(fault) {
  open_party(struck, here, [this](std::size_t index) { return handler_of_struck(index); });
  open_party(other, there, [](std::size_t) { return handled_by(swallow); });
  net::line_conditions ways[2];
  for (auto& way : ways) {
    way.latency = std::chrono::milliseconds{choose(3) * 7};
    if (auto pieces = choose(3); pieces > 0)
      way.max_piece = std::size_t{1} << (4 + 4 * pieces); // 256 or 4096
  }
  world.network().set_conditions(here, there, ways[0]);
  world.network().set_conditions(there, here, ways[1]);
  world.network().tap(here, there);
  world.network().tap(there, here);
  struck_dials_ = choose(2) == 0;
}

outcome fault_stage::run() {
  reach(what.phase);
  fault_.strike(*this);
  world.advance(100s);
  set_stalled(false, false);
  world.advance(60s);
  check_fates();
  check_ends();
  check_goodbyes();
  if (fault_.check)
    fault_.check(*this);
  check_windows();
  expect_none(other.seen->miscounted(world, other.node));
  if (!fault_.ends_node)
    expect_none(struck.seen->miscounted(world, struck.node));
  check_newcomer(fault_.ends_node || choose(2) == 0 ? other : struck);
  end_party(struck);
  end_party(other);
  world.advance(1min);
  check_handlers();
  // The two witnesses are left.
  expect_none(world.leftovers(2));
  result.trace_hash = world.trace_hash();
  return result;
}

// Parts of faults.

void fault_stage::set_stalled(bool in, bool out) {
  stall(there, here, in);
  stall(here, there, out);
}

void fault_stage::exit_handlers(const caf::error& why) {
  caf::scoped_actor self{world.system()};
  for (const auto& x : struck.handlers)
    self->send_exit(x, why);
}

void fault_stage::exit(const node_actor& node, caf::exit_reason why) {
  caf::anon_send_exit(node, why);
}

void fault_stage::close(const party& which, const party& with, reason why) {
  anon_send_to(which.node, close_atom_v, with.key.id(), why);
}

void fault_stage::kill_victim() {
  std::vector<caf::actor> living;
  auto find = [&] {
    for (const auto& x : victims_)
      if (auto found = caf::actor_cast<caf::strong_actor_ptr>(x);
          found && !found->get()->getf(caf::abstract_actor::is_terminated_flag))
        living.push_back(caf::actor_cast<caf::actor>(found));
    return !living.empty();
  };
  if (run_until(find))
    caf::anon_send_exit(living[choose(living.size())], caf::exit_reason::kill);
  else
    expect(false, "there is no " + fault_.victim + " to be killed");
}

void fault_stage::send_all(std::size_t messages, std::size_t size) {
  for (const auto& x : other.links)
    send(x, messages, size);
}

void fault_stage::send(const channel& link, std::size_t messages, std::size_t size) {
  for (std::size_t i = 0; i < messages; ++i)
    write(link, blob{bytes(size, 0xaa)});
}

// The way to the phase.

void fault_stage::open_party(party& out, const std::string& address,
                             const std::function<handler_factory(std::size_t)>& handler) {
  node_config setup{out.key, &rngs[&out == &struck ? 0 : 1]};
  setup.limits.max_read_window = window;
  setup.limits.max_write_queue = window;
  // A slot that is not given back keeps the newcomer out.
  setup.limits.max_peers = 1;
  setup.limits.dial_ratio = 0;
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
  world.send(out.node, listen_atom_v, out.url.address);
}

handler_factory fault_stage::handler_of_struck(std::size_t index) {
  auto misbehaves = fault_.script && (index == 0 || !fault_.strikes_one);
  return kit::misbehaving(misbehaves ? *fault_.script : kit::handler_script{}, record);
}

void fault_stage::reach(const std::string& phase) {
  auto& dialler = struck_dials_ ? struck : other;
  auto& listener = struck_dials_ ? other : struck;
  auto carried = [&](bool by_dialler) {
    const auto& from = by_dialler == struck_dials_ ? here : there;
    return world.network().carried(from, from == here ? there : here);
  };
  anon_send_to(dialler.node, dial_atom_v, listener.url);
  if (phase == "dialling") {
    auto steps = choose(6);
    require(run_until([&] { return steps-- == 0 || carried(true) > 0; }), "the dial");
    return;
  }
  require(run_until([&] { return carried(true) > 0; }), "auth");
  if (phase == "auth")
    return;
  require(run_until([&] { return carried(false) > 0; }), "ack");
  if (phase == "ack")
    return;
  auto auth = carried(true);
  require(run_until([&] { return carried(true) > auth; }), "Hello");
  if (phase == "hello")
    return;
  require(reach_session(), "a session");
  if (phase == "mid-in" || phase == "mid-out")
    require(reach_mid_message(phase == "mid-in"), "the middle of a message");
  if (phase == "closing") {
    close(struck, other, reason::requested);
    require(run_until([&] { return !struck.seen->ends().empty(); }), "the end");
  }
}

bool fault_stage::reach_session() {
  auto both_run = [&] { return struck.seen->running() == 1 && other.seen->running() == 1; };
  auto out = run_until(both_run);
  world.run();
  return out;
}

bool fault_stage::reach_mid_message(bool in) {
  const auto& from = in ? there : here;
  const auto& to = in ? here : there;
  auto before = world.network().delivered(from, to);
  auto enough = before + 1 + choose(large_payload().size());
  for (const auto& x : (in ? other : struck).links)
    write(x, large_payload());
  return run_until([&] { return world.network().delivered(from, to) >= enough; });
}

bool fault_stage::run_until(const std::function<bool()>& done) {
  auto look_and_ask = [&] {
    if (!fault_.victim.empty())
      look_for_victims();
    return done();
  };
  return world.run_until(look_and_ask, 10s);
}

/// Looks among the jobs, since each actor has something to do when it begins.
void fault_stage::look_for_victims() {
  auto& jobs = dynamic_cast<caf::scheduler::test_coordinator&>(world.system().scheduler()).jobs;
  for (auto* x : jobs)
    if (auto* actor = dynamic_cast<caf::local_actor*>(x); actor && actor->name() == fault_.victim)
      if (auto address = actor->address();
          std::find(victims_.begin(), victims_.end(), address) == victims_.end())
        victims_.push_back(std::move(address));
}

void fault_stage::require(bool reached, const std::string& what_for) {
  // Handlers that misbehave at once may end the session sooner.
  if (!fault_.script)
    expect(reached, "never came as far as " + what_for);
}

void fault_stage::write(const channel& link, const blob& payload) {
  link.post(packet{1, payload});
}

void fault_stage::stall(const std::string& from, const std::string& to, bool stalled) {
  auto way = world.network().conditions(from, to);
  way.stalled = stalled;
  world.network().set_conditions(from, to, way);
}

// Checks after the fault.

std::optional<peer_info> fault_stage::ask(const party& which) {
  caf::scoped_actor self{world.system()};
  auto asked = request_from(self, which.node, caf::infinite, peers_atom_v);
  world.run();
  std::optional<peer_info> out;
  std::move(asked).receive(
    [&](std::vector<peer_info>& found) {
      if (found.size() == 1)
        out = std::move(found[0]);
    },
    [](const caf::error&) {});
  return out;
}

void fault_stage::check_fates() {
  if (!fault_.predict)
    return;
  auto allowed = fault_.predict(what.phase);
  if (what.phase == "closing") {
    allowed = {{own(reason::requested)}, fault_.when_closing};
    allowed.other.push_back(heard(reason::requested));
  }
  if (!fault_.silences)
    check_fate(struck, allowed.struck);
  check_fate(other, allowed.other);
}

void fault_stage::check_fate(const party& which, const fates& allowed) {
  auto found = fate_at(*which.seen);
  auto name = &which == &struck ? "struck" : "other";
  expect(std::find(allowed.begin(), allowed.end(), found) != allowed.end(),
         "at the " + std::string{name} + " end the session " + to_string(found));
  expect(which.seen->added() <= 1 && which.seen->ends().size() <= 1, "there were two sessions");
}

void fault_stage::check_ends() {
  for (auto* x : {&struck, &other})
    expect_none(x->seen->contradictions());
  if (fault_.silences)
    return;
  expect_none(struck.seen->invented(*other.seen));
  expect_none(other.seen->invented(*struck.seen));
  expect(struck.seen->running() == other.seen->running(), "one end runs without the other");
  if (fault_.breaks_link)
    return;
  expect_none(struck.seen->missed(*other.seen));
  expect_none(other.seen->missed(*struck.seen));
}

/// Checks what was said on the wire, by repeating the handshake.
void fault_stage::check_goodbyes() {
  const auto& net = world.network();
  auto from_struck = net.tapped(here, there);
  auto from_other = net.tapped(there, here);
  // With two connections, both draw from the same random source, in an unknown order.
  if (from_struck.size() != 1 || from_other.size() != 1)
    return expect(from_struck.empty() || from_other.empty() || !fault_.predict,
                  "there is more than one connection");
  kit::seeded_random again[] = {fresh_rng(0), fresh_rng(1)};
  kit::tapped_end ends[] = {{struck.key, again[0], from_struck[0]},
                            {other.key, again[1], from_other[0]}};
  auto heard = overhear(ends[struck_dials_ ? 0 : 1], ends[struck_dials_ ? 1 : 0]);
  if (!heard)
    return expect(what.phase == "dialling" || what.phase == "auth" || what.phase == "ack",
                  "there was no handshake");
  auto& [dialler, listener] = *heard;
  check_goodbye(struck, struck_dials_ ? dialler : listener);
  check_goodbye(other, struck_dials_ ? listener : dialler);
}

/// Checks that the node has written at most one Disconnect, as its last message, and has reported
/// it.
void fault_stage::check_goodbye(const party& by, const std::vector<std::uint64_t>& written) {
  auto first = std::find(written.begin(), written.end(), p2p::disconnect_id);
  auto said = first != written.end();
  expect(!said || std::next(first) == written.end(), "something was said behind the goodbye");
  const auto& ends = by.seen->ends();
  auto tells = std::any_of(ends.begin(), ends.end(), [](const auto& x) { return x.why.sent; });
  auto silent = fault_.silences && &by == &struck;
  expect(silent || !said || tells, "a goodbye was said that nobody tells of");
  // The Disconnect may be lost with the connection if much data is under way.
  if (fault_.is_quiet && !silent && (what.phase == "idle" || what.phase == "closing"))
    expect(said == tells, "a goodbye was told of that nobody has said");
}

/// Checks that the windows are free of what was read and handled: more than a window comes through
/// to each handler that is there and not about to misbehave.
void fault_stage::check_windows() {
  if (struck.seen->running() != 1 || other.seen->running() != 1)
    return;
  std::vector<std::pair<std::shared_ptr<const kit::handler_life>, std::size_t>> before;
  for (const auto& x : record->lives)
    if (auto misbehaves = fault_.script && (x->link.place.index == 0 || !fault_.strikes_one);
        !x->end && (!misbehaves || x->misbehaved))
      before.emplace_back(x, x->packet_count);
  constexpr std::size_t size = window / 4;
  constexpr std::size_t messages = 9;
  for (std::size_t i = 0; i < messages; ++i) {
    for (const auto& [life, count] : before)
      send(link_to(*life), 1, size);
    world.advance(2s);
  }
  for (const auto& [life, count] : before)
    expect(life->packet_count == count + messages, "messages have not come through");
}

/// Returns the last link of the handler's protocol, since there may have been another session.
const channel& fault_stage::link_to(const kit::handler_life& life) const {
  return *std::find_if(other.links.rbegin(), other.links.rend(),
                       [&](const channel& x) { return x.place.index == life.link.place.index; });
}

/// Checks that no other remote comes in while the session runs, and that one does when it has
/// ended.
void fault_stage::check_newcomer(party& host) {
  std::vector<capability> offered;
  for (unsigned i = 0; i < what.protocols; ++i)
    offered.push_back({protocol_name(i), 1});
  auto was_free = host.seen->running() == 0;
  auto runs_before = host.seen->added();
  kit::raw_remote newcomer{world, "10.0.0.3", random};
  newcomer.meet(host.url.address, host.key.id(), offered);
  if (was_free)
    expect(host.seen->added() == runs_before + 1, "nobody else can come in");
  else
    expect(newcomer.goodbyes() == std::vector{reason::too_many_peers}, "somebody else came in");
}

void fault_stage::end_party(party& which) {
  caf::anon_send_exit(which.node, caf::exit_reason::user_shutdown);
  which.node = nullptr;
  which.links.clear();
  which.handlers.clear();
}

void fault_stage::check_handlers() {
  for (const auto& x : record->lives) {
    expect(x->end.has_value(), "a handler still lives");
    expect(x->packets_after_close == 0, "a handler was sent messages after the close");
  }
}

void fault_stage::check_dialled_back() {
  auto session = ask(struck);
  if (what.phase == "closing")
    // The session that was closed, and the results of the dials.
    return expect(struck.seen->added() + struck.seen->ends().size() > 2, "nobody dialled");
  expect(session.has_value() && struck.seen->added() == 1, "there is not one session");
  auto was_there = what.phase == "idle" || what.phase == "mid-in" || what.phase == "mid-out";
  auto larger_was_first = struck_dials_ == (struck.key.id() > other.key.id());
  if (session && (was_there || larger_was_first))
    expect(session->inbound != struck_dials_, "another session runs than the first");
}

} // namespace devp2p::trials
