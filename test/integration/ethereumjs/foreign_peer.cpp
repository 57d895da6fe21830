// SPDX-License-Identifier: BSL-1.0
#include "foreign_peer.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace devp2p::test {

namespace {

/// The limit of every wait, much longer than any operation takes, even on a busy machine.
constexpr std::chrono::seconds patience{10};

} // namespace

foreign_peer::foreign_peer(const json& options)
  : foreign_process("ethereumjs/peer.mjs", options, patience) {
  auto listening = next("listening");
  url_.id = node_id::parse(listening["id"].get<std::string>()).value();
  url_.address = {options.value("host", "127.0.0.1"), listening["port"].get<std::uint16_t>()};
  url_.discovery_port = url_.address.port;
}

void foreign_peer::dial(const enode& whom) {
  const auto& [host, port] = whom.address;
  tell({{"do", "dial"}, {"host", host}, {"port", port}, {"id", to_hex(whom.id.value)}});
}

} // namespace devp2p::test
