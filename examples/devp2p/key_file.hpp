// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/crypto/secp256k1.hpp"

#include <optional>
#include <string>
#include <variant>

/// A file that holds a node's identity: 64 hexadecimal digits and a newline, as go-ethereum's
/// `nodekey`.
namespace devp2p::tool {

/// A message for people: why there is no key.
using key_failure = std::string;

/// Writes `key` to a new file that only its owner may read. Never overwrites a file. Returns why it
/// failed, or `nullopt`.
[[nodiscard]] std::optional<key_failure> create_key_file(const std::string& path,
                                                         const crypto::private_key& key);

/// Reads a key file. Warns on stderr as `warn_if_open_to_others` does.
[[nodiscard]] std::variant<crypto::private_key, key_failure> read_key_file(const std::string& path);

/// Returns a new random key.
[[nodiscard]] crypto::private_key fresh_key();

/// Returns the key in the file at `path`; a fresh one, for this run only, if `path` is empty.
[[nodiscard]] std::variant<crypto::private_key, key_failure> key_for(const std::string& path);

} // namespace devp2p::tool
