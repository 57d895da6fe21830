// SPDX-License-Identifier: BSL-1.0
#include "bare_dialler.hpp"

#include "devp2p/net/p2p/base.hpp"

#include <array>
#include <mutex>
#include <utility>

namespace devp2p::bench {

void bare_dialler::begin() {
  if (job_.over) {
    done_ = true;
    return;
  }
  life_ = {};
  key_ = crypto::private_key::generate(random_);
  session_.reset();
  in_.clear();
  dial_ = {};
  std::lock_guard guard{dialling_};
  attempt_ = job_.network.dial(job_.target.address,
                               [this](auto outcome) { on_connected(std::move(outcome)); });
}

void bare_dialler::on_connected(expected<std::unique_ptr<net::stream>> outcome) {
  {
    // Otherwise the thread that dials could be late, and give up the next dial for this one.
    std::lock_guard until_stored{dialling_};
  }
  if (!outcome)
    return fail();
  stream_ = std::move(*outcome);
  handshake_.emplace(rlpx::handshake::initiator(*key_, job_.target.id, random_));
  auto auth = handshake_->start();
  if (!auth)
    return fail();
  write(*auth);
  stream_->await_readable(*this);
}

void bare_dialler::on_readable() {
  std::array<std::uint8_t, 4096> room;
  auto got = stream_->read_some(room);
  if (got.error)
    return end();
  in_.insert(in_.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(got.size));
  understand();
  stream_->await_readable(*this);
}

void bare_dialler::understand() {
  if (handshake_) {
    byte_view rest = in_;
    auto outcome = handshake_->receive(rest);
    if (std::holds_alternative<rlpx::handshake::established>(outcome)) {
      in_.erase(in_.begin(), in_.end() - static_cast<std::ptrdiff_t>(rest.size()));
      on_secrets(handshake_->keys());
    }
  }
  if (!session_)
    return;
  mutable_byte_view rest = in_;
  auto outcome = session_->open(rest);
  if (auto* message = std::get_if<rlpx::session::message>(&outcome)) {
    on_message(*message);
    in_.erase(in_.begin(), in_.end() - static_cast<std::ptrdiff_t>(rest.size()));
  }
}

void bare_dialler::on_secrets(const rlpx::secrets& keys) {
  handshake_.reset();
  session_.emplace(keys);
  bytes out;
  hello ours;
  ours.client_id = "bare dialler";
  ours.capabilities = {{"idle", 1}};
  ours.id = key_->id();
  if (session_->seal(p2p::hello_id, p2p::encode_hello(ours), out))
    return;
  write(out);
}

void bare_dialler::on_message(const rlpx::session::message& message) {
  if (message.id != p2p::hello_id)
    return;
  job_.until_running.add(dial_.seconds());
  session_->enable_snappy();
  bytes out;
  if (session_->seal(p2p::disconnect_id, p2p::encode_disconnect(disconnect_reason::client_quitting),
                     out))
    return;
  write(out);
  stream_->shutdown_write();
}

/// Writes a few hundred bytes, for which a new connection has room.
void bare_dialler::write(byte_view content) {
  if (stream_->write_some(content).size < content.size())
    ++job_.failures;
}

void bare_dialler::fail() {
  ++job_.failures;
  done_ = true;
}

/// The node has closed the connection. Before the handshake is over, that is a failure.
void bare_dialler::end() {
  if (!session_)
    return fail();
  stream_.reset();
  job_.lives.add(life_.seconds());
  begin();
}

} // namespace devp2p::bench
