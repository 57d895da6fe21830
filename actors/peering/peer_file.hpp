// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/database.hpp"
#include "devp2p/actors/peering/peer_rows.hpp"
#include "devp2p/actors/peering/stored_peers.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace devp2p {

/// A file that cannot be used. The text says what is wrong with it.
class unusable_file : public std::runtime_error {
public:
  enum class kind : std::uint8_t {
    /// The content is no peer store, or is damaged. The file may be moved aside.
    broken,
    /// A newer version has written the file.
    newer,
    /// Another process uses it.
    in_use,
    /// The file or its folder cannot be written to.
    read_only,
    /// The disk is full.
    full,
    /// Any other failure of the file system.
    other,
  };

  unusable_file(kind what, const std::string& text) : std::runtime_error(text), kind_(what) {}

  [[nodiscard]] kind what_kind() const { return kind_; }

private:
  kind kind_;
};

/// Returns what a failure of SQLite means for the file.
[[nodiscard]] unusable_file::kind kind_of(const database_error& why);

/// The file of a peer store, which this process alone uses while it is open. Functions throw
/// `unusable_file`, or `std::bad_alloc`. For one thread at a time.
///
/// A transaction is complete on the disk when `write` returns: SQLite has a write-ahead log, with
/// one `fsync` for each transaction (`synchronous=FULL`). `NORMAL` would save that, and lose the
/// last transactions when the power fails; a journal for rollback would need two or three.
class peer_file {
public:
  /// The number of the newest schema.
  static constexpr std::int64_t version = 1;

  /// Opens the file, or makes it; brings an older schema up to date.
  explicit peer_file(const std::filesystem::path& file);

  /// Returns the rows of a file as changes. Rows that make no sense are left out.
  [[nodiscard]] std::vector<store_change> read();

  /// Makes all of these changes, or, if it throws, none.
  void write(std::span<const store_change> changes);
  /// Replaces all rows.
  void rewrite(std::span<const store_change> rows);

private:
  friend std::vector<store_change> read_unwritable(const std::filesystem::path& file);

  struct read_only {};
  peer_file(const std::filesystem::path& file, read_only);

  void check_owner();
  void prepare_changes();
  void put(const store_change& change);

  database rows_;
  statement put_ban_, put_score_, put_static_, put_known_, put_sequence_;
  statement remove_ban_, remove_score_, remove_static_, remove_known_;
};

/// Returns the rows of a file that cannot be written to, nor its folder. Changes that were not yet
/// moved from the write-ahead log into the file are left out.
[[nodiscard]] std::vector<store_change> read_unwritable(const std::filesystem::path& file);

/// Scripts that each bring a schema to the next version. Runs those that `rows` lacks, in one
/// transaction.
void migrate(database& rows, std::span<const std::string> scripts);

/// Moves a file and its logs to FILE.broken-N, N from 1 to 9: the first that is free, or else the
/// oldest, which is replaced. Returns where it is. Throws `std::filesystem::filesystem_error`.
std::filesystem::path move_aside(const std::filesystem::path& file);

} // namespace devp2p
