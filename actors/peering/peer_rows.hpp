// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/bounded_table.hpp"
#include "devp2p/actors/peering/stored_peers.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace devp2p {

/// All that a peer store remembers, within its limits. A value.
class peer_rows {
public:
  explicit peer_rows(const store_limits& limits = {});

  /// Returns why these changes are refused; `nullopt` if they are not. No static node is taken out
  /// of the count by a removal among them.
  [[nodiscard]] std::optional<std::string> refuse(std::span<const store_change> changes) const;

  /// Makes a change, and appends to `effects` what it amounts to within the limits: the change
  /// itself with times in seconds and a text that was cut off, and the removal of a row that has to
  /// go; nothing if nothing changes. If this throws, `effects` may lack what was done.
  void apply(const store_change& change, std::vector<store_change>& effects);

  [[nodiscard]] std::vector<stored_ban> bans() const;
  [[nodiscard]] std::vector<stored_score> scores() const;
  [[nodiscard]] std::vector<static_node> static_nodes() const;
  [[nodiscard]] std::vector<known_node> known_nodes() const;
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }

  /// Returns the changes that make an empty store this one.
  [[nodiscard]] std::vector<store_change> as_changes() const;

private:
  using effects_type = std::vector<store_change>;

  void take(stored_ban x, effects_type& effects);
  void take(stored_score x, effects_type& effects);
  void take(static_node x, effects_type& effects);
  void take(known_node x, effects_type& effects);
  void take(const removed_ban& x, effects_type& effects);
  void take(const removed_score& x, effects_type& effects);
  void take(const removed_static_node& x, effects_type& effects);
  void take(const removed_known_node& x, effects_type& effects);
  void take(const own_sequence& x, effects_type& effects);

  store_limits limits_;
  /// Ranked by their ends.
  bounded_table<std::string, stored_ban, std::int64_t> bans_;
  /// Ranked by their last changes.
  bounded_table<node_id, stored_score, std::int64_t> scores_;
  /// Ranked by when they were last seen.
  bounded_table<node_id, known_node, std::int64_t> known_;
  std::map<node_id, static_node> static_;
  std::uint64_t sequence_ = 0;
};

} // namespace devp2p
