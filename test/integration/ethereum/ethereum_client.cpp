// SPDX-License-Identifier: BSL-1.0
#include "ethereum_client.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace devp2p::test {

namespace {

/// The limit of every wait, much longer than any operation takes, even on a busy machine: the
/// longest is the synchronisation of a whole chain.
constexpr std::chrono::seconds patience{100};

} // namespace

ethereum_client::ethereum_client(const json& options)
  : foreign_process("ethereum/client.mjs", options, patience) {
  auto listening = next("listening");
  url_.id = node_id::parse(listening["id"].get<std::string>()).value();
  url_.address = {"127.0.0.1", listening["port"].get<std::uint16_t>()};
  url_.discovery_port = url_.address.port;
}

void ethereum_client::dial(const enode& whom) {
  tell({{"do", "dial"}, {"port", whom.address.port}, {"id", to_hex(whom.id.value)}});
}

} // namespace devp2p::test
