// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace devp2p::tool {

/// Whether that is a whole number in decimal digits; without zeros before it, which others take for
/// octal.
[[nodiscard]] bool is_decimal(std::string_view text);

/// Seeds from `first` to `last`, which is not less.
struct seed_range {
  /// What a file can say.
  static constexpr std::uint64_t most = std::uint64_t{1} << 53;

  /// Of `N`, which stands for `1..N`, or `A..B`.
  static std::optional<seed_range> parse(const std::string& text);

  std::uint64_t first = 1;
  std::uint64_t last = 1;
};

struct search_options {
  std::string file;
  /// One by one, until a check fails; the file's without it.
  std::optional<seed_range> seeds;
  /// Whether to make what has failed smaller, and how long that may take.
  bool shrink = false;
  std::chrono::nanoseconds shrink_time = std::chrono::minutes{10};
  /// Where `smallest.json` is written or, if nothing is to be made smaller, what the run leaves
  /// that has failed; nowhere if it is empty.
  std::string out;
};

/// `devp2p simulate --seeds`, `--shrink`: runs a scenario with one seed after another until one of
/// its checks fails, and prints, if that is wanted, the smallest scenario that still fails it. A
/// signal ends the search with what there is: the smallest so far.
int run_search(const search_options& options);

} // namespace devp2p::tool
