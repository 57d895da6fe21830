// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/world.hpp"
#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/hello.hpp"
#include "devp2p/net/crypto/aes.hpp"
#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/rlpx/handshake.hpp"
#include "devp2p/net/rlpx/session.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::kit {

/// Makes authentic RLPx frames (RLPx, "Framing"), including some that `rlpx::session` never makes.
/// Frames must be sent in the order in which they were made. Holds keys.
class frame_forger {
public:
  /// Takes `keys` as the handshake has left them.
  explicit frame_forger(const rlpx::secrets& keys);

  /// Returns a header with its tag. The header holds the lowest 24 bits of `content_size`, in
  /// bytes.
  [[nodiscard]] bytes header(std::size_t content_size);
  /// Returns the bytes after a header: the content, its padding and their tag.
  [[nodiscard]] bytes body(byte_view content);

private:
  void absorb_seed(const crypto::aes_block& mask);
  [[nodiscard]] crypto::aes_block digest() const;

  crypto::aes_ctr encryption_;
  crypto::aes256 seed_cipher_;
  crypto::keccak256 mac_;
};

/// A remote under the full control of a test, for right and wrong behaviour: it speaks RLPx, but
/// can send any bytes at any moment. Every function that acts runs the world until it has come to
/// rest.
///
/// Declare it after the world that it talks to, so that it is destroyed first.
class raw_remote final : private net::stream_observer {
public:
  struct message {
    std::uint64_t id;
    bytes payload;
  };

  raw_remote(world& where, std::string address, random_source& random);
  raw_remote(world& where, std::string address, random_source& random,
             const crypto::private_key& key);
  ~raw_remote();

  // Connection and handshake.

  /// Opens a connection and sends no data. Returns false if the connection was refused.
  bool connect(const endpoint& to);
  /// Waits for one connection; `accepted` tells when it is there.
  void listen(std::uint16_t port);
  [[nodiscard]] bool accepted() const { return stream_ != nullptr; }
  /// Makes the RLPx handshake with this node, as its initiator. Returns whether there is a session.
  bool shake_hands(const node_id& with);
  /// Makes the handshake as its recipient, with what the node has sent. Returns whether there is a
  /// session.
  bool shake_hands();
  /// Connects, makes the handshake and exchanges Hello. Returns whether all of it has succeeded.
  bool meet(const endpoint& to, const node_id& with, std::vector<capability> capabilities);
  /// Exchanges Hello, after which messages are compressed. Returns whether the node's Hello has
  /// come.
  bool greet(std::vector<capability> capabilities);

  // Sending.

  /// Returns a Hello of this remote.
  [[nodiscard]] hello introduction(std::vector<capability> capabilities) const;
  void send(std::uint64_t id, byte_view payload);
  void send(disconnect_reason reason);
  void send_hello(const hello& what);
  /// Returns one frame without sending it. The frame made next must be sent directly after it.
  [[nodiscard]] bytes seal(std::uint64_t id, byte_view payload);
  /// Returns one frame with exactly this content, neither compressed nor preceded by an identifier.
  [[nodiscard]] bytes seal_content(byte_view content);
  /// Returns the header of a frame, with its tag. If no body follows, or one of another size, the
  /// session is beyond repair.
  [[nodiscard]] bytes seal_header(std::size_t content_size);
  /// Sends the bytes unchanged.
  void send_bytes(byte_view data);
  /// Keeps the bytes until something is sent, be it by the caller or in reaction to the node, and
  /// sends them ahead of that.
  void hold_bytes(byte_view data);
  /// Sends one byte at a time, each followed by a pause, until the node closes.
  void drip(byte_view data, caf::timespan pause);
  /// Sends nothing for `how_long` of virtual time.
  void wait(caf::timespan how_long);

  // Closing.

  void half_close();
  void hang_up();
  /// Sends `last` and closes the connection before the node has read it.
  void part(byte_view last);
  /// Leaves all data unread until `read_on`.
  void stop_reading() { deaf_ = true; }
  void read_on();

  /// Closes the connection and drops all that was received.
  void forget();

  // Results.

  [[nodiscard]] const crypto::private_key& key() const { return key_; }
  /// The messages received since the session began, in order, uncompressed.
  [[nodiscard]] const std::vector<message>& received() const { return received_; }
  /// The reasons of all Disconnects in `received`.
  [[nodiscard]] std::vector<disconnect_reason> goodbyes() const;
  /// Whether the node has closed its direction, or the whole connection.
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool connected() const { return stream_ != nullptr; }
  /// The error, if the node's data could not be understood, or if a frame was to be sealed that is
  /// too large.
  [[nodiscard]] std::optional<errc> failure() const { return failure_; }
  /// The secrets that the handshake agreed on, before any frame has used them.
  [[nodiscard]] const std::optional<rlpx::secrets>& keys() const { return keys_; }

private:
  void on_readable() override;
  void on_writable() override;
  void take();
  void write();
  void compress_after_both_hellos();

  world& world_;
  std::string address_;
  random_source& random_;
  crypto::private_key key_;
  std::unique_ptr<net::listener> listener_;
  std::unique_ptr<net::pending_dial> dial_;
  std::unique_ptr<net::stream> stream_;
  std::optional<rlpx::handshake> handshake_;
  std::optional<rlpx::secrets> keys_;
  /// Opens the node's frames; `forger_` makes those that we send.
  std::optional<rlpx::session> session_;
  std::optional<frame_forger> forger_;
  bytes in_;
  bytes out_;
  std::vector<message> received_;
  std::optional<errc> failure_;
  /// The protocol version in our Hello; 0 until it is sent.
  std::uint64_t said_version_ = 0;
  bool heard_hello_ = false;
  bool compresses_ = false;
  bool awaiting_writable_ = false;
  bool deaf_ = false;
  /// Whether data came while `deaf_`.
  bool unheard_ = false;
  bool closed_ = false;
};

} // namespace devp2p::kit
