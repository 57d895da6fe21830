// SPDX-License-Identifier: BSL-1.0

// Goal: no remote, whatever it does and when, costs the node anything that lasts, and no other
// session notices.
//
// Method: a whole node in virtual time. The input decides what one remote sends: bytes before and
// in the handshake, frames that decrypt, Hellos, messages, Disconnects, or nothing for a while. The
// same life again must leave no more memory in use than the first time.

#include "target.hpp"

#include "node_life.hpp"

#include "../actors/live_memory.hpp"

#include <cstdio>

namespace devp2p::fuzz::node_life_target {

namespace {

void require_none(const std::optional<std::string>& wrong) {
  if (wrong)
    std::fprintf(stderr, "%s\n", wrong->c_str());
  require(!wrong);
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  constexpr auto tolerance = test::life_tolerance;
  test::node_life stage;
  std::size_t before = 0;
  std::size_t after = 0;
  // Tables may grow once; memory that is lost grows with every life.
  for (auto lives = 0; lives < 4 && (lives < 2 || after > before + tolerance); ++lives) {
    before = after;
    test::script does{{data, size}};
    require_none(stage.live(does));
    stage.forget();
    after = test::live_memory();
  }
  if (after > before + tolerance)
    require_none(std::to_string(after - before) + " bytes are left of a life");
  return 0;
}

static const target registered{"node_life", run};

} // namespace devp2p::fuzz::node_life_target
