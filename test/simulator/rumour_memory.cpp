// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/rumour_memory.hpp"

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
  auto content = news.content.view();
  if (order_.size() == max_known)
    forget_oldest();
  order_.push_back({news.number, content.size()});
  contents_.insert(contents_.end(), content.begin(), content.end());
  while (order_.size() - first_kept_ > max_recent_rumours ||
         contents_.size() - first_byte_ > max_kept)
    drop_content();
}

std::vector<std::uint64_t> rumour_memory::known() const {
  std::vector<std::uint64_t> out(std::min(order_.size(), max_recent_rumours));
  std::transform(order_.end() - static_cast<std::ptrdiff_t>(out.size()), order_.end(), out.begin(),
                 [](const entry& x) { return x.number; });
  return out;
}

std::vector<rumour> rumour_memory::all_but(std::vector<std::uint64_t> known) const {
  std::sort(known.begin(), known.end());
  std::vector<rumour> out;
  auto rest = byte_view{contents_}.subspan(first_byte_);
  for (auto i = first_kept_; i < order_.size(); ++i) {
    if (!std::binary_search(known.begin(), known.end(), order_[i].number))
      out.push_back({order_[i].number, blob{rest.first(order_[i].size)}});
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

/// Drops the oldest content that is kept.
void rumour_memory::drop_content() {
  first_byte_ += order_[first_kept_++].size;
  if (first_byte_ > contents_.size() / 2)
    drop(contents_, std::exchange(first_byte_, 0));
}

} // namespace devp2p::simulator
