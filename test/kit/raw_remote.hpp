// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/world.hpp"
#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/hello.hpp"
#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/net/rlpx/handshake.hpp"
#include "devp2p/net/rlpx/session.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::kit {

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
  /// As they are.
  void send_octets(byte_view octets);

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
  /// What the handshake agreed on, before anything was sent with it: to forge what a session
  /// refuses to make.
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
  std::optional<rlpx::session> session_;
  bytes in_;
  bytes out_;
  std::vector<message> received_;
  std::optional<errc> failure_;
  /// The version in our Hello; 0 until it is sent.
  std::uint64_t said_version_ = 0;
  bool heard_hello_ = false;
  bool awaiting_writable_ = false;
  bool deaf_ = false;
  bool closed_ = false;
};

} // namespace devp2p::kit
