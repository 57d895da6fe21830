// SPDX-License-Identifier: BSL-1.0

// Goal: the two ends of a remote handler keep their bounds and their accounts, whatever they hear
// from each other, from their actors or from another process, and leave nothing behind.
//
// Method: the first byte says which end is tried. The input plays all that this end talks to, in
// virtual time. A near end must send in order and no more than its credit and one message. It must
// hold exactly what was not released, and end with a text when a report to it is impossible. A far
// end must report no more than it was given, report in time all that was released, and end when
// either side does.

#include "target.hpp"

#include "script.hpp"

#include "devp2p/actors/protocol.hpp"
#include "devp2p/actors/remote/lent_payloads.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/kit/world.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <deque>
#include <optional>
#include <stdexcept>

namespace devp2p::fuzz::remote_ends_target {

using namespace std::chrono_literals;

namespace {

/// Returns a packet that counts in `living` as long as its payload is held.
packet counted(std::uint64_t code, std::size_t size, std::size_t* living) {
  auto* content = new std::uint8_t[size + 1]{static_cast<std::uint8_t>(code)};
  ++*living;
  auto release = [living](const std::uint8_t* what) {
    delete[] what;
    --*living;
  };
  return {code, blob{std::shared_ptr<const std::uint8_t[]>{content, release}, size}};
}

// A near end.

struct near_stage {
  std::size_t living = 0;
  std::deque<std::uint64_t> unreleased;
  std::uint64_t given = 0;
  std::uint64_t next_code = 0;
  std::uint64_t arrived_codes = 0;
  std::uint64_t sent = 0;
  delivery known;
  bool linked = false;
  bool asked = false;
  bool breach = false;
  std::optional<caf::error> end;
  caf::typed_response_promise<far_end_actor> promise;
  near_end_actor near;
};

using scripted_host =
  handler_host_actor::extend<reacts_to<resume_atom, far_end_actor>, reacts_to<close_atom>>;

scripted_host::behavior_type play_host(scripted_host::pointer self, near_stage* out) {
  return {
    [=](spawn_atom, const channel&, const near_end_actor& near,
        std::uint64_t) -> caf::result<far_end_actor> {
      out->near = near;
      out->asked = true;
      out->promise = self->make_response_promise<far_end_actor>();
      return out->promise;
    },
    [=](resume_atom, const far_end_actor& far) { out->promise.deliver(far); },
    [=](close_atom) { out->promise.deliver(caf::make_error(errc::handler_failed, "no")); },
  };
}

far_end_actor::behavior_type play_far(far_end_actor::pointer, near_stage* out) {
  return {
    [=](const std::vector<packet>& batch) {
      require(!batch.empty());
      for (const auto& x : batch) {
        require(x.code == out->arrived_codes++);
        out->sent += message_cost(x);
      }
    },
    [](resume_atom) {},
    [](tick_atom) {},
    [](close_atom) {},
  };
}

void try_near_end(test::script& input) {
  near_stage stage;
  kit::world world;
  const auto before = world.living();
  const std::uint64_t credit = 1 + input.two_bytes();
  auto host = world.spawn(play_host, &stage);
  auto far = world.spawn(play_far, &stage);
  auto near = handled_remotely(host, {.credit = credit})(world.system(), {});
  near->attach_functor([&stage](const caf::error& why) { stage.end = why; });
  world.run();
  require(stage.asked);
  std::uint64_t largest = 0;
  for (auto steps = 0; steps < 500 && !input.at_end() && !stage.end; ++steps) {
    switch (input.byte() % 12) {
    default: {
      auto next = counted(stage.next_code++, input.two_bytes() % 5000, &stage.living);
      auto cost = message_cost(next);
      largest = std::max(largest, cost);
      stage.given += cost;
      stage.unreleased.push_back(stage.given);
      world.send(near, std::move(next));
      break;
    }
    case 5:
    case 6: {
      // A report that is possible.
      auto now = stage.known;
      now.arrived += std::min<std::uint64_t>(input.two_bytes(), stage.sent - now.arrived);
      now.released += std::min<std::uint64_t>(input.two_bytes(), now.arrived - now.released);
      stage.known = now;
      world.send(stage.near, now);
      break;
    }
    case 7: {
      delivery now{input.eight_bytes(), input.eight_bytes()};
      stage.breach = now.arrived > stage.sent || now.released > now.arrived;
      if (!stage.breach) {
        stage.known.arrived = std::max(stage.known.arrived, now.arrived);
        stage.known.released = std::max(stage.known.released, now.released);
      }
      world.send(stage.near, now);
      require(stage.breach == stage.end.has_value());
      if (stage.breach) {
        require(*stage.end == errc::handler_failed);
        require(!to_string(stage.end->context()).empty());
      }
      break;
    }
    case 8:
      world.send(stage.near, resume_atom_v);
      break;
    case 9:
      if (!stage.linked && stage.promise.pending()) {
        switch (input.byte() % 4) {
        default:
          world.send(host, resume_atom_v, far);
          stage.linked = true;
          break;
        case 2:
          world.send(host, resume_atom_v, far_end_actor{});
          require(*stage.end == errc::handler_failed);
          break;
        case 3:
          world.send(host, close_atom_v);
          require(*stage.end == errc::handler_failed);
          break;
        }
      }
      break;
    case 10:
      world.advance(std::chrono::milliseconds{input.two_bytes() % 8000});
      break;
    case 11:
      caf::anon_send_exit(input.byte() % 2 == 0 ? caf::actor_cast<caf::actor>(far)
                                                : caf::actor_cast<caf::actor>(host),
                          caf::exit_reason::kill);
      world.run();
      break;
    }
    if (stage.end)
      break;
    require(stage.sent - stage.known.arrived <= credit + largest);
    // The near end waits only for credit.
    require(!stage.linked || stage.sent == stage.given ||
            stage.sent - stage.known.arrived >= credit);
    while (!stage.unreleased.empty() && stage.unreleased.front() <= stage.known.released)
      stage.unreleased.pop_front();
    require(stage.living == stage.unreleased.size());
  }
  caf::anon_send_exit(near, caf::exit_reason::user_shutdown);
  near = nullptr;
  stage.near = nullptr;
  stage.promise = {};
  caf::anon_send_exit(host, caf::exit_reason::kill);
  caf::anon_send_exit(far, caf::exit_reason::kill);
  world.advance(1min);
  require(stage.living == 0);
  require(world.living() == before);
}

// Far ends.

struct far_stage {
  std::size_t handlers = 0;
  /// The packets that the handler of the far end under test holds.
  std::deque<packet> held;
  std::uint64_t handled = 0;
  std::uint64_t given = 0;
  std::size_t holds = 0;
  delivery reported;
  handler_actor handler;
};

handler_actor::behavior_type play_handler(handler_actor::pointer self, far_stage* out,
                                          bool stubborn) {
  ++out->handlers;
  self->attach_functor([out](const caf::error&) { --out->handlers; });
  if (stubborn)
    self->set_exit_handler([](const caf::exit_msg&) {});
  return {[=](const packet& x) {
    require(x.code == out->handled++);
    require(std::ranges::all_of(x.payload.view(), [&](auto y) { return y == x.code % 256; }));
    out->held.push_back(x);
    while (out->held.size() > out->holds)
      out->held.pop_front();
  }};
}

near_end_actor::behavior_type play_near(near_end_actor::pointer, far_stage* out) {
  return {
    [](const packet&) { require(false); },
    [=](const delivery& now) {
      require(now.arrived <= out->given && now.released <= now.arrived);
      require(now.arrived >= out->reported.arrived && now.released >= out->reported.released);
      out->reported = now;
    },
    [](resume_atom) {},
  };
}

far_end_actor ask_for_one(kit::world& world, const handler_host_actor& host,
                          const near_end_actor& near, std::uint64_t credit, bool may_fail) {
  far_end_actor out;
  auto answered = false;
  auto asker = world.system().spawn([&](caf::event_based_actor* self) {
    request_from(self, host, caf::infinite, spawn_atom_v, channel{}, near, credit)
      .then(
        [&](const far_end_actor& far) {
          require(static_cast<bool>(far) && static_cast<bool>(near));
          out = far;
          answered = true;
        },
        [&](const caf::error& why) {
          require(may_fail && why == errc::handler_failed);
          require(!to_string(why.context()).empty());
          answered = true;
        });
  });
  world.run();
  require(answered);
  return out;
}

void try_far_end(test::script& input) {
  constexpr std::size_t max_handlers = 3;
  far_stage stage;
  kit::world world;
  const auto before = world.living();
  const auto how = input.byte();
  auto factory = [&](caf::actor_system& system, const channel&) -> handler_actor {
    if (how % 8 == 1)
      throw std::runtime_error{"no handler"};
    if (how % 8 == 2)
      return {};
    auto out = system.spawn(play_handler, &stage, how % 8 == 3);
    if (!stage.handler)
      stage.handler = out;
    return out;
  };
  auto host = host_handlers(world.system(), factory, {.max_handlers = max_handlers});
  auto near = world.spawn(play_near, &stage);
  auto far = ask_for_one(world, host, near, input.eight_bytes(), how % 8 < 3);
  std::vector<near_end_actor> others;
  for (auto steps = 0; steps < 500 && !input.at_end(); ++steps) {
    switch (input.byte() % 12) {
    default:
      if (far) {
        std::vector<packet> batch(input.byte() % 8);
        std::uint64_t code = stage.handled;
        for (auto& x : batch) {
          x = {code, blob{bytes(input.two_bytes() % 3000, static_cast<std::uint8_t>(code))}};
          ++code;
          stage.given += message_cost(x);
        }
        world.send(far, std::move(batch));
      }
      break;
    case 4:
      stage.holds = input.byte() % 16;
      while (stage.held.size() > stage.holds)
        stage.held.pop_front();
      world.run();
      break;
    case 5:
      world.advance(std::chrono::milliseconds{input.two_bytes() % 8000});
      break;
    case 6: // Messages that it sends to itself, here from another actor.
      if (far)
        world.send(far, tick_atom_v);
      break;
    case 7:
      if (far)
        world.send(far, resume_atom_v);
      break;
    case 8:
      if (far) {
        auto handlers = stage.handlers;
        world.send(far, close_atom_v);
        require(stage.handlers == handlers);
      }
      break;
    case 9:
      (void)ask_for_one(world, host, {}, input.eight_bytes(), true);
      others.push_back(world.spawn(play_near, &stage));
      (void)ask_for_one(world, host, others.back(), 1, true);
      require(stage.handlers <= max_handlers);
      break;
    case 10:
      switch (input.byte() % 4) {
      case 0:
        caf::anon_send_exit(near, caf::exit_reason::kill);
        break;
      case 1:
        caf::anon_send_exit(near, caf::exit_reason::user_shutdown);
        break;
      case 2:
        if (stage.handler)
          caf::anon_send_exit(stage.handler, caf::exit_reason::user_shutdown);
        break;
      default:
        if (far)
          caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
        break;
      }
      world.run();
      far = nullptr;
      break;
    }
    if (!far)
      stage.given = UINT64_MAX;
  }
  if (far) {
    stage.held.clear();
    world.advance(2s);
    require(stage.reported.arrived == stage.given && stage.reported.released == stage.given);
    world.advance(10s);
    require(!world.timers_pending());
  }
  far = nullptr;
  stage.handler = nullptr;
  stage.held.clear();
  caf::anon_send_exit(host, caf::exit_reason::user_shutdown);
  host = nullptr;
  world.advance(20s);
  require(stage.handlers == 0);
  for (auto& x : others)
    caf::anon_send_exit(x, caf::exit_reason::kill);
  others.clear();
  caf::anon_send_exit(near, caf::exit_reason::kill);
  near = nullptr;
  world.run();
  require(world.living() == before);
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  test::script input{{data, size}};
  if (input.byte() % 2 == 0)
    try_near_end(input);
  else
    try_far_end(input);
  return 0;
}

static const target registered{"remote_ends", run};

} // namespace devp2p::fuzz::remote_ends_target
