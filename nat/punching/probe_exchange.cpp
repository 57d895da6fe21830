// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/punching/probe_exchange.hpp"

#include <algorithm>

namespace devp2p::nat {

// A probe with 0 in `answers` answers no number.
probe_exchange::probe_exchange(side own, const byte_array<32>& key, std::uint64_t number)
  : own_(own),
    key_(key),
    number_(std::max<std::uint64_t>(number, 1)) {}

probe_exchange::outcome probe_exchange::on_datagram(byte_view in) const {
  auto message = decode_punch_message(in);
  const auto* told = message ? std::get_if<probe>(&*message) : nullptr;
  // A remote that reflects our own probes must not pass for the other side.
  if (!told || told->from == own_ || !equal_secrets(told->tag, tag_of(*told, key_)))
    return refused{};
  // The other side's first probe answers no number; the next one answers ours, once the other side
  // has received it.
  if (told->answers == 0)
    return probe_that_answers(told->number);
  if (told->answers != number_)
    return refused{};
  return complete{};
}

punch_datagram probe_exchange::probe_that_answers(std::uint64_t number) const {
  probe out{.from = own_,
            .wants_answer = number == 0,
            .confirmed = number != 0,
            .number = number_,
            .answers = number};
  out.tag = tag_of(out, key_);
  return encode(out);
}

} // namespace devp2p::nat
