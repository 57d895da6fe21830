// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/nat/fair_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace devp2p {

/// The admitted sessions, and the decision whether to admit another. Asked twice for each session:
/// when the handshake has proved the remote's node id, and again after Hello, because other
/// sessions may have been admitted in between.
class admission {
public:
  admission(const node_id& self, const settings& limits, const std::vector<node_id>& trusted)
    : self_(self),
      trusted_(trusted.begin(), trusted.end()) {
    set_limits(limits);
  }

  /// The maximum number of nodes that `trust` adds to.
  static constexpr std::size_t max_trusted = 10'000;

  /// Sets `max_peers` and `dial_ratio`. Sessions that are there stay: see `has_too_many`. Returns
  /// whether there are fewer places now, of all or of those for remotes that dial us.
  bool set_limits(const settings& limits) {
    const auto peers = std::exchange(max_peers_, limits.max_peers);
    const auto inbound = std::exchange(max_inbound_, max_peers_ - reserved_for_dials(limits));
    return max_peers_ < peers || max_inbound_ < inbound;
  }

  /// Returns whether a session that has a place, with a node that is not trusted, is one too many.
  [[nodiscard]] bool has_too_many(const node_id& id) const {
    auto found = peers_.find(id);
    return found != peers_.end() && !is_trusted(id) &&
           (peers_.size() > max_peers_ || (found->second && inbound_ > max_inbound_));
  }

  /// Trusts that node. Returns false if too many are trusted already. If it throws, it has changed
  /// nothing.
  bool trust(const node_id& id) {
    if (is_trusted(id))
      return true;
    if (trusted_.size() >= max_trusted)
      return false;
    trusted_.insert(id);
    if (auto i = peers_.find(id); i != peers_.end())
      strangers_.remove(&i->first);
    return true;
  }

  /// Trusts that node no more. If it dialled us, its session, which is from `from`, may lose its
  /// place to another. Returns false if the node was not trusted. If it throws, it has changed
  /// nothing.
  bool untrust(const node_id& id, const nat::source& from) {
    if (!is_trusted(id))
      return false;
    if (auto i = peers_.find(id); i != peers_.end() && i->second)
      strangers_.add(&i->first, from);
    trusted_.erase(id);
    return true;
  }

  /// Returns the reason to refuse `id`; `nullopt` if it is admitted. The order of the checks is
  /// go-ethereum's, so that both ends of a refused connection name the same reason as they would
  /// there. `has_place` means that another session gives up its place for `id`.
  [[nodiscard]] std::optional<errc> refuses(const node_id& id, bool inbound,
                                            bool has_place = false) const {
    auto needs_place = !has_place && !is_trusted(id);
    if (needs_place && (peers_.size() >= max_peers_ || (inbound && inbound_ >= max_inbound_)))
      return errc::too_many_peers;
    if (peers_.contains(id))
      return errc::already_connected;
    if (id == self_)
      return errc::connected_to_self;
    return std::nullopt;
  }

  /// Returns the session that gives up its place, when none is free, to a remote that dials us from
  /// `from`; `nullopt` if none does. It is the youngest session of the source that holds the most
  /// places, provided that this source then holds at least as many places as `from`. Trusted nodes
  /// and nodes that we dialled keep their places.
  [[nodiscard]] std::optional<node_id> displaced_by(const nat::source& from) const {
    auto loser = strangers_.youngest_of_richer(from, 2);
    return loser ? std::optional{**loser} : std::nullopt;
  }

  /// Adds a session. Precondition: `refuses` returns `nullopt`. If it throws `std::bad_alloc`, it
  /// has changed nothing.
  void add(const node_id& id, bool inbound, const nat::source& from = {}) {
    auto added = peers_.emplace(id, inbound).first;
    try {
      if (inbound && !is_trusted(id))
        strangers_.add(&added->first, from);
    } catch (...) {
      peers_.erase(added);
      throw;
    }
    inbound_ += inbound ? 1 : 0;
  }

  void remove(const node_id& id) {
    if (auto i = peers_.find(id); i != peers_.end()) {
      inbound_ -= i->second ? 1 : 0;
      strangers_.remove(&i->first);
      peers_.erase(i);
    }
  }

  [[nodiscard]] bool contains(const node_id& id) const { return peers_.contains(id); }
  [[nodiscard]] bool is_trusted(const node_id& id) const { return trusted_.contains(id); }
  [[nodiscard]] std::size_t size() const { return peers_.size(); }

private:
  static std::size_t reserved_for_dials(const settings& limits) {
    if (limits.max_peers == 0 || limits.dial_ratio == 0)
      return 0;
    return std::max<std::size_t>(1, limits.max_peers / limits.dial_ratio);
  }

  node_id self_;
  std::size_t max_peers_ = 0;
  std::size_t max_inbound_ = 0;
  std::unordered_set<node_id> trusted_;
  /// The admitted sessions. The value is true iff the remote dialled us.
  std::unordered_map<node_id, bool> peers_;
  std::size_t inbound_ = 0;
  /// The nodes that dialled us and are not trusted, by their keys in `peers_`.
  nat::fair_pool<const node_id*> strangers_;
};

} // namespace devp2p
