// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/crypto/secp256k1.hpp"

#include <optional>
#include <string>
#include <variant>

/// A file that holds a node's identity: 64 hexadecimal digits and a newline, as go-ethereum's
/// `nodekey`.
namespace devp2p::tool {

/// For people: why there is no key.
using key_failure = std::string;

/// Writes `key` to a new file that its owner alone may read. Never overwrites.
[[nodiscard]] std::optional<key_failure> create_key_file(const std::string& path,
                                                         const crypto::private_key& key);

/// Warns, on stderr, if others than us may open that file of a key; not if there is none.
void warn_if_open_to_others(const std::string& path);

/// Warns, on stderr, if others than us may open it.
[[nodiscard]] std::variant<crypto::private_key, key_failure> read_key_file(const std::string& path);

/// A key that nobody has.
[[nodiscard]] crypto::private_key fresh_key();

/// The key in the file at `path`; a fresh one, for this run alone, if `path` is empty.
[[nodiscard]] std::variant<crypto::private_key, key_failure> key_for(const std::string& path);

} // namespace devp2p::tool
