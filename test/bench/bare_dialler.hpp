// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "latencies.hpp"
#include "stopwatch.hpp"

#include "devp2p/messages/enode.hpp"
#include "devp2p/net/crypto/system_random.hpp"
#include "devp2p/net/network.hpp"
#include "devp2p/net/rlpx/handshake.hpp"
#include "devp2p/net/rlpx/session.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace devp2p::bench {

/// The work of diallers, and its results.
struct assignment {
  net::network& network;
  enode target;
  std::atomic<bool> over = false;
  std::atomic<std::size_t> failures = 0;
  /// The times from the dial to the session that runs.
  latencies until_running{};
  /// The times of whole lives, from the making of the key to the end of the connection.
  latencies lives{};
};

/// A dialler that speaks RLPx, but is no node and no actor. With a fresh key it dials, exchanges
/// Hello, sends Disconnect and waits for the end; then it does so again, until the job is over. So
/// the figure of the dialled node is that of the node alone, and can be compared with those of
/// others.
class bare_dialler final : private net::stream_observer {
public:
  explicit bare_dialler(assignment& job) : job_(job) { begin(); }

  [[nodiscard]] bool done() const { return done_; }

private:
  void begin();
  void on_connected(expected<std::unique_ptr<net::stream>> outcome);
  void on_readable() override;
  void on_writable() override {}
  void understand();
  void on_secrets(const rlpx::secrets& keys);
  void on_message(const rlpx::session::message& message);
  void write(byte_view content);
  void fail();
  void end();

  assignment& job_;
  crypto::system_random random_;
  stopwatch life_;
  stopwatch dial_;
  std::optional<crypto::private_key> key_;
  /// Held while `attempt_` is set: the dial may succeed meanwhile, on another loop.
  std::mutex dialling_;
  std::unique_ptr<net::pending_dial> attempt_;
  std::unique_ptr<net::stream> stream_;
  std::optional<rlpx::handshake> handshake_;
  std::optional<rlpx::session> session_;
  bytes in_;
  std::atomic<bool> done_ = false;
};

} // namespace devp2p::bench
