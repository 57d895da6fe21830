// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/remote/middleman.hpp"

#include "devp2p/actors/remote/bounded_middleman.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/openssl/manager.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

namespace devp2p {

namespace {

/// Throws the reason for which OpenSSL has failed: the operating system's if it has one, or else
/// the last of OpenSSL's own.
[[noreturn]] void refuse(const std::string& what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  std::string why = text.data();
  while (const auto error = ERR_get_error())
    if (ERR_GET_LIB(error) == ERR_LIB_SYS)
      why = std::generic_category().message(ERR_GET_REASON(error));
  throw std::runtime_error{what + ": " + why};
}

int hand_over_passphrase(char* to, int size, int, void* passphrase) {
  const auto& from = *static_cast<const std::string*>(passphrase);
  return static_cast<int>(from.copy(to, static_cast<std::size_t>(size)));
}

/// Loads the files as CAF will for each connection. Throws `std::runtime_error` if that fails.
void check(const certificates& what) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_method()),
                                                            SSL_CTX_free};
  if (!context)
    refuse("no TLS");
  auto* tls = context.get();
  auto passphrase = what.passphrase;
  SSL_CTX_set_default_passwd_cb(tls, hand_over_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(tls, &passphrase);
  if (SSL_CTX_use_certificate_chain_file(tls, what.certificate.c_str()) != 1)
    refuse("certificate '" + what.certificate + "' cannot be loaded");
  // Fails, too, if the key belongs to another certificate.
  if (SSL_CTX_use_PrivateKey_file(tls, what.key.c_str(), SSL_FILETYPE_PEM) != 1)
    refuse("key '" + what.key + "' cannot be used");
  if (SSL_CTX_load_verify_locations(tls, what.authorities.c_str(), nullptr) != 1)
    refuse("authorities '" + what.authorities + "' cannot be loaded");
}

/// Checks the options. CAF takes an interval of zero for none, and a timeout of zero for one that
/// has passed.
void check(const middleman_options& what) {
  if (what.heartbeat_interval <= settings::duration{0})
    throw std::runtime_error{"heartbeat_interval must be more than zero, or every "
                             "connection would be taken for dead"};
  if (what.handshake_timeout <= settings::duration{0})
    throw std::runtime_error{
      "handshake_timeout must be more than zero, or every connection would fail"};
  if (what.max_message_size == 0)
    throw std::runtime_error{
      "max_message_size must be more than zero, or no message could be sent"};
  if (what.connection_timeout <= what.heartbeat_interval)
    throw std::runtime_error{"connection_timeout must be longer than heartbeat_interval, or each "
                             "connection would be cut"};
}

/// Returns a duration that CAF can handle. CAF adds it to the time unchecked, and with a tiny one
/// it would do nothing else.
caf::timespan to_timespan(settings::duration x) {
  return std::clamp<settings::duration>(x, std::chrono::milliseconds{1}, settings::forever);
}

} // namespace

void load_middleman(caf::actor_system_config& config, const middleman_options& options) {
  check(options);
  const connection_bounds bounds{options.max_message_size, to_timespan(options.handshake_timeout)};
  config.module_factories.push_back(
    [bounds](caf::actor_system& system) -> caf::actor_system::module* {
      return new bounded_middleman(system, bounds); // The system owns it from then on.
    });
  set_option(config, "middleman.heartbeat-interval", to_timespan(options.heartbeat_interval));
  set_option(config, "middleman.connection-timeout", to_timespan(options.connection_timeout));
  if (!options.certified)
    return;
  check(*options.certified);
  config.openssl_certificate = options.certified->certificate;
  config.openssl_key = options.certified->key;
  config.openssl_passphrase = options.certified->passphrase;
  config.openssl_cafile = options.certified->authorities;
  config.load<caf::openssl::manager>();
}

} // namespace devp2p
