// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/packet.hpp"
#include "devp2p/net/rlp/encode.hpp"
#include "devp2p/net/rlp/shape.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace devp2p {

/// A message of a typed protocol, whichever it is. It is encoded once, for all remotes that it is
/// written to, whatever their version. A value: copies share the bytes.
template <class Messages>
class any_message {
public:
  template <class T>
  requires(Messages::template has<T> || rlp::detail::record<T>) any_message(const T& message)
    : content_(rlp::encode(message)),
      code_in_(&Messages::template code_of<T>) {
    static_assert(Messages::template has<T>, "the protocol has no message of this type");
  }

  /// Returns the message as that version writes it; `nullopt` if the version does not have it.
  [[nodiscard]] std::optional<packet> in(std::uint64_t version) const& {
    return any_message{*this}.in(version);
  }
  [[nodiscard]] std::optional<packet> in(std::uint64_t version) && {
    auto code = code_in_(version);
    return code ? std::optional{packet{*code, std::move(content_)}} : std::nullopt;
  }

private:
  blob content_;
  std::optional<std::uint64_t> (*code_in_)(std::uint64_t version);
};

} // namespace devp2p
