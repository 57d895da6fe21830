// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/header.hpp"
#include "eth/header_download.hpp"
#include "eth/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

/// The numbers of blocks from `first` to `last`, both included; `first <= last`.
struct block_range {
  /// Parses `FROM..TO`. Returns `nullopt` if `text` is something else, or has 2^64 numbers.
  static std::optional<block_range> parse(const std::string& text);

  [[nodiscard]] std::uint64_t count() const { return last - first + 1; }

  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// The blocks that a remote has named before it is asked for headers.
struct known_blocks {
  eth::hash genesis{};
  /// The newest header. A remote may not give it.
  std::optional<eth::sealed_header> head = {};
};

/// The download of the headers of a range, which must also be those of the blocks that the remote
/// has named. A value that reads no clock.
class header_walk {
public:
  header_walk(const block_range& what, known_blocks known);

  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// Returns the next question; `nullopt` if all headers are there.
  [[nodiscard]] std::optional<eth::header_query> next() const { return download_.next(); }

  /// Takes the answer to that question, which the session has checked, and which took that time.
  /// Returns why it goes no further; `nullopt` if it does.
  [[nodiscard]] std::optional<std::string> take(const std::vector<eth::sealed_header>& answer,
                                                seconds elapsed);

private:
  [[nodiscard]] std::optional<std::string> mismatch(const eth::sealed_header& one) const;

  known_blocks known_;
  std::uint64_t count_;
  std::uint64_t taken_ = 0;
  eth::header_download download_;
};

} // namespace devp2p::tool
