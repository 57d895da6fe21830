// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/punching/punch_message.hpp"
#include "devp2p/net/network.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace devp2p {

/// Reads and writes messages of `nat/punch_message.hpp` on a stream. Belongs to the thread of the
/// stream.
class punch_channel final : private net::stream_observer {
public:
  /// Receives the message; `nullopt` if the stream has ended.
  using handler = std::function<void(std::optional<nat::punch_datagram>)>;

  explicit punch_channel(std::shared_ptr<net::stream> over) : over_(std::move(over)) {}
  punch_channel(const punch_channel&) = delete;
  punch_channel& operator=(const punch_channel&) = delete;

  [[nodiscard]] const net::stream& stream() const { return *over_; }

  /// Reads one message, and no byte beyond it; then calls `then`, which may destroy the link. At
  /// most one call may be outstanding.
  void read(handler then);

  /// Returns whether the message was written at once. If false, the other end does not read, or the
  /// stream has failed; the link must not be used any more.
  [[nodiscard]] bool write(const nat::punch_datagram& message);

  /// Gives up the stream. No byte of it is lost if no read is outstanding.
  [[nodiscard]] std::shared_ptr<net::stream> release() && { return std::move(over_); }

private:
  void on_readable() override;
  void on_writable() override {}
  void finish(std::optional<nat::punch_datagram> with);

  std::shared_ptr<net::stream> over_;
  handler then_;
  nat::punch_datagram message_{};
  std::size_t have_ = 0;
};

} // namespace devp2p
