// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/dial_limits.hpp"
#include "devp2p/actors/peering/indexed_heap.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace devp2p {

/// The number by which the owner of a plan tells sources of candidates apart.
using source_number = std::uint32_t;

/// The candidates of each source, by small numbers: which one is dialled next, and which one is
/// forgotten for another. A value.
///
/// Sources take turns, whatever they hold. Within a source, the best score goes first, but each
/// fourth turn is that of the candidate that has waited longest. A source that floods the plan
/// loses its own candidates, and never those of sources that hold fewer.
class source_shares {
public:
  using item = std::uint32_t;

  /// The maximum number of sources.
  static constexpr std::size_t max_sources = 64;

  /// The place of a candidate among those of its source.
  struct rank {
    int score = 0;
    /// Smaller is older.
    std::uint64_t age = 0;
    /// Among equal scores, those that have failed less often go first.
    std::uint32_t failures = 0;
  };

  [[nodiscard]] bool contains(source_number source) const { return sources_.contains(source); }
  /// Returns the number of sources.
  [[nodiscard]] std::size_t sources() const { return sources_.size(); }
  /// Returns the number of candidates of a source.
  [[nodiscard]] std::size_t count(source_number source) const;
  /// Returns the number of candidates of all sources.
  [[nodiscard]] std::size_t total() const { return total_; }

  /// Makes room for one candidate more of that source, if all have numbers below `end`. Nothing
  /// else allocates. Precondition: the source is there, or there are fewer than `max_sources`.
  void prepare(source_number source, std::size_t end);
  /// Adds a candidate that `prepare` has made room for. It is not ready.
  void add(source_number source);
  /// Removes a candidate.
  void remove(source_number source, item which);
  /// Forgets a source. Precondition: it has no candidates.
  void forget(source_number source) { sources_.erase(source); }

  /// The candidate may be dialled. Precondition: it was withdrawn.
  void set_ready(source_number source, item which, const rank& as);
  /// The candidate has failed that often, and may be forgotten for others: more failures first.
  /// Precondition: it was withdrawn.
  void set_worn(source_number source, item which, std::uint32_t failures, std::uint64_t age);
  /// The candidate is neither ready nor worn.
  void withdraw(source_number source, item which);

  /// A candidate and its source.
  using choice = std::pair<source_number, item>;

  /// Returns the ready candidate whose turn it is; `nullopt` if none is ready.
  [[nodiscard]] std::optional<choice> next() const;
  /// Records that a candidate of the source was dialled: all other sources have their turns first.
  void on_served(source_number source);

  struct admission {
    /// False if the source has used its share.
    bool is_admitted;
    /// The candidate to forget first.
    std::optional<choice> loser = {};
  };
  /// Returns whether one candidate more of that source is taken.
  [[nodiscard]] admission admits(source_number source, const dial_limits& by) const;
  /// Returns the number of candidates that are taken of that source, if nothing else changes.
  [[nodiscard]] std::size_t credit(source_number source, const dial_limits& by) const;
  /// Returns a candidate to forget because there are too many; `nullopt` if none can be.
  [[nodiscard]] std::optional<choice> surplus(const dial_limits& by) const;

private:
  struct by_score {
    int score;
    std::uint32_t failures;
    std::uint64_t age;
    bool operator<(const by_score& x) const {
      return std::tie(x.score, failures, age) < std::tie(score, x.failures, x.age);
    }
  };

  /// The candidates of a source, of which some are ready, and some are worn.
  struct share {
    std::size_t count = 0;
    /// The number of its last turn, counted over all sources.
    std::uint64_t turn = 0;
    std::uint64_t turns = 0;
    indexed_heap<by_score> best;
    indexed_heap<std::uint64_t> oldest;
    /// The key is smaller for more failures, and then for an older candidate.
    indexed_heap<std::pair<std::uint32_t, std::uint64_t>> worn;

    [[nodiscard]] std::optional<item> loser() const;
  };

  [[nodiscard]] const std::pair<const source_number, share>* richest() const;

  std::map<source_number, share> sources_;
  std::size_t total_ = 0;
  std::uint64_t turn_ = 0;
  heap_positions in_best_;
  heap_positions in_oldest_;
  heap_positions in_worn_;
};

} // namespace devp2p
