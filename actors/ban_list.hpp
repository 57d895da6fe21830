// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/ban.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/node_id.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace devp2p {

/// The bans of a node, each until its end. A value: it is told the time.
///
/// Holds `max_bans` at most. In a full list, the ban that ends first gives its place to one that
/// ends later, so that a ban without an end keeps its place, and short bans, which remotes bring
/// upon themselves, drive no longer ones out.
class ban_list {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::size_t max_bans = 10'000;

  explicit ban_list(std::size_t most = max_bans) : most_(most) {}

  /// Adds a ban, in place of an earlier one of the same subject, and forgets those that are over.
  /// Returns the error of `ban::fault`, or `errc::list_full` if the list is full of bans that end
  /// no sooner. If it throws or returns an error, no ban that lasts has changed.
  std::optional<errc> add(const ban& what, time_point now) {
    if (auto fault = what.fault())
      return fault;
    drop_until(now);
    const auto kept = what.canonical();
    const auto until = kept.lasting == ban::forever ? time_point::max() : now + kept.lasting;
    auto found = all_.find(kept.subject);
    const auto is_new = found == all_.end();
    if (is_new && all_.size() >= most_ && (all_.empty() || by_end_.begin()->first >= until))
      return errc::list_full;
    auto reason = kept.reason;
    auto ending = by_end_.emplace(until, kept.subject);
    if (is_new)
      try {
        found = all_.emplace(kept.subject, entry{}).first;
        count(kept.subject);
      } catch (...) {
        by_end_.erase(ending);
        all_.erase(kept.subject);
        throw;
      }
    else
      by_end_.erase(found->second.ending);
    found->second = {std::move(reason), ending};
    if (all_.size() > most_)
      drop(all_.find(by_end_.begin()->second));
    return std::nullopt;
  }

  /// Returns whether there was such a ban.
  bool remove(const ban_subject& what, time_point now) {
    drop_until(now);
    auto found = all_.find(what);
    if (found == all_.end())
      return false;
    drop(found);
    return true;
  }

  /// Returns the ban of that node, with the time that is left; `nullopt` if it is not banned.
  [[nodiscard]] std::optional<ban> find(const node_id& id, time_point now) const {
    return find(ban_subject{id}, now);
  }

  /// Returns the ban of that address, or of the smallest network that holds it. A host that is no
  /// address is not banned.
  [[nodiscard]] std::optional<ban> find(std::string_view host, time_point now) const {
    if (lengths_.empty())
      return std::nullopt;
    const auto address = ban_subject::of_address(host);
    if (!address)
      return std::nullopt;
    // From the longest prefix of that kind of address to the shortest.
    for (auto i = lengths_.upper_bound({address->what(), address->prefix()});
         i != lengths_.begin() && (--i)->first.first == address->what();)
      if (auto found = find(address->shortened(i->first.second), now))
        return found;
    return std::nullopt;
  }

  /// Returns all bans, those of nodes first, with the time that is left for each.
  [[nodiscard]] std::vector<ban> list(time_point now) const {
    std::vector<ban> out;
    out.reserve(all_.size());
    for (const auto& x : all_)
      if (auto lasts = described(x, now))
        out.push_back(std::move(*lasts));
    return out;
  }

  /// Returns the number of bans, with those that are over and not yet forgotten.
  [[nodiscard]] std::size_t size() const { return all_.size(); }

private:
  using endings = std::multimap<time_point, ban_subject>;
  struct entry {
    std::string reason;
    endings::iterator ending;
  };
  using entries = std::map<ban_subject, entry>;

  static std::optional<ban> described(const entries::value_type& x, time_point now) {
    const auto& [subject, held] = x;
    const auto until = held.ending->first;
    if (until == time_point::max())
      return ban{subject, ban::forever, held.reason};
    if (until <= now)
      return std::nullopt;
    return ban{subject, until - now, held.reason};
  }

  std::optional<ban> find(const ban_subject& what, time_point now) const {
    auto found = all_.find(what);
    return found == all_.end() ? std::nullopt : described(*found, now);
  }

  void drop_until(time_point now) {
    while (!by_end_.empty() && by_end_.begin()->first <= now)
      drop(all_.find(by_end_.begin()->second));
  }

  void drop(entries::iterator which) {
    const auto& subject = which->first;
    if (auto i = lengths_.find({subject.what(), subject.prefix()}); i != lengths_.end())
      if (--i->second == 0)
        lengths_.erase(i);
    by_end_.erase(which->second.ending);
    all_.erase(which);
  }

  void count(const ban_subject& x) {
    if (x.what() != ban_subject::kind::node)
      ++lengths_[{x.what(), x.prefix()}];
  }

  std::size_t most_;
  entries all_;
  endings by_end_;
  /// The number of bans for each length of a prefix that there is: look-ups try no others.
  std::map<std::pair<ban_subject::kind, unsigned>, std::size_t> lengths_;
};

} // namespace devp2p
