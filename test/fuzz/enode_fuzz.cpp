// SPDX-License-Identifier: BSL-1.0

// Goal: no text crashes the readers of node URLs, addresses and bans. An accepted text holds only
// printable ASCII. Its value is written in one way only, which reads back as the same value.
// Method: the input is the text, given to all readers.

#include "target.hpp"

#include "devp2p/messages/ban.hpp"
#include "devp2p/messages/enode.hpp"

#include <algorithm>
#include <cstdlib>

namespace devp2p::fuzz::enode_target {

namespace {

template <class T>
void read_and_write(std::string_view text) {
  auto value = T::parse(text);
  if (!value)
    return;
  require(std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; }));
  auto again = T::parse(to_string(*value));
  require(again && *again == *value);
  require(to_string(*again) == to_string(*value));
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  read_and_write<devp2p::enode>(text);
  read_and_write<devp2p::endpoint>(text);
  read_and_write<devp2p::ban_subject>(text);
  return 0;
}

static const target registered{"enode", run};

} // namespace devp2p::fuzz::enode_target
