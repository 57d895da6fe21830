// SPDX-License-Identifier: BSL-1.0

// Goal: a session opens all data of a remote without reading outside it, holds its limits, and is
// dead after an error. It gives back every message that the other end sealed, however the stream is
// cut.
//
// Method: the first byte says what the rest of the input is: a stream as it comes, the contents of
// frames, or messages; and whether there is compression, and cryptography. Contents get a valid tag
// on the way, since no fuzzer finds one by chance. The second byte is the size of the pieces. The
// secrets are fixed.

#include "target.hpp"

#include "devp2p/net/rlpx/session.hpp"

#include <algorithm>
#include <cstdlib>

namespace devp2p::fuzz::frame_stream_target {

using namespace rlpx;

namespace {

constexpr std::size_t limit = 5000;

secrets keys_of(role self) {
  const bytes auth{1};
  const bytes ack{2};
  return derive_secrets(self, {{}, {}, {}, auth, ack});
}

struct settings {
  bool compressing;
  bool cleartext;
  std::size_t step;

  session make(role self) const {
    auto out = cleartext ? session{rlpx::cleartext{}} : session{keys_of(self)};
    if (compressing)
      out.enable_snappy();
    out.limit_messages(limit);
    return out;
  }
};

struct received {
  std::uint64_t id;
  bytes payload;

  friend bool operator==(const received&, const received&) = default;
};

void check_dead(session& subject, errc why) {
  bytes more(100);
  mutable_byte_view in{more};
  require(std::get<errc>(subject.open(in)) == why);
  require(in.size() == more.size());
}

/// Returns the payload, or `nullopt` if the message is not well-formed.
std::optional<bytes> read(const session::message& from) {
  require(from.size <= limit);
  bytes out(from.size);
  if (session::read(from, out))
    return std::nullopt;
  return out;
}

/// Returns all messages until the stream, or the session, ends.
std::vector<received> receive_all(session subject, bytes stream, std::size_t step) {
  std::vector<received> out;
  std::size_t taken = 0;
  std::size_t come = 0;
  while (come < stream.size()) {
    come = std::min(stream.size(), come + step);
    for (;;) {
      auto in = mutable_byte_view{stream}.subspan(taken, come - taken);
      auto next = subject.open(in);
      taken = come - in.size();
      if (auto* why = std::get_if<errc>(&next)) {
        check_dead(subject, *why);
        return out;
      }
      if (auto* more = std::get_if<session::incomplete>(&next)) {
        require(more->wanted > in.size());
        break;
      }
      const auto& message = std::get<session::message>(next);
      auto payload = read(message);
      if (!payload)
        return out;
      out.push_back({message.id, std::move(*payload)});
    }
  }
  return out;
}

/// Cuts the input into parts. A byte before each part is its length, in steps that reach the limit.
std::vector<byte_view> parts(byte_view in) {
  std::vector<byte_view> out;
  while (!in.empty()) {
    auto size = std::min<std::size_t>(in[0] * 7u, in.size() - 1);
    out.push_back(in.subspan(1, size));
    in = in.subspan(1 + size);
  }
  return out;
}

void open_stream(const settings& how, byte_view in) {
  bytes stream{in.begin(), in.end()};
  require(receive_all(how.make(role::recipient), stream, how.step) ==
          receive_all(how.make(role::recipient), stream, stream.size() + 1));
}

void open_contents(const settings& how, byte_view in) {
  frame_codec remote{keys_of(role::initiator)};
  bytes stream;
  for (auto content : parts(in)) {
    if (content.empty())
      continue;
    bytes frame(frame_codec::header_size);
    frame.insert(frame.end(), content.begin(), content.end());
    frame.resize(frame_codec::header_size + frame_codec::body_size(content.size()));
    if (how.cleartext)
      cleartext_codec::seal(frame, content.size());
    else
      remote.seal(frame, content.size());
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  open_stream(how, stream);
}

void exchange_messages(const settings& how, byte_view in) {
  auto remote = how.make(role::initiator);
  bytes stream;
  std::vector<received> sent;
  for (auto part : parts(in)) {
    // Seven identifiers out of eight are small. Disconnect is left out, as it would be given back
    // compressed.
    std::uint64_t id = part.empty() ? 0 : part[0];
    if (id % 8 == 7)
      id <<= id / 4;
    if (id == 1)
      id = 2;
    require(!remote.seal(id, part, stream));
    sent.push_back({id, {part.begin(), part.end()}});
  }
  require(receive_all(how.make(role::recipient), stream, how.step) == sent);
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  settings how{(data[0] & 1) != 0, (data[0] & 8) != 0, data[1] + 1u};
  byte_view rest{data + 2, size - 2};
  switch (data[0] >> 1 & 3) {
  case 0:
    open_stream(how, rest);
    break;
  case 1:
    open_contents(how, rest);
    break;
  default:
    exchange_messages(how, rest);
    break;
  }
  return 0;
}

static const target registered{"frame_stream", run};

} // namespace devp2p::fuzz::frame_stream_target
