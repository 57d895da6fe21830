// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/enode.hpp"
#include "devp2p/net/crypto/system_random.hpp"
#include "devp2p/net/network.hpp"
#include "devp2p/net/rlpx/handshake.hpp"
#include "devp2p/net/rlpx/session.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace devp2p::bench {

/// A remote that misbehaves: it dials, exchanges Hello, and then never reads again. If it was given
/// a payload, it sends messages of it for ever.
///
/// Lives on the network's loop once it was told to dial, and must be destroyed there.
class bare_remote final : private net::stream_observer {
public:
  /// `capability` is the name of the one protocol. `payload` may be empty, and must outlive the
  /// object.
  bare_remote(net::network& network, const enode& target, std::string capability,
              byte_view payload);

  void dial();
  /// Returns true iff both Hellos are exchanged. On any thread.
  [[nodiscard]] bool is_ready() const { return ready_; }

private:
  void on_connected(expected<std::unique_ptr<net::stream>> outcome);
  void on_readable() override;
  void on_writable() override;
  void understand();
  void greet(const rlpx::secrets& keys);
  void write();

  net::network& network_;
  const enode target_;
  const std::string capability_;
  const byte_view payload_;
  crypto::system_random random_;
  crypto::private_key key_;
  std::unique_ptr<net::pending_dial> attempt_;
  std::unique_ptr<net::stream> stream_;
  std::optional<rlpx::handshake> handshake_;
  std::optional<rlpx::session> session_;
  bytes in_;
  bytes out_;
  std::size_t written_ = 0;
  std::atomic<bool> ready_ = false;
};

} // namespace devp2p::bench
