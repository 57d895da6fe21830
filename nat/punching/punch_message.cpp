// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/punch_message.hpp"

#include "devp2p/nat/byte_order.hpp"

#include <algorithm>

namespace devp2p::nat {

namespace {

constexpr byte_array<5> prefix{'d', 'p', 'u', 'n', 1};
constexpr std::size_t endpoint_size = 18;

enum class kind : std::uint8_t { question = 1, answer, probe };

constexpr std::uint8_t wants_answer_bit = 1;
constexpr std::uint8_t confirmed_bit = 2;

template <class Enum>
std::uint8_t to_byte(Enum x) {
  return static_cast<std::uint8_t>(x);
}

/// Returns the enumerator; `nullopt` if `x` is past `last`.
template <class Enum>
std::optional<Enum> enumerator(std::uint8_t x, Enum last) {
  return x <= to_byte(last) ? std::optional{static_cast<Enum>(x)} : std::nullopt;
}

void mask(mutable_byte_view place, const byte_array<16>& nonce) {
  for (std::size_t i = 0; i < place.size(); ++i)
    place[i] ^= nonce[i % nonce.size()];
}

/// Appends the masked endpoint; an absent one is all zero before masking.
void put_endpoint(bytes& out, const std::optional<endpoint>& x, const byte_array<16>& nonce) {
  auto address = x ? to_address_bytes(x->host) : std::nullopt;
  bytes place;
  put(place, address.value_or(address_bytes{}));
  put(place, address ? x->port : std::uint16_t{0});
  mask(place, nonce);
  put(out, place);
}

std::optional<endpoint> endpoint_at(byte_view in, std::size_t from, const byte_array<16>& nonce) {
  byte_array<endpoint_size> place{};
  std::ranges::copy(in.subspan(from, place.size()), place.begin());
  mask(place, nonce);
  if (std::ranges::all_of(place, [](auto x) { return x == 0; }))
    return std::nullopt;
  address_bytes address{};
  std::copy_n(place.begin(), address.size(), address.begin());
  return endpoint{to_text(address), number_at<std::uint16_t>(place, address.size())};
}

byte_array<16> bytes_at(byte_view in, std::size_t from) {
  byte_array<16> out{};
  std::ranges::copy(in.subspan(from, out.size()), out.begin());
  return out;
}

std::uint8_t flags_of(const probe& x) {
  return static_cast<std::uint8_t>((x.wants_answer ? wants_answer_bit : 0) |
                                   (x.confirmed ? confirmed_bit : 0));
}

struct writer {
  bytes out{prefix.begin(), prefix.end()};

  void begin(kind what, std::uint8_t one, std::uint8_t two) {
    out.push_back(to_byte(what));
    out.push_back(one);
    out.push_back(two);
  }

  void operator()(const question& x) {
    begin(kind::question, to_byte(x.from), to_byte(x.mapping));
    put(out, x.nonce);
    put(out, x.name);
    put(out, x.cookie);
  }

  void operator()(const answer& x) {
    begin(kind::answer, to_byte(x.status), to_byte(x.mapping));
    put(out, x.nonce);
    put(out, x.secret);
    put_endpoint(out, x.observed, x.nonce);
    put_endpoint(out, x.peer, x.nonce);
    put(out, x.start_in.count());
  }

  void operator()(const probe& x) {
    begin(kind::probe, to_byte(x.from), flags_of(x));
    put(out, x.number);
    put(out, x.answers);
    put(out, x.tag);
  }
};

std::optional<punch_message> read_question(byte_view in) {
  auto from = enumerator(in[6], side::second);
  auto mapping = enumerator(in[7], port_mapping_kind::dependent);
  if (!from || !mapping)
    return std::nullopt;
  return question{*from, *mapping, bytes_at(in, 8), bytes_at(in, 24), bytes_at(in, 40)};
}

std::optional<punch_message> read_answer(byte_view in) {
  auto status = enumerator(in[6], answer_status::refused);
  auto mapping = enumerator(in[7], port_mapping_kind::dependent);
  if (!status || !mapping)
    return std::nullopt;
  answer out{
    .status = *status, .mapping = *mapping, .nonce = bytes_at(in, 8), .secret = bytes_at(in, 24)};
  out.observed = endpoint_at(in, 40, out.nonce);
  out.peer = endpoint_at(in, 40 + endpoint_size, out.nonce);
  out.start_in = decltype(out.start_in){number_at<std::uint16_t>(in, 76)};
  return out;
}

std::optional<punch_message> read_probe(byte_view in) {
  auto from = enumerator(in[6], side::second);
  if (!from)
    return std::nullopt;
  return probe{*from,
               (in[7] & wants_answer_bit) != 0,
               (in[7] & confirmed_bit) != 0,
               number_at<std::uint64_t>(in, 8),
               number_at<std::uint64_t>(in, 16),
               bytes_at(in, 24)};
}

std::optional<punch_message> read(byte_view in) {
  switch (static_cast<kind>(in[5])) {
  case kind::question:
    return read_question(in);
  case kind::answer:
    return read_answer(in);
  case kind::probe:
    return read_probe(in);
  }
  return std::nullopt;
}

} // namespace

punch_datagram encode(const punch_message& x) {
  writer to;
  std::visit(to, x);
  punch_datagram out{};
  std::ranges::copy(to.out, out.begin());
  return out;
}

std::optional<punch_message> decode_punch_message(byte_view in) {
  if (in.size() != punch_datagram_size || !std::ranges::equal(in.first(prefix.size()), prefix))
    return std::nullopt;
  auto out = read(in);
  // A datagram that differs from our own encoding contains something unknown.
  return out && std::ranges::equal(encode(*out), in) ? out : std::nullopt;
}

byte_array<16> tag_of(const probe& x, byte_view key) {
  bytes number;
  put(number, to_byte(x.from));
  put(number, flags_of(x));
  put(number, x.number);
  put(number, x.answers);
  return short_keyed_hash(key, {number});
}

} // namespace devp2p::nat
