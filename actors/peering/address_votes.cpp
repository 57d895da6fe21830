// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/address_votes.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

namespace {

/// Removes the oldest entry while there are more than `most`. `age_of` returns the time of an
/// entry.
template <class Map, class Function>
void keep_youngest(Map& in, std::size_t most, Function age_of) {
  while (in.size() > most)
    in.erase(std::min_element(in.begin(), in.end(), [&](const auto& x, const auto& y) {
      return age_of(x.second) < age_of(y.second);
    }));
}

} // namespace

void address_votes::add_statement(const std::string& from, const endpoint& seen, time_point now) {
  statement said{seen, now};
  statements_[from] = std::move(said);
  std::erase_if(statements_, [&](const auto& x) { return now - x.second.at > rules_.window; });
  keep_youngest(statements_, rules_.max_hosts, [](const statement& x) { return x.at; });
}

void address_votes::add_contact(const std::string& host, time_point now) {
  contacts_[host] = now;
  std::erase_if(contacts_, [&](const auto& x) { return now - x.second > rules_.contact_window; });
  keep_youngest(contacts_, rules_.max_hosts, [](time_point x) { return x; });
}

std::optional<endpoint> address_votes::predict(time_point now) const {
  std::map<endpoint, std::size_t> votes;
  for (const auto& [host, said] : statements_)
    if (now - said.at <= rules_.window)
      ++votes[said.seen];
  auto most = std::max_element(votes.begin(), votes.end(),
                               [](const auto& x, const auto& y) { return x.second < y.second; });
  if (most == votes.end() || most->second < rules_.min_statements)
    return std::nullopt;
  return most->first;
}

bool address_votes::is_full_cone(time_point now) const {
  return std::any_of(statements_.begin(), statements_.end(), [&](const auto& x) {
    const auto& [host, said] = x;
    if (now - said.at > rules_.window)
      return false;
    auto met = contacts_.find(host);
    return met == contacts_.end() || now - met->second > rules_.contact_window ||
           met->second > said.at;
  });
}

} // namespace devp2p
