// SPDX-License-Identifier: BSL-1.0
//
// A user's test of a handler: a remote under the test's control meets its node in a world of the
// kit.
#include <devp2p/actors/node.hpp>
#include <devp2p/kit/misbehaving_handler.hpp>
#include <devp2p/kit/raw_remote.hpp>
#include <devp2p/kit/seeded_random.hpp>
#include <devp2p/kit/witness.hpp>

using namespace devp2p;

/// Acknowledges a message with its code alone.
handler_actor::behavior_type acknowledge(handler_actor::pointer self, const channel& link) {
  return {[=](const packet& message) { link.send(self, {message.code, {}}); }};
}

int main() {
  kit::seeded_random random{1};
  kit::world world{{.seed = 1}};
  node_config setup{crypto::private_key::generate(random), &random};
  setup.protocols = {
    {.name = "test", .version = 1, .length = 4, .spawn = handled_by(acknowledge)},
    // One of the kit's own handlers beside it.
    {.name = "zany", .version = 1, .length = 1, .spawn = kit::misbehaving({})},
  };
  auto id = setup.key.id();
  auto node = world.adopt(spawn_node(world.system(), world.host("10.0.0.1"), std::move(setup)));
  kit::witness witness{world, node, "node"};
  world.send(node, listen_atom_v, endpoint{"10.0.0.1", 30303});
  kit::raw_remote remote{world, "10.0.0.2", random};
  if (!remote.meet({"10.0.0.1", 30303}, id, {{"test", 1}, {"zany", 1}}))
    return 1;
  const bytes payload{1, 2, 3};
  remote.send(16 + 3, payload);
  remote.send(16 + 4, payload);
  auto answers = remote.received();
  auto is = [&](std::size_t i, std::uint64_t code, const bytes& what) {
    return answers[i].id == code && answers[i].payload == what;
  };
  auto good = answers.size() == 3 && is(1, 16 + 3, {}) && is(2, 16 + 4, payload);
  return good && witness.running() == 1 && witness.contradictions().empty() ? 0 : 1;
}
