// SPDX-License-Identifier: BSL-1.0
#include "attack_trial.hpp"

#include "stage.hpp"

#include "devp2p/kit/misbehaving_handler.hpp"
#include "devp2p/kit/misbehaving_remote.hpp"

#include <algorithm>

namespace devp2p::trials {

namespace {

using namespace std::chrono_literals;

const kit::attack* find_attack(const std::string& name) {
  for (const auto& x : kit::attacks())
    if (x.name == name)
      return &x;
  return nullptr;
}

/// Whether the node dials in this phase, and the remote waits for it.
bool is_dialled(const std::string& phase) {
  return phase == "ack" || phase == "mid-out";
}

/// Returns the outcome that the table of attacks promises.
std::optional<kit::attack::outcome> promised(const kit::attack& what, const std::string& phase) {
  if (phase == "auth" || phase == "ack")
    return what.before_handshake;
  if (phase == "hello")
    return what.before_hello;
  if (phase == "closing") // The session was closed before.
    return kit::attack::outcome{disconnect_reason::requested, errc::local_disconnect, false, true};
  return what.in_session;
}

class attack_stage : public stage {
public:
  attack_stage(const trial& what, const kit::attack& attack)
    : stage(what, 8 << 10),
      attack_(attack),
      key_(crypto::private_key::generate(random)),
      remote_(world, there_.host, random) {
    if (auto pieces = choose(3); pieces > 0) {
      auto most = std::size_t{1} << (4 * pieces); // 16 or 256
      world.network().set_conditions(here_.host, there_.host, {.max_piece = most});
      world.network().set_conditions(there_.host, here_.host, {.max_piece = most});
    }
    node_config setup{key_, &random};
    setup.limits.message_events = true;
    // A slot that is not given back keeps the remote from coming again.
    setup.limits.max_peers = 1;
    setup.limits.dial_ratio = 0;
    for (unsigned i = 0; i < what.protocols; ++i) {
      setup.protocols.push_back({.name = protocol_name(i),
                                 .version = 1,
                                 .length = 8,
                                 .max_message_size = target_.max_message_size,
                                 .spawn = kit::misbehaving(script(), record_)});
      offered_.push_back({protocol_name(i), 1});
    }
    target_.limits = setup.limits;
    target_.end_of_ids = p2p::base_length + 8 * what.protocols;
    node_ = world.adopt(spawn_node(world.system(), world.host(here_.host), std::move(setup)));
    seen_.emplace(world, node_, "the node");
    world.send(node_, listen_atom_v, here_);
  }

  outcome run() {
    reach(what.phase);
    attack_.run(remote_, target_);
    world.advance(2min);
    check_end();
    expect_none(seen_->contradictions());
    expect_none(seen_->miscounted(world, node_));
    check_that_it_can_come_back();
    caf::anon_send_exit(node_, caf::exit_reason::user_shutdown);
    node_ = nullptr;
    world.advance(1min);
    for (const auto& x : record_->lives)
      expect(x->packets_after_close == 0, "a handler was sent messages after the close");
    expect_none(world.leftovers(1));
    result.trace_hash = world.trace_hash();
    return result;
  }

private:
  /// In the phase "closing" the handlers live on, to see what still comes.
  [[nodiscard]] kit::handler_script script() const {
    return {what.phase == "closing" ? kit::misbehaviour::is_stubborn : kit::misbehaviour::echoes};
  }

  void reach(const std::string& phase) {
    if (is_dialled(phase))
      return reach_as_dialled(phase);
    expect(remote_.connect(here_), "the remote cannot connect");
    if (phase == "auth")
      return;
    expect(remote_.shake_hands(key_.id()), "no handshake");
    if (phase == "hello")
      return;
    expect(remote_.greet(offered_), "no Hello");
    if (phase == "mid-in")
      send_in_two();
    if (phase == "closing")
      close();
  }

