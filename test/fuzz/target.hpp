// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace devp2p::fuzz {

/// Ends the program unless `holds`.
inline void require(bool holds) {
  if (!holds)
    std::abort();
}

/// A function that is fuzzed. Each `<name>_fuzz.cpp` defines one, which registers itself: libFuzzer
/// is linked with one of these files, and the program that replays the corpora with all.
struct target {
  target(std::string_view name, int (*run)(const std::uint8_t*, std::size_t))
    : name(name),
      run(run) {
    all().push_back(this);
  }
  target(const target&) = delete;
  target& operator=(const target&) = delete;

  /// The targets of this program.
  static std::vector<const target*>& all() {
    static std::vector<const target*> out;
    return out;
  }

  std::string_view name;
  int (*run)(const std::uint8_t* data, std::size_t size);
};

} // namespace devp2p::fuzz
