// SPDX-License-Identifier: BSL-1.0
#include "eth/transaction_pool.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

namespace devp2p::eth {

namespace {

bool is_small_enough(const transaction& what) {
  const auto limit =
    what.has_blobs() ? transaction_pool::enough_bytes : transaction_pool::max_transaction_size;
  return what.content().size() <= limit;
}

} // namespace

bool transaction_pool::usage::has_room(std::size_t size, std::size_t of_shares) const {
  return transactions < max_transactions / shares * of_shares &&
         bytes + size <= max_bytes / shares * of_shares;
}

transaction_pool::usage transaction_pool::state::used_by(session_number session) const {
  auto found = sessions.find(session);
  return found == sessions.end() ? usage{} : found->second;
}

bool transaction_pool::state::has_room(std::size_t size, const source& from) const {
  if (!from)
    return all.has_room(size, shares);
  return all.has_room(size, shares - 1) && used_by(*from).has_room(size, 1);
}

bool transaction_pool::state::insert(const hash& hash, transaction what, const source& from) {
  if (auto known = transactions.find(hash); known != transactions.end())
    return !from && make_ours(known->second);
  const auto size = what.content().size();
  if (!has_room(size, from))
    return false;
  auto* used = from ? &sessions[*from] : nullptr;
  transactions.emplace(hash, entry{std::move(what), from});
  all.add(size);
  if (used)
    used->add(size);
  return true;
}

/// Returns false if it is one of our own already.
bool transaction_pool::state::make_ours(entry& known) {
  if (!known.from)
    return false;
  sessions[*known.from].remove(known.what.content().size());
  known.from.reset();
  return true;
}

bool transaction_pool::insert(const transaction& what, const source& from) const {
  // A remote that has its share costs nothing more. A hash is reckoned before the lock, for which
  // all sessions wait.
  if (!may_insert(what, from))
    return false;
  const auto hash = what.hash();
  if (from && has(hash))
    return false;
  // A view into the remote's message would keep that in memory, and its window from growing.
  auto copy = transaction::read({blob{what.encoding().item.view()}});
  std::lock_guard guard{all_->mutex};
  return all_->insert(hash, std::move(*copy), from);
}

bool transaction_pool::may_insert(const transaction& what, const source& from) const {
  if (!is_small_enough(what) || (what.type() == transaction::blob_type && !what.has_blobs()))
    return false;
  std::lock_guard guard{all_->mutex};
  return !from || all_->has_room(what.content().size(), from);
}

transaction_pool::session_number transaction_pool::begin_session() const {
  std::lock_guard guard{all_->mutex};
  return ++all_->last_session;
}

void transaction_pool::forget(session_number session) const {
  std::lock_guard guard{all_->mutex};
  std::erase_if(all_->claims, [=](const auto& x) { return x.second == session; });
  if (all_->sessions.erase(session) == 0)
    return;
  std::erase_if(all_->transactions, [&](const auto& x) {
    const auto& one = x.second;
    if (one.from != session)
      return false;
    all_->all.remove(one.what.content().size());
    return true;
  });
}

std::size_t transaction_pool::room_for(session_number session) const {
  std::lock_guard guard{all_->mutex};
  if (!all_->has_room(max_transaction_size, session))
    return 0;
  constexpr auto share = max_transactions / shares;
  return std::min(share - all_->used_by(session).transactions,
                  share * (shares - 1) - all_->all.transactions);
}

bool transaction_pool::claim(const hash& what, session_number session) const {
  std::lock_guard guard{all_->mutex};
  return all_->claims.emplace(what, session).second;
}

void transaction_pool::release(const std::vector<hash>& which, session_number session) const {
  std::lock_guard guard{all_->mutex};
  for (const auto& hash : which)
    if (auto found = all_->claims.find(hash);
        found != all_->claims.end() && found->second == session)
      all_->claims.erase(found);
}

bool transaction_pool::has(const hash& what) const {
  std::lock_guard guard{all_->mutex};
  return all_->transactions.contains(what);
}

std::size_t transaction_pool::size() const {
  std::lock_guard guard{all_->mutex};
  return all_->transactions.size();
}

std::vector<rlp::raw> transaction_pool::find(const std::vector<hash>& which) const {
  std::vector<rlp::raw> out;
  std::size_t size = 0;
  std::lock_guard guard{all_->mutex};
  for (const auto& hash : std::span{which}.first(std::min(which.size(), max_hashes))) {
    if (size > enough_bytes)
      break;
    auto found = all_->transactions.find(hash);
    if (found == all_->transactions.end())
      continue;
    out.push_back(found->second.what.encoding());
    size += out.back().item.size();
  }
  return out;
}

new_pooled_transaction_hashes_68 transaction_pool::announcement() const {
  bytes types;
  std::vector<std::uint64_t> sizes;
  std::vector<hash> hashes;
  std::lock_guard guard{all_->mutex};
  for (const auto& [hash, one] : all_->transactions) {
    if (one.from)
      continue;
    types.push_back(one.what.type());
    sizes.push_back(one.what.content().size());
    hashes.push_back(hash);
  }
  return {std::move(types), sizes, std::move(hashes)};
}

new_pooled_transaction_hashes_68 announcement_of(const transaction& what) {
  return {{what.type()}, {what.content().size()}, {what.hash()}};
}

} // namespace devp2p::eth