  void reach_as_dialled(const std::string& phase) {
    remote_.listen(there_.port);
    world.send(node_, dial_atom_v, enode{remote_.key().id(), there_, there_.port});
    expect(remote_.accepted(), "the node has not dialled");
    if (phase == "ack")
      return;
    expect(remote_.shake_hands(), "no handshake");
    expect(remote_.greet(offered_), "no Hello");
    let_write();
  }

  /// Sends a part of a message; the rest goes together with the attack.
  void send_in_two() {
    auto frame = remote_.seal(p2p::base_length, bytes(100, 0xab));
    auto size = 1 + choose(frame.size() - 1);
    remote_.send_bytes(byte_view{frame}.first(size));
    remote_.hold_bytes(byte_view{frame}.subspan(size));
  }

  /// Closes the session at the node, after which one more message comes.
  void close() {
    world.send(node_, close_atom_v, remote_.key().id(), disconnect_reason::requested);
    if (what.protocols > 0)
      remote_.send(p2p::base_length, bytes(100, 0xab));
  }

  /// Brings the node to the middle of writing more than the connection holds.
  void let_write() {
    bytes content(target_.max_message_size);
    random.fill(content);
    const auto& link = record_->lives.at(0)->link;
    constexpr std::size_t messages = 5;
    for (std::size_t i = 0; i < messages; ++i)
      link.post(packet{1, blob{content}});
    auto delivered = [&] { return world.network().delivered(here_.host, there_.host); };
    auto enough = delivered() + 1 + choose(2 * content.size());
    expect(world.run_until([&] { return delivered() >= enough; }), "the node does not write");
  }

  void check_end() {
    auto expected = promised(attack_, what.phase);
    expect(seen_->ends().size() == 1, "there is not one end");
    if (seen_->ends().size() != 1)
      return;
    const auto& found = seen_->ends()[0].why;
    expect(remote_.goodbyes().size() <= 1, "the remote was sent more than one Disconnect");
    // A message of a protocol that is not shared is a breach by itself.
    if (what.protocols == 0 && found.reason == disconnect_reason::breach_of_protocol)
      return;
    // A remote that hangs up hears nothing more, but in "closing" it was told before.
    auto listens = remote_.connected() || what.phase == "closing";
    expect(remote_.goodbyes().size() == (found.sent && listens ? 1 : 0) &&
             (remote_.goodbyes().empty() || remote_.goodbyes()[0] == found.reason),
           "the remote has not heard what it was told");
    expect(found.reason == expected->reason, "the reason is " + to_string(found.reason));
    expect(found.remote_requested == expected->remote_requested, "the wrong one asked for it");
    expect(found.sent == expected->sent, "the reason was sent, or not sent, against the rules");
  }

  void check_that_it_can_come_back() {
    kit::raw_remote again{world, "10.0.0.67", random, remote_.key()};
    expect(again.meet(here_, key_.id(), offered_), "who was there cannot come back");
  }

  const kit::attack& attack_;
  crypto::private_key key_;
  const endpoint here_{"10.0.0.1", 30303};
  const endpoint there_{"10.0.0.66", 30303};
  // The smallest sizes that are allowed, since large ones cost the most time.
  kit::attack_target target_{.max_message_size = 4 << 10, .connection_size = 64 << 10};
  std::vector<capability> offered_;
  std::shared_ptr<kit::handler_record> record_ = std::make_shared<kit::handler_record>();
  node_actor node_;
  std::optional<kit::witness> seen_;
  kit::raw_remote remote_;
};

} // namespace

bool is_attack(const trial& what) {
  return find_attack(what.fault) != nullptr;
}

outcome run_attack(const trial& what) {
  return attack_stage{what, *find_attack(what.fault)}.run();
}

std::vector<trial> attacks_with(std::uint64_t seed) {
  std::vector<trial> out;
  for (const auto& x : kit::attacks())
    for (const std::string phase : {"auth", "ack", "hello", "idle", "mid-in", "mid-out", "closing"})
      for (unsigned protocols : {0, 1, 3})
        if (promised(x, phase) && (protocols > 0 || !phase.starts_with("mid-")))
          out.push_back({x.name, phase, protocols, seed});
  return out;
}

} // namespace devp2p::trials
