// SPDX-License-Identifier: BSL-1.0
#include "certificate_authority.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace devp2p::test {

namespace {

const std::string authority = "authority";

void check(bool good, const char* what) {
  if (!good)
    throw std::runtime_error{what};
}

template <class Write>
void write_file(const std::string& path, Write write) {
  auto* file = std::fopen(path.c_str(), "w");
  check(file != nullptr, "cannot write a certificate");
  auto good = write(file) == 1;
  std::fclose(file);
  check(good, "cannot write a certificate");
}

} // namespace

certificate_authority::certificate_authority() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
  auto folder =
    (std::filesystem::temp_directory_path() / ("devp2p-" + std::string(6, 'X'))).string();
  check(::mkdtemp(folder.data()) != nullptr, "no folder for certificates");
  folder_ = folder;
  auto own = make(authority, key_.get(), authority, key_.get());
  write_file(path("authority.pem"), [&](FILE* to) { return PEM_write_X509(to, own.get()); });
}

certificate_authority::~certificate_authority() {
  std::filesystem::remove_all(folder_);
}

certificates certificate_authority::certify(const std::string& name,
                                            const std::string& passphrase) const {
  key subject{EVP_EC_gen("P-256"), EVP_PKEY_free};
  auto its = make(name, subject.get(), authority, key_.get());
  write_file(path(name + ".pem"), [&](FILE* to) { return PEM_write_X509(to, its.get()); });
  write_file(path(name + ".key"), [&](FILE* to) {
    return PEM_write_PrivateKey(to, subject.get(), passphrase.empty() ? nullptr : EVP_aes_256_cbc(),
                                reinterpret_cast<const unsigned char*>(passphrase.data()),
                                static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
  return {path(name + ".pem"), path(name + ".key"), passphrase, path("authority.pem")};
}

certificate_authority::certificate certificate_authority::make(const std::string& name,
                                                               EVP_PKEY* subject,
                                                               const std::string& issuer,
                                                               EVP_PKEY* signer) {
  certificate out{X509_new(), X509_free};
  auto* x = out.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -60);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  auto set_name = [](X509_NAME* to, const std::string& what) {
    X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(what.c_str()), -1, -1, 0);
  };
  set_name(X509_get_subject_name(x), name);
  set_name(X509_get_issuer_name(x), issuer);
  X509_set_pubkey(x, subject);
  if (subject == signer) {
    auto* basic = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(x, basic, -1);
    X509_EXTENSION_free(basic);
  }
  check(X509_sign(x, signer, EVP_sha256()) > 0, "cannot sign a certificate");
  return out;
}

} // namespace devp2p::test
