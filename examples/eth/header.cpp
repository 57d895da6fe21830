// SPDX-License-Identifier: BSL-1.0
#include "eth/header.hpp"

#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

namespace devp2p::eth {

expected<sealed_header, std::string> read_header(const rlp::raw& encoding) {
  auto fields = rlp::decode<header>(encoding.item);
  if (!fields)
    return "a header makes no sense: " + fields.error().text;
  return sealed_header{crypto::keccak256::of({encoding.item.view()}), std::move(*fields), encoding};
}

sealed_header seal(const header& fields) {
  auto encoding = rlp::encode(fields);
  return {crypto::keccak256::of({encoding.view()}), fields, {encoding}};
}

} // namespace devp2p::eth
