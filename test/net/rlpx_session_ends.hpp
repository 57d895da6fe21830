// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/rlpx/session.hpp"
#include "rlpx_forger.hpp"
#include "rlpx_vectors.hpp"

#include <snappy.h>

/// Both ends of a session after its handshake, and the messages between them.
namespace devp2p::test {

inline constexpr std::size_t no_limit = 0xff'ffff;

/// A message that was opened, with its payload read.
struct received {
  std::uint64_t id;
  bytes payload;

  friend bool operator==(const received&, const received&) = default;
};

template <class T>
T expect(const rlpx::session::opened& outcome) {
  BOOST_REQUIRE(std::holds_alternative<T>(outcome));
  return std::get<T>(outcome);
}

inline bytes sealed(rlpx::session& from, std::uint64_t id, byte_view payload) {
  bytes out;
  BOOST_REQUIRE(!from.seal(id, payload, out));
  return out;
}

inline rlpx::session::opened open(rlpx::session& subject, bytes& in) {
  mutable_byte_view view{in};
  auto out = subject.open(view);
  return out;
}

inline received read(const rlpx::session::message& from) {
  received out{from.id, bytes(from.size)};
  BOOST_TEST(!rlpx::session::read(from, out.payload));
  return out;
}

/// Opens `frame`, which must be one whole message.
inline received receive(rlpx::session& subject, bytes frame) {
  mutable_byte_view in{frame};
  auto message = expect<rlpx::session::message>(subject.open(in));
  BOOST_TEST(in.empty());
  return read(message);
}

inline errc refusal(rlpx::session& subject, bytes frame) {
  return expect<errc>(open(subject, frame));
}

inline bytes random_bytes(std::size_t size, unsigned seed = 1) {
  std::mt19937 random{seed};
  bytes out(size);
  for (auto& byte : out)
    byte = static_cast<std::uint8_t>(random());
  return out;
}

inline bytes repeating_bytes(std::size_t size) {
  bytes out(size);
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<std::uint8_t>(i % 7);
  return out;
}

inline bytes snappy_block(const bytes& payload) {
  std::string out;
  snappy::Compress(reinterpret_cast<const char*>(payload.data()), payload.size(), &out);
  return {out.begin(), out.end()};
}

struct two_ends {
  rlpx::session here{eip8_secrets(rlpx::role::initiator)};
  rlpx::session there{eip8_secrets(rlpx::role::recipient)};
  test::forger forger{eip8_secrets(rlpx::role::initiator)};

  void enable_snappy() {
    here.enable_snappy();
    there.enable_snappy();
  }
};

struct two_compressing_ends : two_ends {
  two_compressing_ends() { enable_snappy(); }
};

} // namespace devp2p::test
