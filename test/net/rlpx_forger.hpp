// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/crypto/aes.hpp"
#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlpx/secrets.hpp"

#include <algorithm>

namespace devp2p::test {

/// A remote that knows the secrets and writes authentic frames with anything in them. Follows RLPx,
/// "Header MAC" and "Body MAC", to the letter.
class forger {
public:
  explicit forger(const rlpx::secrets& keys)
    : stream_(keys.aes, {}),
      cipher_(keys.mac),
      mac_(keys.egress_mac) {}

  /// Returns a header and its tag.
  bytes header(crypto::aes_block plain) {
    stream_.apply(plain);
    auto seed = cipher_.encrypt(digest());
    for (std::size_t i = 0; i < seed.size(); ++i)
      seed[i] ^= plain[i];
    mac_.update(seed);
    return with_tag({plain.begin(), plain.end()});
  }

  bytes header(std::size_t size) {
    return header({static_cast<std::uint8_t>(size >> 16), static_cast<std::uint8_t>(size >> 8),
                   static_cast<std::uint8_t>(size), 0xc2, 0x80, 0x80});
  }

  /// Returns a body and its tag; the caller has padded it.
  bytes body(bytes plain) {
    stream_.apply(plain);
    mac_.update(plain);
    auto first = digest();
    auto seed = cipher_.encrypt(first);
    for (std::size_t i = 0; i < seed.size(); ++i)
      seed[i] ^= first[i];
    mac_.update(seed);
    return with_tag(std::move(plain));
  }

  bytes frame(bytes content) {
    auto out = header(content.size());
    content.resize((content.size() + 15) / 16 * 16);
    auto rest = body(std::move(content));
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
  }

private:
  crypto::aes_block digest() const {
    crypto::aes_block out;
    std::copy_n(mac_.digest().begin(), out.size(), out.begin());
    return out;
  }

  bytes with_tag(bytes sealed) const {
    auto tag = digest();
    sealed.insert(sealed.end(), tag.begin(), tag.end());
    return sealed;
  }

  crypto::aes_ctr stream_;
  crypto::aes256 cipher_;
  crypto::keccak256 mac_;
};

} // namespace devp2p::test
