// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/crypto/secret.hpp"

#include <openssl/crypto.h>
#include <string.h>

namespace devp2p::crypto {

void wipe(mutable_byte_view out) {
  if (!out.empty()) // An empty view may have no address.
    ::explicit_bzero(out.data(), out.size());
}

bool equal_in_constant_time(byte_view a, byte_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace devp2p::crypto
