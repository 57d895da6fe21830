// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/system_config.hpp"
#include "devp2p/messages/settings.hpp"

#include <caf/actor_system_config.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace devp2p {

/// Files in PEM by which two processes authenticate each other. They must stay in place and
/// complete: CAF reads them for each connection, and ends the program if it cannot.
struct certificates {
  /// The certificate chain of this process, up to one signed by an authority.
  std::string certificate;
  std::string key;
  /// Empty if the key is not encrypted.
  std::string passphrase = {};
  /// The trusted authorities. Any process with a certificate of one of these, or of one that it has
  /// certified, may connect. Therefore use an authority of your own that certifies no other
  /// process.
  std::string authorities;
};

struct middleman_options {
  /// The interval of heartbeats. Processes that connect to each other need the same two durations:
  /// a process without heartbeats is cut off.
  settings::duration heartbeat_interval = std::chrono::seconds{1};
  /// The silence after which a process counts as dead, as when it is frozen or cut off. A message
  /// must also arrive completely in this time: on slow lines with large messages, use a longer one.
  settings::duration connection_timeout = std::chrono::seconds{5};
  /// The maximum size of a message in bytes. A connection that announces a longer message is cut,
  /// because CAF allocates its memory before it arrives. It must exceed the largest message and
  /// `credit`, and be less than 4 GiB.
  std::size_t max_message_size = std::size_t{64} << 20;
  /// The maximum time for a remote to complete its handshake; then it is disconnected.
  settings::duration handshake_timeout = std::chrono::seconds{5};
  /// The certificates of this process. With them, all that `publish` and `connect` do is encrypted
  /// and authenticated. Without them, it is restricted to this host.
  std::optional<certificates> certified = {};
};

/// Loads CAF's middleman and all else that a process needs for actors in other processes. Call it
/// before the actor system is constructed, together with `add_types`: `connected_system_config`
/// does both.
///
/// Throws `std::runtime_error` with an explanation if a duration is zero or less, if
/// `connection_timeout` is not longer than `heartbeat_interval`, if `max_message_size` is zero, or
/// if the certificates cannot be used. CAF itself would notice only at the first connection.
/// Durations longer than `settings::forever` are reduced to it; those below a millisecond are
/// raised to one.
void load_middleman(caf::actor_system_config& config, const middleman_options& options = {});

/// The configuration of an actor system with nodes, or handlers, that other processes reach: a
/// `system_config` that was given to `load_middleman`, too.
struct connected_system_config : system_config {
  explicit connected_system_config(const middleman_options& options = {}) {
    load_middleman(*this, options);
  }
};

} // namespace devp2p
