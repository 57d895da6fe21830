// SPDX-License-Identifier: BSL-1.0
#include "eth/fork_id.hpp"

#include <zlib.h>

#include <algorithm>

namespace devp2p::eth {

namespace {

/// Sorts the forks, and removes those that do not count.
void tidy(std::vector<std::uint64_t>& forks, std::uint64_t up_to) {
  std::erase_if(forks, [=](std::uint64_t fork) { return fork <= up_to; });
  std::sort(forks.begin(), forks.end());
  forks.erase(std::unique(forks.begin(), forks.end()), forks.end());
}

template <std::size_t N>
byte_array<N> big_endian(std::uint64_t value) {
  byte_array<N> out{};
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, value >>= 8)
    *digit = static_cast<std::uint8_t>(value);
  return out;
}

} // namespace

std::string_view to_string(compatibility what) {
  switch (what) {
  case compatibility::compatible:
    return "compatible";
  case compatibility::remote_is_stale:
    return "the remote does not know a fork that it should have passed";
  case compatibility::incompatible:
    return "the remote has passed a fork that is unknown here, or follows another chain";
  }
  return "";
}

fork_schedule::fork_schedule(const hash& genesis, std::vector<std::uint64_t> blocks,
                             std::vector<std::uint64_t> times, std::uint64_t genesis_time)
  : forks_(std::move(blocks)) {
  tidy(forks_, 0);
  tidy(times, genesis_time);
  by_number_ = forks_.size();
  forks_.insert(forks_.end(), times.begin(), times.end());
  auto sum = crc32_z(0, genesis.data(), genesis.size());
  sums_.push_back(big_endian<4>(sum));
  for (auto fork : forks_) {
    sum = crc32_z(sum, big_endian<8>(fork).data(), 8);
    sums_.push_back(big_endian<4>(sum));
  }
}

fork_id fork_schedule::id_at(const chain_height& head) const {
  auto i = passed(head);
  return {sums_[i], i < forks_.size() ? forks_[i] : 0};
}

compatibility fork_schedule::check(const fork_id& remote, const chain_height& head) const {
  /// Smaller values are numbers of blocks, for some centuries: the time of mainnet's genesis.
  constexpr std::uint64_t first_time = 1'438'269'973;
  auto here = passed(head);
  auto found = std::find(sums_.begin(), sums_.end(), remote.passed);
  if (found == sums_.end())
    return compatibility::incompatible;
  auto there = static_cast<std::size_t>(found - sums_.begin());
  if (there < here)
    return remote.next == forks_[there] ? compatibility::compatible
                                        : compatibility::remote_is_stale;
  if (there > here) // We still sync.
    return compatibility::compatible;
  auto passed_here =
    measure(here, head) >= remote.next || (remote.next > first_time && head.time >= remote.next);
  return remote.next != 0 && passed_here ? compatibility::incompatible : compatibility::compatible;
}

/// Returns what that fork is compared with: a number, or a time. An unknown fork comes by number
/// only where all that are known do.
std::uint64_t fork_schedule::measure(std::size_t fork, const chain_height& head) const {
  return fork < by_number_ || by_number_ == forks_.size() ? head.number : head.time;
}

std::size_t fork_schedule::passed(const chain_height& head) const {
  std::size_t out = 0;
  while (out < forks_.size() && forks_[out] <= measure(out, head))
    ++out;
  return out;
}

} // namespace devp2p::eth
