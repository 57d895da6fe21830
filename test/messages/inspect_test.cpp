// SPDX-License-Identifier: BSL-1.0
//
// Tests that values show the names of their fields to an inspector that wants them.
#include "devp2p/messages/info.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(inspect_test)

namespace {

/// Keeps the names of the fields that it was shown.
struct names_inspector {
  using result_type = void;
  std::vector<std::string> names;

  template <class Names, class... Ts>
  void named_fields(const Names& shown, Ts&...) {
    names.assign(std::begin(shown), std::end(shown));
  }
};

/// Counts the values of the fields that it was shown.
struct nameless_inspector {
  using result_type = std::size_t;

  template <class... Ts>
  std::size_t operator()(Ts&...) {
    return sizeof...(Ts);
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(an_inspector_that_wants_names_is_given_one_for_each_field) {
  names_inspector f;
  traffic x;
  inspect(f, x);
  std::vector<std::string> expected{"messages_in", "bytes_in", "messages_out", "bytes_out",
                                    "messages_discarded"};
  BOOST_TEST(f.names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_inspector_without_names_is_given_the_values_alone) {
  nameless_inspector f;
  traffic x;
  BOOST_TEST(inspect(f, x) == 5u);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
