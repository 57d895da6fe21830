// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/peer_store.hpp"

#include "devp2p/actors/peering/peer_file.hpp"
#include "devp2p/actors/peering/peer_rows.hpp"

#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

namespace devp2p {

namespace {

using kind = unusable_file::kind;

/// Returns the words that follow "FILE ", without the consequence.
std::string fault_of(const unusable_file& why) {
  switch (why.what_kind()) {
  case kind::broken:
    return "is no peer store, or damaged (" + std::string{why.what()} + ")";
  case kind::newer:
    return "is of a newer version (" + std::string{why.what()} + ")";
  case kind::in_use:
    return "is used by another process (" + std::string{why.what()} + ")";
  case kind::read_only:
    return "cannot be written (" + std::string{why.what()} + ")";
  case kind::full:
    return "cannot be written: the disk is full";
  case kind::other:
    break;
  }
  return "cannot be used (" + std::string{why.what()} + ")";
}

std::string advice_for(kind what) {
  switch (what) {
  case kind::newer:
    return "use the newer version, or move the file away";
  case kind::in_use:
    return "stop the other process, or choose another file";
  case kind::read_only:
    return "see that its folder is there and both may be written to, or choose another file";
  case kind::full:
    return "free some space";
  default:
    return "check the disk and the file's folder, or choose another file";
  }
}

/// Replaces what would break the line.
std::string in_one_line(std::string text) {
  for (auto& x : text)
    if (static_cast<unsigned char>(x) < 0x20 || x == 0x7f)
      x = ' ';
  return text;
}

} // namespace

struct peer_store::state {
  explicit state(peer_rows first) : rows(std::move(first)) {}

  std::mutex mutex = {};
  peer_rows rows;
  std::filesystem::path path = {};
  std::optional<peer_file> file = std::nullopt;
  /// True while the file lacks something that the rows have.
  bool is_behind = false;
  std::vector<std::string> notices = {};

  std::string line(const std::string& what) const {
    return in_one_line(path.string() + " " + what);
  }

  void open() {
    try {
      try {
        read_new_file();
      } catch (const unusable_file& why) {
        if (why.what_kind() != kind::broken)
          throw;
        notices.push_back(begin_anew(why));
      }
    } catch (const unusable_file& why) {
      file.reset();
      if (why.what_kind() == kind::read_only)
        read_unwritable_file();
      notices.push_back(line(fault_of(why) + "; until the restart all is kept in memory alone: " +
                             advice_for(why.what_kind())));
    }
  }

  void read_new_file() {
    file.emplace(path);
    std::vector<store_change> effects;
    auto found = file->read();
    for (const auto& x : found)
      rows.apply(x, effects);
    // The limits may have become smaller.
    if (rows.as_changes().size() < found.size())
      file->rewrite(rows.as_changes());
  }

  void read_unwritable_file() {
    std::vector<store_change> effects;
    try {
      for (const auto& x : read_unwritable(path))
        rows.apply(x, effects);
    } catch (const unusable_file&) {
      return; // It cannot be read either, or is not there.
    }
  }

  /// Moves the file aside, and writes what there is to a new one. Returns the line about it.
  std::string begin_anew(const unusable_file& why) {
    file.reset();
    std::filesystem::path aside;
    try {
      aside = move_aside(path);
    } catch (const std::filesystem::filesystem_error& failed) {
      throw unusable_file{kind::other, std::string{why.what()} +
                                         "; it cannot be moved aside: " + failed.code().message()};
    }
    file.emplace(path);
    file->write(rows.as_changes());
    return line(fault_of(why) + "; it was moved to " + aside.string() + ", and a new one begun");
  }

  store_outcome write(std::span<const store_change> changes) {
    if (auto why = rows.refuse(changes))
      return {store_outcome::kind::refused, in_one_line(*why)};
    // The file is behind until this ends, also by an exception.
    const auto was_behind = std::exchange(is_behind, true);
    std::vector<store_change> effects;
    for (const auto& x : changes)
      rows.apply(x, effects);
    if (!file)
      return {};
    return write_to_file(effects, was_behind);
  }

  store_outcome write_to_file(std::span<const store_change> effects, bool rewrites) {
    std::string notice;
    try {
      try {
        if (rewrites)
          file->rewrite(rows.as_changes());
        else if (!effects.empty())
          file->write(effects);
      } catch (const unusable_file& why) {
        if (why.what_kind() != kind::broken)
          throw;
        notice = begin_anew(why);
      }
    } catch (const unusable_file& why) {
      auto goes_on = file ? "; it is written when that is possible: " : "; all is kept in memory: ";
      return {file ? store_outcome::kind::not_written : store_outcome::kind::in_memory,
              line(fault_of(why) + goes_on + advice_for(why.what_kind()))};
    }
    is_behind = false;
    return {store_outcome::kind::confirmed, std::move(notice)};
  }
};

peer_store::peer_store(const store_limits& limits)
  : state_(std::make_unique<state>(peer_rows{limits})) {}

peer_store::peer_store(std::filesystem::path file, const store_limits& limits)
  : peer_store(limits) {
  state_->path = std::move(file);
  state_->open();
}

peer_store::peer_store(peer_store&&) noexcept = default;
peer_store& peer_store::operator=(peer_store&&) noexcept = default;
peer_store::~peer_store() = default;

const std::vector<std::string>& peer_store::notices() const {
  return state_->notices;
}

bool peer_store::has_file() const {
  const std::lock_guard lock{state_->mutex};
  return state_->file.has_value();
}

store_outcome peer_store::write(std::span<const store_change> changes) {
  const std::lock_guard lock{state_->mutex};
  return state_->write(changes);
}

std::vector<stored_ban> peer_store::bans() const {
  const std::lock_guard lock{state_->mutex};
  return state_->rows.bans();
}

std::vector<stored_score> peer_store::scores() const {
  const std::lock_guard lock{state_->mutex};
  return state_->rows.scores();
}

std::vector<static_node> peer_store::static_nodes() const {
  const std::lock_guard lock{state_->mutex};
  return state_->rows.static_nodes();
}

std::vector<known_node> peer_store::known_nodes() const {
  const std::lock_guard lock{state_->mutex};
  return state_->rows.known_nodes();
}

std::uint64_t peer_store::sequence() const {
  const std::lock_guard lock{state_->mutex};
  return state_->rows.sequence();
}

} // namespace devp2p
