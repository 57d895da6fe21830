// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "script.hpp"

#include "../actors/two_nodes.hpp"

#include "devp2p/kit/raw_remote.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace devp2p::test {

/// The maximum growth of the memory in use over one life, in bytes.
inline constexpr std::size_t life_tolerance = 300;

/// A node with three protocols, of which one restarts its handler and one goes on without, and a
/// companion that has a session with it. Then remotes come, one at a time, and do what a script
/// says.
///
/// The node has one slot for such a remote, running or pending. A slot that is not given back keeps
/// the next remote out.
class node_life {
public:
  node_life();

  /// Plays one remote, from its connection until nothing is left of it. Returns an error as a
  /// sentence.
  [[nodiscard]] std::optional<std::string> live(script& does);

  /// Forgets what the nodes have reported, so that memory can be compared.
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
  /// The error if an honest remote was refused.
  std::string refused_;
};

} // namespace devp2p::test
