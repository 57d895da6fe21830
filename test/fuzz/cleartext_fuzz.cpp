// SPDX-License-Identifier: BSL-1.0

// Goal: the handshake without cryptography accepts only what it promises. To a recipient come the
// remote's id and its own, to an initiator the wanted id. A header says what size was sealed.
//
// Method: the first byte chooses the role, the next two the size of a header's content; the rest is
// the stream. Each prefix of the stream must be incomplete, or give the same as the whole. Both
// ends also meet, and a header of that size goes from one to the other. Sessions on top of it:
// frame_stream.

#include "target.hpp"

#include "../id_of.hpp"
#include "script.hpp"

#include "devp2p/net/rlpx/cleartext.hpp"
#include "devp2p/net/rlpx/frame_codec.hpp"

namespace devp2p::fuzz::cleartext_target {

using namespace rlpx;

namespace {

constexpr std::size_t id_size = sizeof(node_id::value);

const node_id self = id_of(1);
const node_id other = id_of(2);

void check_stream(bool dials, byte_view stream) {
  auto subject =
    dials ? cleartext_handshake::initiator(self, other) : cleartext_handshake::recipient(self);
  const auto size = dials ? id_size : 2 * id_size;
  for (std::size_t come = 0; come <= std::min(stream.size(), size + 3); ++come) {
    auto in = stream.first(come);
    auto out = subject.receive(in);
    if (auto* more = std::get_if<handshake::incomplete>(&out)) {
      require(come < size && more->wanted == size && in.size() == come);
      continue;
    }
    require(come >= size);
    auto for_us =
      std::ranges::equal(dials ? stream.first(id_size) : stream.subspan(id_size, id_size),
                         dials ? other.value : self.value);
    if (auto* why = std::get_if<errc>(&out)) {
      require(!for_us && *why == errc::handshake_decryption && in.size() == come);
      continue;
    }
    const auto& done = std::get<cleartext_handshake::established>(out);
    require(for_us && in.size() == come - size);
    require(std::ranges::equal(done.remote.value, stream.first(id_size)));
    require(dials ? done.reply.empty() : std::ranges::equal(done.reply, self.value));
  }
}

void check_meeting() {
  auto one = cleartext_handshake::initiator(self, other);
  auto two = cleartext_handshake::recipient(other);
  auto said = one.start();
  byte_view in{*said};
  auto reply = std::get<cleartext_handshake::established>(two.receive(in));
  require(in.empty() && reply.remote == self);
  in = reply.reply;
  require(std::get<cleartext_handshake::established>(one.receive(in)).remote == other &&
          in.empty());
}

void check_header(std::size_t size) {
  bytes frame(frame_codec::header_size + frame_codec::body_size(size), 0xff);
  cleartext_codec::seal(frame, size);
  auto opened = cleartext_codec::open_header(frame);
  require(opened && *opened == size);
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  test::script input{{data, size}};
  auto dials = input.byte() % 2 == 0;
  check_meeting();
  check_header(1 + input.two_bytes());
  if (size > 3)
    check_stream(dials, {data + 3, size - 3});
  return 0;
}

static const target registered{"cleartext", run};

} // namespace devp2p::fuzz::cleartext_target
