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

/// Makes RLPx frames (RLPx, "Framing"), authentic ones, among them those that `rlpx::session` never
/// makes. Frames must be sent in the order in which they were made. Holds keys.
class frame_forger {
public:
  /// `keys` as the handshake has left them.
  explicit frame_forger(const rlpx::secrets& keys);

  /// A header that announces so much content, of which it has the lowest 24 bits, and its tag.
  [[nodiscard]] bytes header(std::size_t content_size);
  /// What follows a header: the content, its padding and their tag.
  [[nodiscard]] bytes body(byte_view content);

private:
  void absorb_seed(const crypto::aes_block& mask);
  [[nodiscard]] crypto::aes_block digest() const;

  crypto::aes_ctr encryption_;
  crypto::aes256 seed_cipher_;
  crypto::keccak256 mac_;
};

/// A remote that does what it is told, right or wrong: it speaks RLPx, but by hand, and can send
/// any octets at any moment. Every verb runs the world until it has come to rest.
///
/// Declare it after the world that it talks to, so that it goes first.
class raw_remote final : private net::stream_observer {
public:
  struct message {
    std::uint64_t id;
    bytes payload;
  };

  raw_remote(world& where, std::string address, net::random_source& random);
  raw_remote(world& where, std::string address, net::random_source& random,
             const crypto::private_key& key);
  ~raw_remote();

  // Getting there.

  /// Opens a connection and says nothing. False if it was refused.
  bool connect(const endpoint& to);
  /// Waits for one connection, which `accepted` tells of.
  void listen(std::uint16_t port);
  [[nodiscard]] bool accepted() const { return stream_ != nullptr; }
  /// The RLPx handshake with that node, as its initiator; then the session is there.
  bool shake_hands(const node_id& with);
  /// As its recipient; takes what the node has sent.
  bool shake_hands();
  /// The two of them, and Hello both ways.
  bool meet(const endpoint& to, const node_id& with, std::vector<capability> capabilities);
  /// Hello both ways; then messages are compressed.
  bool greet(std::vector<capability> capabilities);

  // Saying something.

  /// A Hello of this remote.
  [[nodiscard]] hello introduction(std::vector<capability> capabilities) const;
  void send(std::uint64_t id, byte_view payload);
  void send(disconnect_reason reason);
  void send_hello(const hello& what);
  /// One frame, not sent. The next must follow on it.
  [[nodiscard]] bytes seal(std::uint64_t id, byte_view payload);
  /// One frame with exactly this content: nobody compresses it, or puts an identifier before it.
  [[nodiscard]] bytes seal_content(byte_view content);
  /// The header of a frame, with its tag. If the body that follows is another, or none, the session
  /// is beyond repair.
  [[nodiscard]] bytes seal_header(std::size_t content_size);
  /// As they are.
  void send_octets(byte_view octets);
  /// Ahead of what is sent next, or of what it has to say when the node sends something.
  void hold_octets(byte_view octets);
  /// One at a time, each followed by a pause, until the node closes.
  void drip(byte_view octets, caf::timespan pause);
  /// Says nothing for so long.
  void wait(caf::timespan how_long);

  // Leaving.

  void half_close();
  void hang_up();
  /// Sends `last` and hangs up before anybody has read it.
  void part(byte_view last);
  /// Leaves what comes unread, until told otherwise.
  void stop_reading() { deaf_ = true; }
  void read_on();

  /// Lets go of the connection and of all that it has seen.
  void forget();

  // What it has seen.

  [[nodiscard]] const crypto::private_key& key() const { return key_; }
  /// Messages since the session began, in order, uncompressed.
  [[nodiscard]] const std::vector<message>& received() const { return received_; }
  /// The reasons of all Disconnects among them.
  [[nodiscard]] std::vector<disconnect_reason> goodbyes() const;
  /// The node has closed its direction, or the whole connection.
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool connected() const { return stream_ != nullptr; }
  /// What the node sent cannot be understood.
  [[nodiscard]] std::optional<errc> failure() const { return failure_; }
  /// What the handshake agreed on, before anything was sent with it.
  [[nodiscard]] const std::optional<rlpx::secrets>& keys() const { return keys_; }

private:
  void on_readable() override;
  void on_writable() override;
  void take();
  void write();
  void compress_after_both_hellos();

  world& world_;
  std::string address_;
  net::random_source& random_;
  crypto::private_key key_;
  std::unique_ptr<net::listener> listener_;
  std::unique_ptr<net::pending_dial> dial_;
  std::unique_ptr<net::stream> stream_;
  std::optional<rlpx::handshake> handshake_;
  std::optional<rlpx::secrets> keys_;
  /// Opens what the node has sealed; what we send is forged.
  std::optional<rlpx::session> session_;
  std::optional<frame_forger> forger_;
  bytes in_;
  bytes out_;
  std::vector<message> received_;
  std::optional<errc> failure_;
  /// The version in our Hello; 0 until it is sent.
  std::uint64_t said_version_ = 0;
  bool heard_hello_ = false;
  bool compresses_ = false;
  bool awaiting_writable_ = false;
  bool deaf_ = false;
  /// Something came while it was deaf.
  bool unheard_ = false;
  bool closed_ = false;
};

} // namespace devp2p::kit
