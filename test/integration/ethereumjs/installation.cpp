// SPDX-License-Identifier: BSL-1.0
//
// Our node against @ethereumjs/devp2p, which shares no code with it, over TCP. The cases are in the
// other files; each is about a subject of its own.
#include "foreign_peer.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {

/// Without it the program fails at once, and says what to install: a test that is skipped is one
/// that nobody misses.
struct installed_peer {
  installed_peer() { foreign_peer::check_installation(); }
};

BOOST_TEST_GLOBAL_FIXTURE(installed_peer);

} // namespace devp2p::test
