// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/nat_links.hpp"

#include <algorithm>

namespace devp2p::simulator {

// An address reserved for documentation (RFC 5737).
const std::string nat_links::middle = "192.0.2.1";

nat_links::nat_links(const topology& links, const std::map<std::uint32_t, net::nat_kind>& nats) {
  if (nats.empty())
    return;
  behind_.resize(links.nodes);
  for (auto [node, kind] : nats)
    behind_.at(node) = true;
  for (auto [first, second] : links.links)
    if (behind_[first] && behind_[second]) {
      ++meetings_;
      meeting_.push_back(first);
      meeting_.push_back(second);
    }
  std::sort(meeting_.begin(), meeting_.end());
  meeting_.erase(std::unique(meeting_.begin(), meeting_.end()), meeting_.end());
}

nat_links::part nat_links::of(std::size_t one, std::size_t other) const {
  if (is_behind(one) && is_behind(other))
    return part::meets;
  if (is_behind(one) || is_behind(other))
    return is_behind(one) ? part::dials : part::waits;
  return one < other ? part::dials : part::waits;
}

bool nat_links::meets(std::size_t node) const {
  return std::binary_search(meeting_.begin(), meeting_.end(), node);
}

rendezvous_config nat_links::for_rendezvous(random_source& random) const {
  // Each link has one meeting, and perhaps one that is over. Each end of it may have two
  // connections, and two more that are lost without this being known yet.
  rendezvous_config out{.random = &random};
  out.limits.max_meetings = out.limits.max_per_address = 4 * meetings_;
  out.limits.max_burst = out.limits.max_rate = 1e9;
  out.max_guests = out.max_guests_per_address = 8 * meetings_;
  return out;
}

puncher_config nat_links::for_puncher(const crypto::private_key& key, random_source& random) {
  return {.key = key, .rendezvous = site(), .random = &random};
}

} // namespace devp2p::simulator
