// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/dial_refusal.hpp"
#include "devp2p/actors/peering/indexed_heap.hpp"
#include "devp2p/actors/peering/slab.hpp"
#include "devp2p/messages/node_id.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <utility>

namespace devp2p {

/// A node that is not to be dialled before some time, and why.
struct dial_delay {
  using time_point = std::chrono::steady_clock::time_point;

  time_point until = {};
  time_point since = {};
  dial_refusal reason = dial_refusal::backing_off;
  std::string why = {};
};

/// Delays by node. The table is bounded: beyond that, the one that ends first goes. A value.
class dial_delays {
public:
  using time_point = dial_delay::time_point;

  explicit dial_delays(std::size_t most) : most_(most) {}

  /// Adds the delay, in the place of an earlier one of that node. If it throws, nothing has
  /// changed.
  void put(const node_id& id, dial_delay delay) {
    if (auto found = index_.find(id); found != index_.end()) {
      by_end_.remove(at_, found->second);
      by_end_.add(at_, found->second, delay.until);
      all_[found->second].delay = std::move(delay);
      return;
    }
    auto number = all_.prepare();
    at_.resize(all_.end(), indexed_heap<time_point>::nowhere);
    by_end_.reserve(all_.end());
    index_.emplace(id, number);
    auto end = delay.until;
    all_.add({id, std::move(delay)});
    by_end_.add(at_, number, end);
    if (by_end_.size() > most_)
      remove(by_end_.front().second);
  }

  /// Returns the delay of that node if it lasts; null if there is none.
  [[nodiscard]] const dial_delay* find(const node_id& id, time_point now) const {
    auto found = index_.find(id);
    return found != index_.end() && all_[found->second].delay.until > now
             ? &all_[found->second].delay
             : nullptr;
  }

  /// Removes and returns the delay of that node, if it has one.
  std::optional<dial_delay> take(const node_id& id) {
    auto found = index_.find(id);
    if (found == index_.end())
      return std::nullopt;
    std::optional out{std::move(all_[found->second].delay)};
    remove(found->second);
    return out;
  }

  [[nodiscard]] std::size_t size() const { return by_end_.size(); }

private:
  struct entry {
    node_id id;
    dial_delay delay;
  };

  void remove(std::uint32_t number) {
    by_end_.remove(at_, number);
    index_.erase(all_[number].id);
    all_.remove(number);
  }

  std::size_t most_;
  slab<entry> all_;
  std::unordered_map<node_id, std::uint32_t> index_;
  heap_positions at_;
  indexed_heap<time_point> by_end_;
};

} // namespace devp2p
