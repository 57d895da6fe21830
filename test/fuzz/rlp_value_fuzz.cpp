// SPDX-License-Identifier: BSL-1.0

// Goal: `rlp::decode` takes a value's only encoding, and whatever the plain decoder takes when it
// is told by hand what to read.
//
// Method: decodes the input as each of several types. A value that it takes must be encoded as the
// input again. Three of the types are also read by hand; both readers must take the same.

#include "target.hpp"

#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include "../net/rlp_shapes.hpp"

#include <algorithm>

namespace devp2p::fuzz::rlp_value_target {

namespace {

using namespace devp2p::test;

constexpr rlp::limits bounds{.max_depth = 6, .max_elements = 256};

template <class T>
void check_that_it_has_one_encoding(byte_view input) {
  auto value = rlp::decode<T>(input, bounds);
  if (!value) {
    require(!value.error().text.empty());
    return;
  }
  auto again = rlp::encode(*value);
  require(std::equal(input.begin(), input.end(), again.view().begin(), again.view().end()));
}

/// Reads the input by hand, as a list whose elements `read` takes.
template <class T, class Read>
void check_by_hand(byte_view input, Read read) {
  T by_hand;
  rlp::decoder in{input, bounds};
  auto list = in.list();
  read(list, by_hand);
  list.expect_end();
  in.expect_end();
  auto value = rlp::decode<T>(input, bounds);
  require(bool{value} == !in.error());
  require(!value || *value == by_hand);
  require(value || value.error().code == *in.error());
}

void read_point(rlp::decoder& in, point& out) {
  auto list = in.list();
  out.x = static_cast<std::uint8_t>(list.integer(255));
  out.y = list.integer();
  list.expect_end();
}

std::string text_of(byte_view content) {
  return {content.begin(), content.end()};
}

void check_all_by_hand(byte_view input) {
  check_by_hand<plain>(input, [](rlp::decoder& in, plain& out) {
    out.name = text_of(in.string());
    auto numbers = in.list();
    while (!numbers.at_end())
      out.numbers.push_back(numbers.integer());
  });
  check_by_hand<grown>(input, [](rlp::decoder& in, grown& out) {
    out.first = in.integer();
    if (!in.at_end())
      out.second = text_of(in.string());
    if (!in.at_end())
      read_point(in, out.third.emplace());
  });
  check_by_hand<std::vector<point>>(input, [](rlp::decoder& in, std::vector<point>& out) {
    while (!in.at_end())
      read_point(in, out.emplace_back());
  });
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  byte_view input{data, size};
  check_that_it_has_one_encoding<everything>(input);
  check_that_it_has_one_encoding<tolerant>(input);
  check_that_it_has_one_encoding<drawing>(input);
  check_that_it_has_one_encoding<uint256>(input);
  check_that_it_has_one_encoding<std::vector<sparse>>(input);
  check_all_by_hand(input);
  return 0;
}

static const target registered{"rlp_value", run};

} // namespace devp2p::fuzz::rlp_value_target
