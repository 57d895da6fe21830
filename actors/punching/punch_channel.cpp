// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/punch_channel.hpp"

#include <utility>

namespace devp2p {

void punch_channel::read(handler then) {
  then_ = std::move(then);
  over_->await_readable(*this);
}

void punch_channel::on_readable() {
  auto result = over_->read_some(mutable_byte_view{message_}.subspan(have_));
  have_ += result.size;
  if (have_ == message_.size()) {
    have_ = 0;
    return finish(message_);
  }
  if (result.error)
    return finish(std::nullopt);
  over_->await_readable(*this);
}

void punch_channel::finish(std::optional<nat::punch_datagram> with) {
  // The handler may destroy this link, and `then_` with it.
  auto call = std::exchange(then_, nullptr);
  call(with);
}

bool punch_channel::write(const nat::punch_datagram& message) {
  auto result = over_->write_some(message);
  return !result.error && result.size == message.size();
}

} // namespace devp2p
