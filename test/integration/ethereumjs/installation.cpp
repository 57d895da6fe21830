// SPDX-License-Identifier: BSL-1.0
//
// Our node against @ethereumjs/devp2p, which shares no code with it, over TCP. The cases are in the
// other files, one for each subject.
#include "foreign_peer.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {

/// Fails the program at once if the package is missing, and names it: a skipped test would not be
/// noticed.
struct installed_peer {
  installed_peer() { foreign_peer::check_installation(); }
};

BOOST_TEST_GLOBAL_FIXTURE(installed_peer);

} // namespace devp2p::test
