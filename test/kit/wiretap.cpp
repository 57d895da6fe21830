// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/wiretap.hpp"

#include "devp2p/net/p2p/base.hpp"
#include "devp2p/net/rlpx/handshake.hpp"
#include "devp2p/net/rlpx/session.hpp"

#include <algorithm>
#include <variant>

namespace devp2p::kit {

namespace {

bool starts_with(byte_view text, byte_view start) {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin());
}

/// Returns the identifiers of what was written after the handshake, as the end with these keys
/// reads it.
std::vector<std::uint64_t> read(const rlpx::secrets& keys, bytes written) {
  std::vector<std::uint64_t> out;
  rlpx::session session{keys};
  session.limit_messages(rlpx::frame_codec::max_content_size);
  mutable_byte_view rest = written;
  for (;;) {
    auto outcome = session.open(rest);
    auto* message = std::get_if<rlpx::session::message>(&outcome);
    if (message == nullptr)
      return out;
    out.push_back(message->id);
    if (message->id == p2p::hello_id)
      session.enable_snappy();
  }
}

} // namespace

std::optional<conversation> overhear(const tapped_end& initiator, const tapped_end& recipient) {
  auto first = rlpx::handshake::initiator(initiator.key, recipient.key.id(), initiator.random);
  auto second = rlpx::handshake::recipient(recipient.key, recipient.random);
  auto auth = first.start();
  if (!auth || !starts_with(initiator.written, *auth))
    return std::nullopt;
  byte_view to_recipient = initiator.written;
  auto accepted = second.receive(to_recipient);
  auto* at_recipient = std::get_if<rlpx::handshake::established>(&accepted);
  if (at_recipient == nullptr || !starts_with(recipient.written, at_recipient->reply))
    return std::nullopt;
  byte_view to_initiator = recipient.written;
  auto answered = first.receive(to_initiator);
  if (!std::holds_alternative<rlpx::handshake::established>(answered))
    return std::nullopt;
  return conversation{read(second.keys(), {to_recipient.begin(), to_recipient.end()}),
                      read(first.keys(), {to_initiator.begin(), to_initiator.end()})};
}

} // namespace devp2p::kit
