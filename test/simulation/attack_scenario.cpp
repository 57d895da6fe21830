// SPDX-License-Identifier: BSL-1.0
#include "attack_scenario.hpp"

#include "stage.hpp"

#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/kit/misbehaving_remote.hpp"

#include <algorithm>

namespace devp2p::simulation {

namespace {

using namespace std::chrono_literals;

const kit::attack* find_attack(const std::string& name) {
  for (const auto& x : kit::attacks())
    if (x.name == name)
      return &x;
  return nullptr;
}

class attack_stage : public stage {
public:
  attack_stage(const scenario& what, const kit::attack& attack)
    : stage(what, 64 << 10),
      attack_(attack),
      key_(crypto::private_key::generate(random)),
      remote_(world, "10.0.0.66", random) {
    if (auto pieces = choose(3); pieces > 0) {
      auto most = std::size_t{1} << (4 * pieces); // 16 or 256
      world.network().set_conditions("10.0.0.1", "10.0.0.66", {.max_piece = most});
      world.network().set_conditions("10.0.0.66", "10.0.0.1", {.max_piece = most});
    }
    node_config setup{key_, &random};
    setup.limits.message_events = true;
    for (unsigned i = 0; i < what.protocols; ++i) {
      setup.protocols.push_back({.name = protocol_name(i),
                                 .version = 1,
                                 .length = 8,
                                 .max_message_size = target_.max_message_size,
                                 .spawn = kit::misbehaving({}, record_)});
      offered_.push_back({protocol_name(i), 1});
    }
    target_.limits = setup.limits;
    target_.end_of_ids = p2p::base_length + 8 * what.protocols;
    node_ = world.adopt(spawn_node(world.system(), world.host("10.0.0.1"), std::move(setup)));
    seen_.emplace(world, node_, "the node");
    world.send(node_, listen_atom::value, at_);
  }

  outcome run() {
    reach(what.phase);
    attack_.run(remote_, target_);
    world.advance(2min);
    check_reason();
    expect(remote_.goodbyes().size() <= 1, "the remote was sent more than one Disconnect");
    expect_none(seen_->contradictions());
    check_slots(node_, *seen_);
    check_that_it_can_come_back();
    caf::anon_send_exit(node_, caf::exit_reason::user_shutdown);
    node_ = nullptr;
    world.advance(1min);
    for (const auto& x : record_->lives)
      expect(x->packets_after_close == 0, "a handler was sent messages after the close");
    check_leftovers(1);
    result.trace_hash = world.trace_hash();
    return result;
  }

private:
  void reach(const std::string& phase) {
    expect(remote_.connect(at_), "the remote cannot connect");
    if (phase == "auth")
      return;
    expect(remote_.shake_hands(key_.id()), "no handshake");
    if (phase == "hello")
      return;
    expect(remote_.greet(offered_), "no Hello");
    if (phase == "mid-in") {
      auto frame = remote_.seal(p2p::base_length, bytes(100, 0xab));
      remote_.send_octets(byte_view{frame}.first(1 + choose(frame.size() - 1)));
    } else if (phase == "closing") {
      world.send(node_, close_atom::value, remote_.key().id(), disconnect_reason::requested);
    }
  }

  /// What the table promises, where nothing else has gone wrong before.
  void check_reason() {
    auto promised = what.phase == "auth"    ? attack_.before_handshake
                    : what.phase == "hello" ? attack_.before_hello
                    : what.phase == "idle"  ? std::optional{attack_.in_session}
                                            : std::nullopt;
    if (what.phase == "closing")
      promised =
        kit::attack::outcome{disconnect_reason::requested, errc::local_disconnect, false, true};
    if (!promised || what.protocols == 0)
      return;
    expect(seen_->ends().size() == 1, "there is not one end");
    if (seen_->ends().size() != 1)
      return;
    const auto& found = seen_->ends()[0].why;
    expect(found.reason == promised->reason, "the reason is " + to_string(found.reason));
    expect(found.remote_requested == promised->remote_requested, "the wrong one asked for it");
    expect(found.sent == promised->sent, "the reason was sent, or not sent, against the rules");
  }

  void check_that_it_can_come_back() {
    kit::raw_remote again{world, "10.0.0.67", random, remote_.key()};
    expect(again.meet(at_, key_.id(), offered_), "who was there cannot come back");
  }

  const kit::attack& attack_;
  crypto::private_key key_;
  const endpoint at_{"10.0.0.1", 30303};
  // The least that there can be: it costs the most to be large.
  kit::attack_target target_{.max_message_size = 4 << 10, .connection_size = 300 << 10};
  std::vector<capability> offered_;
  std::shared_ptr<kit::handler_record> record_ = std::make_shared<kit::handler_record>();
  node_actor node_;
  std::optional<kit::witness> seen_;
  kit::raw_remote remote_;
};

} // namespace

bool is_attack(const scenario& what) {
  return find_attack(what.fault) != nullptr;
}

outcome run_attack(const scenario& what) {
  return attack_stage{what, *find_attack(what.fault)}.run();
}

std::vector<scenario> attacks_with(std::uint64_t seed) {
  std::vector<scenario> out;
  for (const auto& x : kit::attacks())
    for (const auto* phase : {"auth", "hello", "idle", "mid-in", "closing"})
      for (unsigned protocols : {0, 1, 3}) {
        if ((phase == std::string{"auth"} && !x.before_handshake) ||
            (phase == std::string{"hello"} && !x.before_hello))
          continue;
        out.push_back({x.name, phase, protocols, seed});
      }
  return out;
}

} // namespace devp2p::simulation
