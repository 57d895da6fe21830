// SPDX-License-Identifier: BSL-1.0
//
// Threads that nobody joins, as CAF's of detached actors, still run while the process exits.
#include "devp2p/net/crypto/system_random.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(crypto_at_exit_test)

namespace {

void draw() {
  byte_array<16> some{};
  crypto::system_random{}.fill(some);
}

} // namespace

BOOST_AUTO_TEST_CASE(libcrypto_works_until_the_process_has_ended) {
  const auto child = ::fork();
  BOOST_REQUIRE(child != -1);
  if (child == 0) {
    // Runs after the handlers that are registered later, such as libcrypto's when it is first used.
    std::atexit([] {
      draw();
      ::_exit(0);
    });
    draw();
    std::exit(1);
  }
  int status = -1;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0), "status " << status);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
