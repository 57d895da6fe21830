// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/sim/pipe.hpp"

namespace devp2p::net {

/// One end of a connection in memory: two pipes.
class memory_stream : public stream {
public:
  memory_stream(std::shared_ptr<pipe> in, std::shared_ptr<pipe> out, endpoint local,
                endpoint remote)
    : in_(std::move(in)),
      out_(std::move(out)),
      local_(std::move(local)),
      remote_(std::move(remote)) {}

  ~memory_stream() override {
    if (in_->unread() > 0)
      reset();
    in_->close_reader(out_);
    out_->close_writer();
  }

  memory_stream(const memory_stream&) = delete;
  memory_stream& operator=(const memory_stream&) = delete;

  /// Breaks the connection.
  void reset() { out_->reset(); }

  [[nodiscard]] net::loop* loop() const override { return nullptr; }
  [[nodiscard]] const endpoint& local() const override { return local_; }
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

  io_result read_some(mutable_byte_view into) override { return in_->read_some(into); }
  io_result write_some(byte_view from) override { return out_->write_some(from); }
  void await_readable(stream_observer& observer) override { in_->await_readable(observer); }
  void await_writable(stream_observer& observer) override { out_->await_writable(observer); }
  void shutdown_write() override { out_->finish(); }

private:
  std::shared_ptr<pipe> in_;
  std::shared_ptr<pipe> out_;
  endpoint local_;
  endpoint remote_;
};

} // namespace devp2p::net
