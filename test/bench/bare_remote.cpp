// SPDX-License-Identifier: BSL-1.0
#include "bare_remote.hpp"

#include "devp2p/net/p2p/base.hpp"

#include <array>
#include <utility>

namespace devp2p::bench {

bare_remote::bare_remote(net::network& network, const enode& target, std::string capability,
                         byte_view payload)
  : network_(network),
    target_(target),
    capability_(std::move(capability)),
    payload_(payload),
    key_(crypto::private_key::generate(random_)) {}

void bare_remote::dial() {
  attempt_ =
    network_.dial(target_.address, [this](auto outcome) { on_connected(std::move(outcome)); });
}

void bare_remote::on_connected(expected<std::unique_ptr<net::stream>> outcome) {
  if (!outcome)
    return;
  stream_ = std::move(*outcome);
  handshake_.emplace(rlpx::handshake::initiator(key_, target_.id, random_));
  auto auth = handshake_->start();
  if (!auth)
    return;
  out_ = std::move(*auth);
  write();
  stream_->await_readable(*this);
}

void bare_remote::on_readable() {
  std::array<std::uint8_t, 4096> room;
  auto got = stream_->read_some(room);
  if (got.error)
    return stream_.reset();
  in_.insert(in_.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(got.size));
  understand();
  if (!ready_)
    stream_->await_readable(*this);
}

void bare_remote::understand() {
  if (handshake_) {
    byte_view rest = in_;
    auto outcome = handshake_->receive(rest);
    if (std::holds_alternative<rlpx::handshake::established>(outcome)) {
      in_.erase(in_.begin(), in_.end() - static_cast<std::ptrdiff_t>(rest.size()));
      greet(handshake_->keys());
    }
  }
  if (!session_)
    return;
  mutable_byte_view rest = in_;
  auto outcome = session_->open(rest);
  if (!std::holds_alternative<rlpx::session::message>(outcome))
    return;
  session_->enable_snappy();
  ready_ = true;
  write();
}

void bare_remote::greet(const rlpx::secrets& keys) {
  handshake_.reset();
  session_.emplace(keys);
  hello ours;
  ours.client_id = "bare remote";
  ours.capabilities = {{capability_, 1}};
  ours.id = key_.id();
  if (!session_->seal(p2p::hello_id, p2p::encode_hello(ours), out_))
    write();
}

void bare_remote::on_writable() {
  write();
}

/// Writes what is left, and then messages until the network takes no more.
void bare_remote::write() {
  for (;;) {
    auto rest = byte_view{out_}.subspan(written_);
    auto put = stream_->write_some(rest);
    written_ += put.size;
    if (put.error)
      return;
    if (put.size < rest.size())
      return stream_->await_writable(*this);
    out_.clear();
    written_ = 0;
    if (!ready_ || payload_.empty() || session_->seal(p2p::base_length, payload_, out_))
      return;
  }
}

} // namespace devp2p::bench
