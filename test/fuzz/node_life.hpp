// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "script.hpp"

#include "../actors/two_nodes.hpp"

#include "devp2p/kit/raw_remote.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace devp2p::test {

/// How much more memory may be in use after a life than before it, in octets.
inline constexpr std::size_t life_tolerance = 300;

/// A node with three protocols, of which one restarts its handler and one goes on without, and a
/// companion that has a session with it. Then remotes come, one at a time, and do what a script
/// says.
///
/// There is one place for each of them, running or pending: one that is not given back keeps the
/// next remote out.
class node_life {
public:
  node_life();

  /// One remote, from its connection until nothing is left of it. Says what is not as it must be.
  [[nodiscard]] std::optional<std::string> live(script& does);

  /// Forgets what the nodes have told, so that memory can be compared.
  void forget();

private:
  void act(kit::raw_remote& remote, script& does);
  void say_hello(kit::raw_remote& remote, script& does);
  void say_something(kit::raw_remote& remote, script& does);
  void leave(kit::raw_remote& remote, script& does);
  [[nodiscard]] std::optional<std::string> check_companion();

  kit::seeded_random random_{7};
  inbox friendly_;
  kit::world world_;
  test_node node_;
  test_node companion_;
  std::size_t residents_ = 0;
  /// What an honest remote was refused.
  std::string refused_;
};

} // namespace devp2p::test
