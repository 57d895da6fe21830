// SPDX-License-Identifier: BSL-1.0
#include <boost/test/unit_test.hpp>

// BOOST_TEST_MODULE would define these, but not where the header was precompiled without it.
int main(int count, char** arguments) {
  return boost::unit_test::unit_test_main([] { return true; }, count, arguments);
}
