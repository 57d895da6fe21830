// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/rumour_memory.hpp"

#include "devp2p/net/rlp/encoder.hpp"

#include <algorithm>
#include <utility>

namespace devp2p::simulator {

namespace {

template <class T>
void drop(std::vector<T>& from, std::size_t count) {
  from.erase(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
}

} // namespace

void rumour_memory::add(const rumour& news) {
  auto message = news.message.payload.view();
  if (order_.size() == max_known)
    forget_oldest();
  order_.push_back({news.number, message.size()});
  messages_.insert(messages_.end(), message.begin(), message.end());
  while (order_.size() - first_kept_ > max_recent_rumours ||
         messages_.size() - first_byte_ > max_kept)
    drop_message();
}

packet rumour_memory::known() const {
  bytes out;
  rlp::encoder to{out};
  to.list([&] {
    for (auto i = order_.size() - std::min(order_.size(), max_recent_rumours); i < order_.size();
         ++i)
      to.integer(order_[i].number);
  });
  return {known_code, blob{out}};
}

std::vector<packet> rumour_memory::all_but(std::vector<std::uint64_t> known) const {
  std::sort(known.begin(), known.end());
  std::vector<packet> out;
  auto rest = byte_view{messages_}.subspan(first_byte_);
  for (auto i = first_kept_; i < order_.size(); ++i) {
    if (!std::binary_search(known.begin(), known.end(), order_[i].number))
      out.push_back({rumour_code, blob{rest.first(order_[i].size)}});
    rest = rest.subspan(order_[i].size);
  }
  return out;
}

/// Forgets many at once, so that the vector is not moved for each rumour.
void rumour_memory::forget_oldest() {
  constexpr auto count = max_known / 8;
  static_assert(count <= max_known - max_recent_rumours);
  for (std::size_t i = 0; i < count; ++i)
    known_->forget(order_[i].number);
  drop(order_, count);
  first_kept_ -= count;
}

/// Drops the oldest message that is kept.
void rumour_memory::drop_message() {
  first_byte_ += order_[first_kept_++].size;
  if (first_byte_ > messages_.size() / 2)
    drop(messages_, std::exchange(first_byte_, 0));
}

} // namespace devp2p::simulator
