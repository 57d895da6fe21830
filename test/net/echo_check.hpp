// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/network.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

/// Data that goes there and back again.
namespace devp2p::net {

/// Sends `total` bytes that are told apart by their place, and then ends its direction. Counts the
/// bytes that come back in order meanwhile. Both go through small buffers.
struct echo_check : stream_observer {
  static constexpr std::size_t total = 1 << 20;

  stream& link;
  std::size_t sent = 0;
  std::size_t returned = 0;
  bool in_order = true;
  std::optional<errc> end;

  explicit echo_check(stream& link) : link(link) {}

  static std::uint8_t byte_at(std::size_t place) {
    return static_cast<std::uint8_t>(place ^ place >> 8 ^ place >> 16);
  }

  void start() {
    on_readable();
    on_writable();
  }

  void on_writable() override {
    byte_array<4096> buffer;
    while (sent < total) {
      auto size = std::min(buffer.size(), total - sent);
      for (std::size_t i = 0; i < size; ++i)
        buffer[i] = byte_at(sent + i);
      auto result = link.write_some(byte_view{buffer}.first(size));
      if (result.error)
        return;
      if (result.size == 0)
        return link.await_writable(*this);
      sent += result.size;
    }
    link.shutdown_write();
  }

  void on_readable() override {
    byte_array<1000> buffer;
    for (;;) {
      auto result = link.read_some(buffer);
      end = result.error;
      if (end)
        return;
      if (result.size == 0)
        return link.await_readable(*this);
      for (std::size_t i = 0; i < result.size; ++i)
        in_order = in_order && buffer[i] == byte_at(returned + i);
      returned += result.size;
    }
  }
};

/// Sends back the data that it gets, through one buffer, until the remote ends its direction.
struct echo : stream_observer {
  stream& link;
  byte_array<3000> buffer;
  byte_view rest;

  explicit echo(stream& link) : link(link) {}

  void on_readable() override {
    auto result = link.read_some(buffer);
    if (result.error)
      return link.shutdown_write();
    rest = byte_view{buffer}.first(result.size);
    on_writable();
  }

  void on_writable() override {
    while (!rest.empty()) {
      auto result = link.write_some(rest);
      if (result.error)
        return;
      if (result.size == 0)
        return link.await_writable(*this);
      rest = rest.subspan(result.size);
    }
    link.await_readable(*this);
  }
};

} // namespace devp2p::net
