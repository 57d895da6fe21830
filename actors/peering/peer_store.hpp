// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/peering/stored_peers.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace devp2p {

/// The outcome of a write to a peer store.
struct store_outcome {
  enum class kind : std::uint8_t {
    /// The changes are in the file, and on the disk: neither a crash of the process nor one of the
    /// machine loses them.
    confirmed,
    /// The changes are in memory, as the store has no file.
    in_memory,
    /// The changes are in memory. The file could not be written to; the next write writes all that
    /// it lacks.
    not_written,
    /// The limits do not allow the changes; nothing has changed.
    refused,
  };

  kind what = kind::in_memory;
  /// A line for people: what happened, to which file, and what to do. Empty if all is well.
  std::string line = {};
};

/// The memory of a node beyond its process: its bans, the scores of its peers, its static and known
/// nodes, and its own sequence number. In memory, and in a file if one is given.
///
/// No file can be so bad that there is no store. One that is damaged, or not of this program, is
/// moved to FILE.broken-N, N from 1 to 9, and a new one is begun. One that is newer, read-only, or
/// used by another process is left alone, and the store is in memory; the rows of a read-only file
/// are there. On a full disk the store goes on in memory, and tries again at each write, with all
/// rows. Each of these is told in one line. Damage within a row is not noticed.
///
/// What is read is what was written, whether the file has it or not. Every table has a limit. The
/// functions throw only `std::bad_alloc`; what was confirmed stays so. Thread-safe; each call
/// may wait for the disk.
class peer_store {
public:
  /// A store in memory.
  explicit peer_store(const store_limits& limits = {});
  /// Opens a file, or makes it; its folder must exist. The process has it alone until the store is
  /// destroyed.
  explicit peer_store(std::filesystem::path file, const store_limits& limits = {});
  peer_store(peer_store&&) noexcept;
  peer_store& operator=(peer_store&&) noexcept;
  ~peer_store();

  /// Lines about the file that was opened; none if all is well.
  [[nodiscard]] const std::vector<std::string>& notices() const;
  /// Returns true iff what is written goes to a file.
  [[nodiscard]] bool has_file() const;

  /// Makes all of these changes, in one transaction.
  [[nodiscard]] store_outcome write(std::span<const store_change> changes);
  [[nodiscard]] store_outcome write(const store_change& change) { return write({&change, 1}); }

  /// Returns the bans, also those that have ended.
  [[nodiscard]] std::vector<stored_ban> bans() const;
  [[nodiscard]] std::vector<stored_score> scores() const;
  [[nodiscard]] std::vector<static_node> static_nodes() const;
  [[nodiscard]] std::vector<known_node> known_nodes() const;
  /// Returns the own sequence number; 0 if there was none.
  [[nodiscard]] std::uint64_t sequence() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace devp2p
