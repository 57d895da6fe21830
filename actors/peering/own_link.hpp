// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/source.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace devp2p {

/// When the own link is held to be down.
struct own_link_rules {
  using duration = std::chrono::nanoseconds;

  /// The time for which nothing was heard from anybody. Longer than a ping interval: a session that
  /// is alive is heard.
  duration silence = std::chrono::seconds{30};
  /// The number of networks that have failed within `at_once`.
  std::size_t networks = 5;
  duration at_once = std::chrono::minutes{2};
  /// Or, for a node that knows few others, so many have failed twice or more within `remembered`.
  std::size_t few_networks = 3;
  duration remembered = std::chrono::minutes{15};
  /// The failures are of so many sources of candidates, or of the only one that was heard of.
  std::size_t sources = 2;
  /// The time between two dials while the link is down, and a random part of up to a half more.
  duration probe_interval = std::chrono::seconds{5};
};

/// Whether this node's own link is down: failures of many networks over all sources at once, while
/// nothing is heard from anybody, are no fault of theirs. A value: the caller passes the time and
/// the chance.
///
/// One sign of life from outside is enough to be up, so that nobody can feign a broken link to a
/// node that has an honest peer. While it is down, no score moves, and one dial follows another at
/// `probe_interval`, whatever the back-offs are; the first answer of anybody ends that.
///
/// Hosts of the own network prove nothing: the caller tells nothing of LAN addresses, neither
/// failures nor signs of life.
class own_link {
public:
  using duration = own_link_rules::duration;
  using time_point = std::chrono::steady_clock::time_point;
  /// The number of a source of candidates. Lost sessions may have one of their own.
  using source_number = std::uint32_t;

  /// The maximum number of networks, and of sources, that are remembered. The oldest go first.
  static constexpr std::size_t max_remembered = 64;

  explicit own_link(const own_link_rules& rules = {}) : rules_(rules) {}

  /// Records a failure that a broken link would explain (`ending::may_be_own_link`) in a network,
  /// of a node that `source` has named. If it throws, nothing has changed.
  void on_failed(source_number source, const nat::address_key& network, time_point now);
  /// Records a sign of life: data of a session, an accepted or refused connection, a Disconnect.
  void on_heard(time_point now);
  /// Records that a source has candidates: failures have to be of several sources, if there are
  /// several. If it throws, nothing has changed.
  void add_source(source_number source);
  /// Forgets a source that is gone. The link may be found to be down by the next failure.
  void forget_source(source_number source);

  [[nodiscard]] bool is_up() const { return !down_since_; }
  /// The time at which the link was found to be down; `nullopt` if it is up.
  [[nodiscard]] std::optional<time_point> down_since() const { return down_since_; }

  /// Returns true iff a dial may begin now.
  [[nodiscard]] bool may_dial(time_point now) const { return is_up() || now >= probe_at_; }
  /// Records a dial. `chance` is a random number from 0 to 1.
  void on_dialled(time_point now, double chance);
  /// Returns the time of the next probe; `nullopt` if the link is up.
  [[nodiscard]] std::optional<time_point> when() const {
    return is_up() ? std::nullopt : std::optional{probe_at_};
  }

private:
  struct failed_network {
    nat::address_key network;
    source_number source;
    time_point last;
    unsigned times;
  };

  void judge(time_point now);

  own_link_rules rules_;
  std::vector<failed_network> failed_;
  /// The oldest first.
  std::vector<source_number> sources_;
  std::optional<time_point> heard_at_;
  std::optional<time_point> down_since_;
  time_point probe_at_ = {};
};

} // namespace devp2p
