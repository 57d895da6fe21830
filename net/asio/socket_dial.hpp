// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/asio/event_loop.hpp"

namespace devp2p::net {

/// A dial by TCP, from the address `from` if there is one; the stream will live on `home`.
class socket_dial : public pending_dial {
public:
  socket_dial(event_loop& home, name_resolver& names, const std::optional<endpoint>& from,
              const endpoint& to, stream_handler handler);
  ~socket_dial() override;

private:
  class state;

  std::shared_ptr<state> state_;
};

} // namespace devp2p::net
