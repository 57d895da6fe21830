// SPDX-License-Identifier: BSL-1.0
#include "eth/transaction_pool.hpp"

#include <algorithm>
#include <span>

namespace devp2p::eth {

namespace {

void add(new_pooled_transaction_hashes_68& to, const hash& hash, const transaction& one) {
  to.types.push_back(one.type());
  to.sizes.push_back(one.content().size());
  to.hashes.push_back(hash);
}

} // namespace

bool transaction_pool::add(const transaction& what) const {
  auto content = what.content();
  const auto limit = what.has_blobs() ? enough_bytes : max_transaction_size;
  if (content.size() > limit)
    return false;
  if (is_full())
    return false;
  // Before the lock, for which all sessions wait.
  const auto hash = what.hash();
  if (has(hash))
    return false;
  // A view into the remote's message would keep that in memory, and its window from growing.
  auto copy = transaction::read({blob{what.encoding().item.view()}});
  std::lock_guard guard{all_->mutex};
  if (all_->transactions.size() >= max_transactions || all_->size + content.size() > max_bytes ||
      !all_->transactions.emplace(hash, std::move(*copy)).second)
    return false;
  all_->size += content.size();
  return true;
}

bool transaction_pool::has(const hash& what) const {
  std::lock_guard guard{all_->mutex};
  return all_->transactions.contains(what);
}

std::size_t transaction_pool::size() const {
  std::lock_guard guard{all_->mutex};
  return all_->transactions.size();
}

bool transaction_pool::is_full() const {
  std::lock_guard guard{all_->mutex};
  return all_->transactions.size() >= max_transactions || all_->size >= max_bytes;
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
    out.push_back(found->second.encoding());
    size += out.back().item.size();
  }
  return out;
}

new_pooled_transaction_hashes_68 transaction_pool::announcement() const {
  new_pooled_transaction_hashes_68 out;
  std::lock_guard guard{all_->mutex};
  for (const auto& [hash, one] : all_->transactions)
    eth::add(out, hash, one);
  return out;
}

new_pooled_transaction_hashes_68 announcement_of(const transaction& what) {
  new_pooled_transaction_hashes_68 out;
  add(out, what.hash(), what);
  return out;
}

} // namespace devp2p::eth
