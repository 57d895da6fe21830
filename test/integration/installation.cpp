// SPDX-License-Identifier: BSL-1.0
//
// For a program whose cases all need a foreign process.
#include "foreign_process.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {

/// Fails the program at once if the packages are missing, and names them: a skipped test would not
/// be noticed.
struct installed_packages {
  installed_packages() { foreign_process::check_installation(); }
};

BOOST_TEST_GLOBAL_FIXTURE(installed_packages);

} // namespace devp2p::test
