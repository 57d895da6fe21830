// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/connection_end.hpp"

#include <utility>

namespace devp2p::net {

/// A connection in memory, as its owner sees it.
class memory_stream : public stream {
public:
  memory_stream(std::shared_ptr<connection_end> end, endpoint local, endpoint remote)
    : end_(std::move(end)),
      local_(std::move(local)),
      remote_(std::move(remote)) {}

  ~memory_stream() override { end_->close(); }
  memory_stream(const memory_stream&) = delete;
  memory_stream& operator=(const memory_stream&) = delete;

  /// Breaks the connection.
  void reset() { end_->reset(); }

  [[nodiscard]] net::loop* loop() const override { return nullptr; }
  [[nodiscard]] const endpoint& local() const override { return local_; }
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

  io_result read_some(mutable_byte_view into) override { return end_->read_some(into); }
  io_result write_some(byte_view from) override { return end_->write_some(from); }
  void await_readable(stream_observer& observer) override { end_->await_readable(observer); }
  void await_writable(stream_observer& observer) override { end_->await_writable(observer); }
  void shutdown_write() override { end_->finish(); }

private:
  std::shared_ptr<connection_end> end_;
  endpoint local_;
  endpoint remote_;
};

} // namespace devp2p::net
