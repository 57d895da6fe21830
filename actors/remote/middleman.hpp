// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/settings.hpp"

#include <caf/actor_system_config.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace devp2p {

/// Files in PEM, by which two processes know each other. They must stay where they are, and whole:
/// CAF reads them anew for each connection, and ends the program if it cannot.
struct certificates {
  /// What this process shows, and every certificate between it and an authority's.
  std::string certificate;
  std::string key;
  /// Empty if the key is not encrypted.
  std::string passphrase = {};
  /// Whoever has a certificate of one of these, or of one that it has certified, may come in. So
  /// take an authority of your own, which certifies nobody else.
  std::string authorities;
};

struct middleman_options {
  /// A process that is frozen or cut off, and so says nothing for `connection_timeout`, is taken
  /// for dead. Processes that are to meet need the same two: who sends no heartbeat is cut off.
  /// A message must have arrived as a whole by then, too: where the line is slow and messages are
  /// large, take a longer one.
  settings::duration heartbeat_interval = std::chrono::seconds{1};
  settings::duration connection_timeout = std::chrono::seconds{5};
  /// A connection on which a longer message is announced is cut: CAF makes room for all of it
  /// before it comes. In octets; more than the largest message and than `credit`, and less than 4
  /// GiB.
  std::size_t max_message_size = std::size_t{64} << 20;
  /// Who has connected and has not said by then who it is is thrown out.
  settings::duration handshake_timeout = std::chrono::seconds{5};
  /// With them, everything that `publish` and `connect` do is encrypted and authenticated; without,
  /// they stay on this host.
  std::optional<certificates> certified = {};
};

/// Loads CAF's middleman, and what else a process needs to have actors in others: call it before
/// the actor system is constructed, beside `add_types`.
///
/// Throws `std::runtime_error` if a duration is zero or less, if the timeout is not longer than the
/// interval, or if the certificates cannot be used, and says why: CAF itself would notice only when
/// somebody connects. What is longer than `settings::forever` is that, what is less than a
/// millisecond is one.
void load_middleman(caf::actor_system_config& config, const middleman_options& options = {});

} // namespace devp2p
