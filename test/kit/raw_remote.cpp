// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/raw_remote.hpp"

#include "devp2p/net/p2p/base.hpp"
#include "devp2p/net/rlp/encoder.hpp"
#include "devp2p/net/rlpx/compression.hpp"
#include "devp2p/net/rlpx/frame_codec.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace devp2p::kit {

frame_forger::frame_forger(const rlpx::secrets& keys)
  : encryption_(keys.aes, {}),
    seed_cipher_(keys.mac),
    mac_(keys.egress_mac) {}

bytes frame_forger::header(std::size_t content_size) {
  crypto::aes_block sealed{static_cast<std::uint8_t>(content_size >> 16),
                           static_cast<std::uint8_t>(content_size >> 8),
                           static_cast<std::uint8_t>(content_size),
                           0xc2,
                           0x80,
                           0x80};
  encryption_.apply(sealed);
  absorb_seed(sealed);
  bytes out(sealed.begin(), sealed.end());
  auto tag = digest();
  out.insert(out.end(), tag.begin(), tag.end());
  return out;
}

bytes frame_forger::body(byte_view content) {
  bytes out(content.begin(), content.end());
  out.resize(rlpx::frame_codec::body_size(content.size()) - crypto::aes_block_size);
  encryption_.apply(out);
  mac_.update(out);
  absorb_seed(digest());
  auto tag = digest();
  out.insert(out.end(), tag.begin(), tag.end());
  return out;
}

void frame_forger::absorb_seed(const crypto::aes_block& mask) {
  auto seed = seed_cipher_.encrypt(digest());
  for (std::size_t i = 0; i < seed.size(); ++i)
    seed[i] ^= mask[i];
  mac_.update(seed);
}

crypto::aes_block frame_forger::digest() const {
  auto whole = mac_.digest();
  crypto::aes_block out;
  std::copy_n(whole.begin(), out.size(), out.begin());
  return out;
}

raw_remote::raw_remote(world& where, std::string address, random_source& random)
  : raw_remote(where, std::move(address), random, crypto::private_key::generate(random)) {}

raw_remote::raw_remote(world& where, std::string address, random_source& random,
                       const crypto::private_key& key)
  : world_(where),
    address_(std::move(address)),
    random_(random),
    key_(key) {}

raw_remote::~raw_remote() = default;

bool raw_remote::connect(const endpoint& to) {
  dial_ = world_.host(address_).dial(to, [this](expected<std::unique_ptr<net::stream>> outcome) {
    if (outcome)
      stream_ = std::move(*outcome);
  });
  world_.run();
  if (stream_) {
    stream_->await_readable(*this);
    world_.run();
  }
  return stream_ != nullptr;
}

void raw_remote::listen(std::uint16_t port) {
  auto socket = world_.host(address_).listen({address_, port});
  if (!socket)
    return;
  listener_ = std::move(*socket);
  listener_->accept([this](expected<std::unique_ptr<net::stream>> outcome) {
    if (outcome) {
      stream_ = std::move(*outcome);
      stream_->await_readable(*this);
    }
  });
}

bool raw_remote::shake_hands(const node_id& with) {
  handshake_.emplace(rlpx::handshake::initiator(key_, with, random_));
  auto auth = handshake_->start();
  if (!auth)
    return false;
  send_bytes(*auth);
  return session_.has_value();
}

bool raw_remote::shake_hands() {
  handshake_.emplace(rlpx::handshake::recipient(key_, random_));
  take();
  write();
  world_.run();
  return session_.has_value();
}

bool raw_remote::meet(const endpoint& to, const node_id& with,
                      std::vector<capability> capabilities) {
  return connect(to) && shake_hands(with) && greet(std::move(capabilities));
}

bool raw_remote::greet(std::vector<capability> capabilities) {
  send_hello(introduction(std::move(capabilities)));
  auto is_hello = [](const message& x) { return x.id == p2p::hello_id; };
  return std::any_of(received_.begin(), received_.end(), is_hello);
}

hello raw_remote::introduction(std::vector<capability> capabilities) const {
  hello out;
  out.client_id = "raw";
  out.capabilities = std::move(capabilities);
  out.id = key_.id();
  return out;
}

void raw_remote::send(std::uint64_t id, byte_view payload) {
  send_bytes(seal(id, payload));
}

void raw_remote::send(disconnect_reason reason) {
  send(p2p::disconnect_id, p2p::encode_disconnect(reason));
}

void raw_remote::send_hello(const hello& what) {
  auto frame = seal(p2p::hello_id, p2p::encode_hello(what));
  said_version_ = what.version;
  compress_after_both_hellos();
  send_bytes(frame);
}

