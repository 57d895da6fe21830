// SPDX-License-Identifier: BSL-1.0
#include "eth/raw_list.hpp"

#include "devp2p/net/rlp/decoder.hpp"

#include <cstddef>

namespace devp2p::eth {

std::optional<std::vector<rlp::raw>> raw_list::items(std::uint64_t max) const {
  const auto& all = list_.item;
  std::vector<rlp::raw> out;
  rlp::decoder in{all.view()};
  auto unread = in.list();
  while (!unread.at_end()) {
    auto item = unread.raw();
    if (in.error() || out.size() == max)
      return std::nullopt;
    out.push_back({all.part(static_cast<std::size_t>(item.data() - all.data()), item.size())});
  }
  return in.error() ? std::nullopt : std::optional{std::move(out)};
}

} // namespace devp2p::eth
