// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/outbox.hpp"

#include <memory_resource>

namespace devp2p {

bytes& outbox::frames(time_point now) {
  if (frames_.empty()) {
    last_progress_ = now;
    if (frames_.capacity() == 0 && buffers_ != nullptr)
      frames_ = buffers_->take_buffer();
  }
  return frames_;
}

void outbox::begin_large(pending_write what, const rlpx::session& session) {
  std::pmr::memory_resource* memory = buffers_;
  if (memory == nullptr)
    memory = std::pmr::new_delete_resource();
  auto payload = what.payload.view();
  auto id = what.id;
  large_.reset(new large_write{std::move(what), session.begin_large(id, payload, *memory)});
}

void outbox::prepare(std::size_t max_bytes, time_point now) {
  // The remote is not to blame for the time that this takes.
  last_progress_ = now;
  large_->frame.prepare(max_bytes);
  if (large_->frame.is_prepared())
    large_->message.payload = {};
}

std::optional<errc> outbox::seal_chunk(rlpx::session& session, time_point now) {
  if (!std::exchange(large_->begun, true)) {
    last_progress_ = now;
    on_sealed(large_->message);
  }
  if (auto why = session.seal_chunk(large_->frame)) {
    large_ = nullptr;
    return why;
  }
  chunk_is_sealed_ = true;
  return std::nullopt;
}

void outbox::on_written(std::size_t size, time_point now) {
  limit_.spend(size);
  written_ += size;
  if (size > 0)
    last_progress_ = now;
  if (written_ < sealed().size())
    return;
  written_ = 0;
  if (!std::exchange(chunk_is_sealed_, false))
    return frames_.clear();
  large_->frame.remove_chunk();
  if (large_->frame.is_over())
    large_ = nullptr;
}

std::uint32_t outbox::drop() {
  if (large_ && !large_->begun)
    if (auto receipt = std::exchange(large_, nullptr)->message.receipt; receipt != 0)
      return receipt;
  while (!queue_.empty())
    if (auto receipt = queue_.pop().receipt; receipt != 0)
      return receipt;
  return 0;
}

bool outbox::holds(std::size_t index) const {
  if (large_ && large_->message.index == index)
    return true;
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
  large_ = nullptr;
  chunk_is_sealed_ = false;
  written_ = 0;
}

} // namespace devp2p