void raw_remote::compress_after_both_hellos() {
  if (said_version_ < hello::snappy_version || !heard_hello_)
    return;
  session_->enable_snappy();
  compresses_ = true;
}

bytes raw_remote::seal(std::uint64_t id, byte_view payload) {
  bytes content;
  rlp::encoder{content}.integer(id);
  if (compresses_)
    rlpx::compress(payload, content);
  else
    content.insert(content.end(), payload.begin(), payload.end());
  return seal_content(content);
}

bytes raw_remote::seal_content(byte_view content) {
  if (content.size() > rlpx::frame_codec::max_content_size) {
    failure_ = errc::outgoing_message_too_large;
    return {};
  }
  auto out = forger_->header(content.size());
  auto body = forger_->body(content);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

bytes raw_remote::seal_header(std::size_t content_size) {
  return forger_->header(content_size);
}

void raw_remote::hold_bytes(byte_view data) {
  out_.insert(out_.end(), data.begin(), data.end());
}

void raw_remote::send_bytes(byte_view data) {
  hold_bytes(data);
  write();
  world_.run();
}

void raw_remote::drip(byte_view data, caf::timespan pause) {
  for (std::size_t i = 0; i < data.size() && !closed_; ++i) {
    send_bytes(data.subspan(i, 1));
    world_.advance(pause);
  }
}

void raw_remote::wait(caf::timespan how_long) {
  world_.advance(how_long);
}

void raw_remote::half_close() {
  stream_->shutdown_write();
  world_.run();
}

void raw_remote::hang_up() {
  stream_.reset();
  world_.run();
}

void raw_remote::part(byte_view last) {
  hold_bytes(last);
  write();
  hang_up();
}

void raw_remote::read_on() {
  deaf_ = false;
  if (std::exchange(unheard_, false))
    stream_->await_readable(*this);
  world_.run();
}

void raw_remote::forget() {
  hang_up();
  session_.reset();
  forger_.reset();
  received_ = std::vector<message>{};
  in_ = bytes{};
  out_ = bytes{};
}

std::vector<disconnect_reason> raw_remote::goodbyes() const {
  std::vector<disconnect_reason> out;
  for (const auto& x : received_)
    if (x.id == p2p::disconnect_id)
      out.push_back(p2p::decode_disconnect(x.payload));
  return out;
}

void raw_remote::on_readable() {
  unheard_ = deaf_;
  if (deaf_)
    return;
  std::array<std::uint8_t, 16384> some;
  for (;;) {
    auto got = stream_->read_some(some);
    in_.insert(in_.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(got.size));
    if (got.error)
      closed_ = true;
    if (got.error || got.size == 0)
      break;
  }
  take();
  write();
  if (!closed_)
    stream_->await_readable(*this);
}

void raw_remote::on_writable() {
  awaiting_writable_ = false;
  write();
}

void raw_remote::take() {
  if (handshake_) {
    byte_view rest = in_;
    auto outcome = handshake_->receive(rest);
    in_.erase(in_.begin(), in_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    if (auto* done = std::get_if<rlpx::handshake::established>(&outcome)) {
      out_.insert(out_.end(), done->reply.begin(), done->reply.end());
      keys_ = handshake_->keys();
      session_.emplace(*keys_);
      forger_.emplace(*keys_);
      handshake_.reset();
    } else if (auto* why = std::get_if<errc>(&outcome)) {
      failure_ = *why;
    }
  }
  if (!session_ || failure_)
    return;
  mutable_byte_view rest = in_;
  for (;;) {
    auto outcome = session_->open(rest);
    auto* got = std::get_if<rlpx::session::message>(&outcome);
    if (auto* why = std::get_if<errc>(&outcome))
      failure_ = *why;
    if (got == nullptr)
      break;
    message out{got->id, bytes(got->size)};
    if (auto why = rlpx::session::read(*got, out.payload))
      failure_ = why;
    received_.push_back(std::move(out));
    if (got->id == p2p::hello_id) {
      heard_hello_ = true;
      // Messages after Hello may have been received already.
      session_->limit_messages(rlpx::frame_codec::max_content_size);
    }
    compress_after_both_hellos();
  }
  in_.erase(in_.begin(), in_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

void raw_remote::write() {
  while (!out_.empty() && stream_ && !awaiting_writable_) {
    auto put = stream_->write_some(out_);
    out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(put.size));
    if (put.error)
      return out_.clear();
    if (put.size == 0) {
      awaiting_writable_ = true;
      stream_->await_writable(*this);
    }
  }
}

} // namespace devp2p::kit
