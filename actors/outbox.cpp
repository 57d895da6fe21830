// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/outbox.hpp"

namespace devp2p {

bytes& outbox::frames(time_point now) {
  if (frames_.empty()) {
    last_progress_ = now;
    if (frames_.capacity() == 0 && buffers_ != nullptr)
      frames_ = buffers_->take_buffer();
  }
  return frames_;
}

void outbox::on_written(std::size_t size, time_point now) {
  limit_.spend(size);
  written_ += size;
  if (size > 0)
    last_progress_ = now;
  if (written_ < frames_.size())
    return;
  frames_.clear();
  written_ = 0;
}

std::uint32_t outbox::drop() {
  while (!queue_.empty())
    if (auto receipt = queue_.pop().receipt; receipt != 0)
      return receipt;
  return 0;
}

bool outbox::holds(std::size_t index) const {
  return !queue_.empty(index) || std::any_of(in_flight_.begin(), in_flight_.end(),
                                             [=](const auto& x) { return x.index == index; });
}

std::optional<outbox::duration> outbox::on_timer(time_point now, duration timeout) {
  timer_is_set_ = false;
  if (!blocked_)
    return std::nullopt;
  auto waited = now - last_progress_;
  if (waited >= timeout)
    return duration{0};
  timer_is_set_ = true;
  return timeout - waited;
}

void outbox::rest() {
  if (buffers_ != nullptr && frames_.capacity() > 0)
    buffers_->give_back(std::move(frames_));
  frames_ = bytes{};
}

void outbox::release() {
  frames_ = bytes{};
  written_ = 0;
}

} // namespace devp2p
