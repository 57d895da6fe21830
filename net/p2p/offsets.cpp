// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/p2p/offsets.hpp"

#include "devp2p/net/p2p/base.hpp"

#include <algorithm>
#include <limits>

namespace devp2p::p2p {

namespace {

/// Returns the indices of the local protocols that the remote offers, too: by name, one for each
/// name, the highest version of each.
std::vector<std::size_t> shared_indices(std::span<const local_protocol> local,
                                        std::span<const capability> remote) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < local.size(); ++i)
    if (std::find(remote.begin(), remote.end(), local[i].offered) != remote.end())
      out.push_back(i);
  // If the same protocol is there twice, the first one counts.
  std::stable_sort(out.begin(), out.end(), [&](auto left, auto right) {
    auto& a = local[left].offered;
    auto& b = local[right].offered;
    return a.name != b.name ? a.name < b.name : a.version > b.version;
  });
  auto same_name = [&](auto left, auto right) {
    return local[left].offered.name == local[right].offered.name;
  };
  out.erase(std::unique(out.begin(), out.end(), same_name), out.end());
  return out;
}

} // namespace

std::vector<shared_range> match_capabilities(std::span<const local_protocol> local,
                                             std::span<const capability> remote) {
  std::vector<shared_range> out;
  auto offset = base_length;
  for (auto index : shared_indices(local, remote)) {
    auto length = local[index].length;
    if (length > std::numeric_limits<std::uint64_t>::max() - offset)
      break;
    out.push_back({index, offset, length});
    offset += length;
  }
  return out;
}

} // namespace devp2p::p2p
