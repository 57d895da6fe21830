// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlpx/handshake.hpp"

#include "devp2p/net/crypto/ecies.hpp"
#include "devp2p/net/crypto/keccak256.hpp"
#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace devp2p::rlpx {

namespace {

constexpr std::uint64_t version = 4;

/// The bytes in front of a packet of EIP-8: the size of the rest, big-endian.
constexpr std::size_t prefix_size = 2;
/// The smallest packet, in bytes: no content fits into a smaller one.
constexpr std::size_t min_size = crypto::ecies_overhead;
/// The largest packet that is taken, in bytes: three times what implementations send.
constexpr std::size_t max_size = 2048;

/// The least padding, in bytes (EIP-8).
constexpr std::size_t min_padding = 100;
/// The number of sizes that the padding, which is of a random size, may have.
constexpr std::size_t padding_variation = 200;

/// Plain auth: signature ‖ hash of the ephemeral key ‖ node id ‖ nonce ‖ flag.
constexpr std::size_t plain_auth_content = 65 + 32 + 64 + 32 + 1;
/// Plain ack: ephemeral key ‖ nonce ‖ flag.
constexpr std::size_t plain_ack_content = 64 + 32 + 1;

struct auth_fields {
  crypto::recoverable_signature signature;
  node_id sender;
  nonce initiator_nonce;
};

struct ack_fields {
  node_id ephemeral;
  nonce recipient_nonce;
};

template <std::size_t N>
byte_array<N> slice(byte_view in, std::size_t offset) {
  byte_array<N> out;
  std::copy_n(in.begin() + static_cast<std::ptrdiff_t>(offset), N, out.begin());
  return out;
}

// The hash is ignored: the signature proves whose ephemeral key it is. The flag asked for a way to
// resume sessions, which no implementation ever had.
expected<auth_fields> parse_plain_auth(byte_view content) {
  if (content.size() != plain_auth_content)
    return errc::handshake_malformed;
  return auth_fields{
    slice<65>(content, 0), {slice<64>(content, 65 + 32)}, slice<32>(content, 65 + 32 + 64)};
}

// Data after the fields, in the list and after it, is ignored: it belongs to later versions.
expected<auth_fields> parse_eip8_auth(byte_view content) {
  rlp::decoder in{content};
  auto fields = in.list();
  auth_fields out;
  out.signature = fields.array<65>();
  out.sender.value = fields.array<64>();
  out.initiator_nonce = fields.array<32>();
  if (in.error())
    return errc::handshake_malformed;
  return out;
}

expected<ack_fields> parse_plain_ack(byte_view content) {
  if (content.size() != plain_ack_content)
    return errc::handshake_malformed;
  return ack_fields{{slice<64>(content, 0)}, slice<32>(content, 64)};
}

expected<ack_fields> parse_eip8_ack(byte_view content) {
  rlp::decoder in{content};
  auto fields = in.list();
  ack_fields out;
  out.ephemeral.value = fields.array<64>();
  out.recipient_nonce = fields.array<32>();
  if (in.error())
    return errc::handshake_malformed;
  return out;
}

/// Returns what the initiator signs with its ephemeral key: only the holders of both static keys
/// know it.
crypto::secret<32> token(const crypto::secret<32>& static_shared, const nonce& initiator_nonce) {
  auto out = static_shared;
  for (std::size_t i = 0; i < initiator_nonce.size(); ++i)
    out.content()[i] ^= initiator_nonce[i];
  return out;
}

byte_array<prefix_size> size_prefix(std::size_t size) {
  return {static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
}

} // namespace

handshake::handshake(role self, const crypto::private_key& key, random_source& random,
                     crypto::key_reserve* ahead)
  : role_(self),
    key_(key),
    random_(&random),
    ahead_(ahead) {}

handshake handshake::initiator(const crypto::private_key& self, const node_id& remote,
                               random_source& random, crypto::key_reserve* ahead) {
  handshake out{role::initiator, self, random, ahead};
  out.remote_ = remote;
  return out;
}

handshake handshake::recipient(const crypto::private_key& self, random_source& random,
                               crypto::key_reserve* ahead) {
  return {role::recipient, self, random, ahead};
}

expected<bytes> handshake::start() {
  assert(role_ == role::initiator && auth_.empty());
  auto static_shared = crypto::diffie_hellman(key_, remote_);
  if (!static_shared) {
    failure_ = static_shared.error();
    return *failure_;
  }
  ephemeral_ = fresh_key();
  random_->fill(nonce_);
  bytes content;
  rlp::encoder out{content};
  out.list([&] {
    out.string(crypto::sign(*ephemeral_, token(*static_shared, nonce_).content()));
    out.string(key_.id().value);
    out.string(nonce_);
    out.integer(version);
  });
  auto auth = seal_eip8(std::move(content));
  if (auth)
    auth_ = *auth;
  return auth;
}

handshake::outcome handshake::receive(byte_view& in) {
  assert(role_ == role::recipient || !auth_.empty() || failure_);
  if (failure_)
    return *failure_;
  auto first = split(in);
  if (auto* more = std::get_if<incomplete>(&first))
    return *more;
  if (auto* why = std::get_if<errc>(&first)) {
    failure_ = *why;
    return *why;
  }
  const auto& packet = std::get<handshake::packet>(first);
  auto done = role_ == role::recipient ? accept_auth(packet) : accept_ack(packet);
  if (!done) {
    failure_ = done.error();
    return *failure_;
  }
  in = in.subspan(packet.wire.size());
  return std::move(*done);
}

// A plain packet starts with the 04 of its point. Read as a size, that is at least 1024, so that a
// packet of EIP-8 which starts alike is longer than a plain one. So it does no harm to wait for the
// bytes of a plain packet, and to try that form first. Any other start leaves no doubt.
std::variant<handshake::incomplete, handshake::packet, errc> handshake::split(byte_view in) {
  if (in.empty())
    return incomplete{prefix_size};
  if (in[0] != crypto::ecies_first_byte || plain_refused_)
    return split_eip8(in);
  auto content = role_ == role::recipient ? plain_auth_content : plain_ack_content;
  auto total = content + crypto::ecies_overhead;
  if (in.size() < total)
    return incomplete{total};
  auto wire = in.first(total);
  if (auto plain = crypto::ecies_decrypt(key_, wire, {}))
    return packet{form::plain, wire, std::move(*plain)};
  plain_refused_ = true;
  return split_eip8(in);
}

std::variant<handshake::incomplete, handshake::packet, errc>
handshake::split_eip8(byte_view in) const {
  if (in[0] > max_size >> 8)
    return errc::handshake_size;
  if (in.size() < prefix_size)
    return incomplete{prefix_size};
  auto size = static_cast<std::size_t>(in[0] << 8 | in[1]);
  if (size < min_size || size > max_size)
    return errc::handshake_size;
  if (in.size() < prefix_size + size)
    return incomplete{prefix_size + size};
  auto wire = in.first(prefix_size + size);
  auto content = crypto::ecies_decrypt(key_, wire.subspan(prefix_size), wire.first(prefix_size));
  if (!content)
    return content.error();
  return packet{form::eip8, wire, std::move(*content)};
}

expected<handshake::established> handshake::accept_auth(const packet& auth) {
  auto fields =
    auth.written == form::eip8 ? parse_eip8_auth(auth.content) : parse_plain_auth(auth.content);
  if (!fields)
    return fields.error();
  auto static_shared = crypto::diffie_hellman(key_, fields->sender);
  if (!static_shared)
    return static_shared.error();
  auto remote_ephemeral =
    crypto::recover(fields->signature, token(*static_shared, fields->initiator_nonce).content());
  if (!remote_ephemeral)
    return remote_ephemeral.error();
  remote_ = fields->sender;
  remote_nonce_ = fields->initiator_nonce;
  remote_ephemeral_ = *remote_ephemeral;
  ephemeral_ = fresh_key();
  random_->fill(nonce_);
  auto ack = make_ack(auth.written, *ephemeral_);
  if (!ack)
    return ack.error();
  auth_.assign(auth.wire.begin(), auth.wire.end());
  ack_ = *ack;
  return established{remote_, std::move(*ack)};
}

expected<handshake::established> handshake::accept_ack(const packet& ack) {
  auto fields =
    ack.written == form::eip8 ? parse_eip8_ack(ack.content) : parse_plain_ack(ack.content);
  if (!fields)
    return fields.error();
  auto ephemeral_shared = crypto::diffie_hellman(*ephemeral_, fields->ephemeral);
  if (!ephemeral_shared)
    return ephemeral_shared.error();
  ephemeral_shared_ = *ephemeral_shared;
  remote_nonce_ = fields->recipient_nonce;
  ack_.assign(ack.wire.begin(), ack.wire.end());
  return established{remote_, {}};
}

secrets handshake::keys() const {
  assert(!ack_.empty());
  if (role_ == role::initiator)
    return derive_secrets(role_, {*ephemeral_shared_, nonce_, remote_nonce_, auth_, ack_});
  // Does not fail: a key that was recovered is a point.
  auto shared = crypto::diffie_hellman(*ephemeral_, remote_ephemeral_);
  return derive_secrets(role_, {*shared, remote_nonce_, nonce_, auth_, ack_});
}

// The ack has the form of the auth: a node that writes plain packets may be too old for any other.
expected<bytes> handshake::make_ack(form written, const crypto::private_key& ephemeral) const {
  bytes content;
  if (written == form::eip8) {
    rlp::encoder out{content};
    out.list([&] {
      out.string(ephemeral.id().value);
      out.string(nonce_);
      out.integer(version);
    });
    return seal_eip8(std::move(content));
  }
  content.insert(content.end(), ephemeral.id().value.begin(), ephemeral.id().value.end());
  content.insert(content.end(), nonce_.begin(), nonce_.end());
  content.push_back(0);
  return crypto::ecies_encrypt(remote_, content, {}, fresh_key(), *random_);
}

/// Returns a packet of EIP-8 that carries `content`, which grows by its padding.
expected<bytes> handshake::seal_eip8(bytes content) const {
  byte_array<2> choice;
  random_->fill(choice);
  auto padding = min_padding + (choice[0] << 8 | choice[1]) % padding_variation;
  auto unpadded = content.size();
  content.resize(unpadded + padding);
  random_->fill(mutable_byte_view{content}.subspan(unpadded));
  auto prefix = size_prefix(content.size() + crypto::ecies_overhead);
  auto message = crypto::ecies_encrypt(remote_, content, prefix, fresh_key(), *random_);
  if (message)
    message->insert(message->begin(), prefix.begin(), prefix.end());
  return message;
}

/// Returns a key that is for one use: one made ahead, if there is any.
crypto::private_key handshake::fresh_key() const {
  if (ahead_ != nullptr)
    if (auto made = ahead_->take())
      return *made;
  return crypto::private_key::generate(*random_);
}

} // namespace devp2p::rlpx
