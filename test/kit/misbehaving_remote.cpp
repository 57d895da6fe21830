// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/misbehaving_remote.hpp"

#include "devp2p/net/rlp/encoder.hpp"
#include "devp2p/net/rlpx/compression.hpp"
#include "devp2p/net/rlpx/frame_codec.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace devp2p::kit {

namespace {

using reason = disconnect_reason;
using outcome = attack::outcome;
using attack_function = std::function<void(raw_remote&, const attack_target&)>;

constexpr outcome breach(errc found) {
  return {reason::breach_of_protocol, found, false, true};
}

/// Returns the outcome of a breach by a remote that has not proved its identity and so cannot be
/// told.
constexpr outcome unspoken_breach(errc found) {
  return {reason::breach_of_protocol, found, false, false};
}

/// A running session ends by its pinger.
constexpr outcome timeout{reason::ping_timeout, errc::ping_timeout, false, true};
/// A session that waits for Hello ends by its deadline.
constexpr outcome late_hello{reason::ping_timeout, errc::handshake_timeout, false, true};
/// A handshake ends by its deadline; the remote cannot be told.
constexpr outcome late_handshake{reason::ping_timeout, errc::handshake_timeout, false, false};

constexpr outcome closed{reason::network_error, errc::end_of_stream, false, false};
constexpr outcome blocked{reason::network_error, errc::write_timeout, false, false};

/// Returns bytes that do not compress, the same at each call.
bytes noise(std::size_t size) {
  bytes out(size);
  std::uint32_t x = 0x9e3779b9;
  for (auto& byte : out) {
    // Marsaglia's xorshift.
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    byte = static_cast<std::uint8_t>(x);
  }
  return out;
}

/// Returns the content of a message's frame.
bytes content_of(std::uint64_t id, byte_view body) {
  bytes out;
  rlp::encoder{out}.integer(id);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

/// Returns a valid frame of several blocks.
bytes good_frame(raw_remote& remote, const attack_target& target) {
  return remote.seal(target.echoed_id, noise(100));
}

void append(bytes& to, byte_view what) {
  to.insert(to.end(), what.begin(), what.end());
}

/// The longest silence that a node tolerates, counted from the connection on.
caf::timespan patience(const settings& limits) {
  return std::max(limits.handshake_timeout, limits.ping_interval * (limits.max_missed_pings + 1));
}

// Frames.

attack_function flip(std::size_t index) {
  return [=](raw_remote& remote, const attack_target& target) {
    auto frame = good_frame(remote, target);
    frame.at(index) ^= 1;
    remote.send_bytes(frame);
  };
}

void flip_last(raw_remote& remote, const attack_target& target) {
  auto frame = good_frame(remote, target);
  frame.back() ^= 1;
  remote.send_bytes(frame);
}

attack_function cut_at(std::size_t index) {
  return [=](raw_remote& remote, const attack_target& target) {
    remote.send_bytes(byte_view{good_frame(remote, target)}.first(index));
    remote.half_close();
  };
}

void cut_before_last(raw_remote& remote, const attack_target& target) {
  auto frame = good_frame(remote, target);
  remote.send_bytes(byte_view{frame}.first(frame.size() - 1));
  remote.half_close();
}

/// Sends a header and a body that are authentic, with no content between them.
void empty_frame(raw_remote& remote, const attack_target&) {
  remote.send_bytes(remote.seal_content({}));
}

void largest_frame(raw_remote& remote, const attack_target&) {
  remote.send_bytes(remote.seal_header(rlpx::frame_codec::max_content_size));
}

attack_function content(bytes what) {
  return [what = std::move(what)](raw_remote& remote, const attack_target&) {
    remote.send_bytes(remote.seal_content(what));
  };
}

void garbage(raw_remote& remote, const attack_target&) {
  remote.send_bytes(bytes(600, 0xff));
}

// Messages.

void id_behind_the_last(raw_remote& remote, const attack_target& target) {
  remote.send(target.end_of_ids, p2p::ping_payload);
}

void largest_id(raw_remote& remote, const attack_target&) {
  remote.send(std::numeric_limits<std::uint64_t>::max(), p2p::ping_payload);
}

void oversized_message(raw_remote& remote, const attack_target& target) {
  remote.send(target.echoed_id, noise(target.max_message_size + 1));
}

void second_hello(raw_remote& remote, const attack_target&) {
  remote.send_hello(remote.introduction({}));
}

attack_function flood_of(std::uint64_t first, std::uint64_t last) {
  return [=](raw_remote& remote, const attack_target& target) {
    bytes all;
    auto id = first;
    // One message more than allowed, and one for a Pong that the node may be waiting for.
    for (unsigned i = 0; i < target.limits.max_base_messages + 2; ++i) {
      append(all, remote.seal(id, p2p::ping_payload));
      id = id == last ? first : id + 1;
    }
    remote.send_bytes(all);
  };
}

// Compression.

/// Returns a body that declares an uncompressed size of `size` bytes.
bytes block_of(std::uint64_t size, byte_view rest) {
  bytes out;
  for (; size >= 0x80; size >>= 7)
    out.push_back(static_cast<std::uint8_t>(size | 0x80));
  out.push_back(static_cast<std::uint8_t>(size));
  append(out, rest);
  return out;
}

attack_function block(bytes what) {
  return [what = std::move(what)](raw_remote& remote, const attack_target& target) {
    remote.send_bytes(remote.seal_content(content_of(target.echoed_id, what)));
  };
}

/// Sends a bomb that really has the size that it declares.
void true_bomb(raw_remote& remote, const attack_target& target) {
  remote.send(target.echoed_id, bytes(target.max_message_size + 1));
}

/// Sends a bomb that declares a size which a block of its length can have.
void plausible_bomb(raw_remote& remote, const attack_target& target) {
  auto rest = bytes(target.max_message_size / 16);
  auto what = block_of(target.max_message_size + 1, rest);
  remote.send_bytes(remote.seal_content(content_of(target.echoed_id, what)));
}

// Pace.

void stay_silent(raw_remote& remote, const attack_target& target) {
  remote.wait(patience(target.limits));
}

/// Sends a frame so slowly that all of it would take longer than any deadline.
void drip(raw_remote& remote, const attack_target& target) {
  auto frame = remote.seal(target.echoed_id, noise(500));
  remote.drip(frame, patience(target.limits) / 100);
}

/// Sends bytes of which the first are a valid size of a handshake; no header is ever complete.
void drip_anything(raw_remote& remote, const attack_target& target) {
  remote.drip(bytes(rlpx::frame_codec::header_size - 1, 0x01), patience(target.limits) / 20);
}

/// Asks for more echoes than a connection holds, and does not read.
void never_read(raw_remote& remote, const attack_target& target) {
  remote.stop_reading();
  auto message = noise(std::min(target.max_message_size, std::size_t{64} << 10));
  for (std::size_t sent = 0; sent < target.connection_size; sent += message.size())
    remote.send(target.echoed_id, message);
  remote.wait(target.limits.write_timeout);
}

// The end.

/// Adds one payload of Disconnect, as it is and compressed.
void add_disconnects(std::vector<attack>& to, const std::string& form, bytes payload,
                     reason means) {
  auto is_heard = means != reason::undecodable && means != reason::network_error;
  outcome in_session{means, errc::remote_disconnect, true, is_heard};
  outcome before_hello{means, errc::remote_disconnect, true, false};
  bytes compressed;
  rlpx::compress(payload, compressed);
  auto add = [&](const std::string& name, byte_view body) {
    to.push_back({name, content(content_of(p2p::disconnect_id, body)), in_session, before_hello});
  };
  add("Disconnect, " + form, payload);
  add("Disconnect, " + form + ", compressed", compressed);
}

/// Adds every form of Disconnect that is in use, and some that are not.
void add_all_disconnects(std::vector<attack>& to) {
  auto hex = [](std::string_view digits) { return *from_hex(digits); };
  add_disconnects(to, "a list", hex("c104"), reason::too_many_peers);
  add_disconnects(to, "a bare number", hex("04"), reason::too_many_peers);
  add_disconnects(to, "a list of zero", hex("c180"), reason::requested);
  add_disconnects(to, "a list of a byte that is zero", hex("c100"), reason::requested);
  add_disconnects(to, "a bare zero", hex("80"), reason::requested);
  add_disconnects(to, "a bare byte that is zero", hex("00"), reason::requested);
  add_disconnects(to, "an empty list", hex("c0"), reason::requested);
  add_disconnects(to, "nothing", {}, reason::requested);
  add_disconnects(to, "an unknown code", hex("c111"), reason{0x11});
  add_disconnects(to, "an unknown code of two bytes", hex("c281fe"), reason{0xfe});
  add_disconnects(to, "a network error", hex("c101"), reason::network_error);
  add_disconnects(to, "a number too large", hex("c3820100"), reason::undecodable);
  add_disconnects(to, "a list within a list", hex("c2c104"), reason::undecodable);
  add_disconnects(to, "a list cut short", hex("c3"), reason::undecodable);
  add_disconnects(to, "words", noise(200), reason::undecodable);
}

void hang_up(raw_remote& remote, const attack_target&) {
  remote.hang_up();
}

void half_close(raw_remote& remote, const attack_target&) {
  remote.half_close();
}

std::vector<attack> all_attacks() {
  constexpr auto header_size = rlpx::frame_codec::header_size;
  std::vector<attack> out{
    {"a wrong header", flip(0), breach(errc::header_mac_mismatch),
     breach(errc::header_mac_mismatch)},
    {"a wrong tag of a header", flip(header_size - 1), breach(errc::header_mac_mismatch),
     breach(errc::header_mac_mismatch)},
    {"a wrong body", flip(header_size), breach(errc::body_mac_mismatch),
     breach(errc::body_mac_mismatch)},
    {"a wrong tag of a body", flip_last, breach(errc::body_mac_mismatch),
     breach(errc::body_mac_mismatch)},
    {"a frame cut after a byte", cut_at(1), closed, closed},
    {"a frame cut in the tag of its header", cut_at(16), closed, closed},
    {"a frame cut after its header", cut_at(header_size), closed, closed},
    {"a frame cut in its body", cut_at(header_size + 1), closed, closed},
    {"a frame cut before its last byte", cut_before_last, closed, closed},
    {"a frame of no bytes", empty_frame, breach(errc::empty_frame), breach(errc::empty_frame)},
    {"a frame of 16 MiB", largest_frame, breach(errc::message_too_large),
     breach(errc::message_too_large)},
    {"an identifier that is a list", content(*from_hex("c0c0")), breach(errc::invalid_message_id),
     breach(errc::invalid_message_id)},
    {"an identifier that is not canonical", content(*from_hex("0010")),
     breach(errc::invalid_message_id), breach(errc::invalid_message_id)},
    {"an identifier cut short", content(*from_hex("82")), breach(errc::invalid_message_id),
     breach(errc::invalid_message_id)},
    {"garbage", garbage, breach(errc::header_mac_mismatch), breach(errc::header_mac_mismatch),
     unspoken_breach(errc::handshake_size)},

    {"a message code behind the last", id_behind_the_last, breach(errc::message_code_out_of_range),
     breach(errc::unexpected_message)},
    {"the largest message code", largest_id, breach(errc::message_code_out_of_range),
     breach(errc::unexpected_message)},
    {"an oversized message", oversized_message, breach(errc::message_too_large),
     breach(errc::message_too_large)},
    {"a second Hello", second_hello, breach(errc::unexpected_message)},
    {"a flood of Pings", flood_of(p2p::ping_id, p2p::ping_id), breach(errc::base_message_flood),
     breach(errc::unexpected_message)},
    {"a flood of Pongs", flood_of(p2p::pong_id, p2p::pong_id), breach(errc::base_message_flood),
     breach(errc::unexpected_message)},
    {"a flood of reserved messages", flood_of(p2p::pong_id + 1, p2p::base_length - 1),
     breach(errc::base_message_flood), breach(errc::unexpected_message)},

    {"a snappy bomb", true_bomb, breach(errc::message_too_large)},
    {"a snappy bomb that may be one", plausible_bomb, breach(errc::message_too_large)},
    {"a snappy bomb that cannot be one", block(block_of(0xffff'ffff, noise(100))),
     breach(errc::snappy_malformed)},
    {"a snappy bomb of 2^35 bytes", block(block_of(0x7'ffff'ffff, noise(100))),
     breach(errc::snappy_malformed)},
    {"a snappy block without a size", block(bytes(10, 0xff)), breach(errc::snappy_malformed)},
    {"a snappy block that is less than it says", block(block_of(10, *from_hex("0c01020304"))),
     breach(errc::snappy_malformed)},

    {"silence", stay_silent, timeout, late_hello, late_handshake},
    {"a frame, one byte at a time", drip, timeout, late_hello},
    {"garbage, one byte at a time", drip_anything, timeout, late_hello, late_handshake},
    {"never reading", never_read, blocked},

    {"a half close", half_close, closed, closed, closed},
    {"hanging up", hang_up, closed, closed, closed},
  };
  add_all_disconnects(out);
  return out;
}

} // namespace

std::span<const attack> attacks() {
  static const auto all = all_attacks();
  return all;
}

} // namespace devp2p::kit
