// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/numbered_message.hpp"

#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

namespace devp2p::simulator {

blob encode_numbered(std::uint64_t number, byte_view content) {
  bytes out;
  rlp::encoder to{out};
  to.list([&] {
    to.integer(number);
    to.string(content);
  });
  return blob{out};
}

expected<std::uint64_t> decode_number(byte_view payload) {
  rlp::decoder in{payload};
  auto fields = in.list();
  auto number = fields.integer();
  (void)fields.string();
  fields.expect_end();
  in.expect_end();
  if (auto why = in.error())
    return *why;
  return number;
}

} // namespace devp2p::simulator
