// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/remote/middleman.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace devp2p::test {

/// Certifies processes for an hour. Its files are in a folder of its own, which the destructor
/// removes.
class certificate_authority {
public:
  certificate_authority();
  ~certificate_authority();

  /// Creates a key, encrypted if there is a passphrase, and a certificate. The names of both files
  /// contain `name`.
  [[nodiscard]] certificates certify(const std::string& name,
                                     const std::string& passphrase = {}) const;

private:
  using key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  static certificate make(const std::string& name, EVP_PKEY* subject, const std::string& issuer,
                          EVP_PKEY* signer);
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
  key key_;
};

} // namespace devp2p::test
