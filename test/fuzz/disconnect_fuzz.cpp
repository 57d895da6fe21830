// SPDX-License-Identifier: BSL-1.0

// Goal: every payload of a Disconnect has a reason, and no more than its bound is read.
//
// Method: decodes the input. The reason, encoded again, must decode to the same, compressed or not.
// The input must mean the same when it is compressed, or be undecodable: no plain form may be taken
// for a compressed one, nor the other way round.

#include "target.hpp"

#include "devp2p/net/p2p/base.hpp"

#include <snappy.h>

#include <cstdlib>
#include <string>

namespace devp2p::fuzz::disconnect_target {

namespace {

bytes compress(byte_view plain) {
  std::string block;
  snappy::Compress(reinterpret_cast<const char*>(plain.data()), plain.size(), &block);
  return {block.begin(), block.end()};
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  byte_view input{data, size};
  auto reason = p2p::decode_disconnect(input);
  if (size > p2p::max_disconnect_size) {
    require(reason == disconnect_reason::undecodable);
    return 0;
  }
  if (reason != disconnect_reason::undecodable) {
    auto payload = p2p::encode_disconnect(reason);
    require(p2p::decode_disconnect(payload) == reason);
    require(p2p::decode_disconnect(compress(payload)) == reason);
  }
  // A block in a block is undecodable: blocks are unpacked once.
  auto unpacked = p2p::decode_disconnect(compress(input));
  require(unpacked == reason || unpacked == disconnect_reason::undecodable);
  return 0;
}

static const target registered{"disconnect", run};

} // namespace devp2p::fuzz::disconnect_target
