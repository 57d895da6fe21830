// SPDX-License-Identifier: BSL-1.0

// Goal: a fault that a fuzzer has found once never comes back unseen, whichever compiler builds the
// tests. Method: `fuzz_replay NAME DIRECTORY...` feeds every file of the directories to the target
// of that name. A directory without files is a failure: it would pass for a corpus that was
// replayed.
#include "target.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace devp2p::fuzz {
namespace {

bool replay(const target& on, const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::vector<char> content{std::istreambuf_iterator<char>{in}, {}};
  if (!in)
    return false;
  // The name is printed before, since a target that finds a fault ends the program.
  std::printf("%s\n", file.c_str());
  std::fflush(stdout);
  on.run(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  return true;
}

bool replay_all(const target& on, const char* directory) {
  std::error_code error;
  auto files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{directory, error})
    files += entry.is_regular_file(error) && replay(on, entry.path());
  std::printf("%d files in %s\n", files, directory);
  return files > 0;
}

} // namespace
} // namespace devp2p::fuzz

int main(int count, char** arguments) {
  using devp2p::fuzz::target;
  if (count < 3) {
    std::fprintf(stderr, "usage: %s NAME DIRECTORY...\n", arguments[0]);
    return 2;
  }
  const auto& all = target::all();
  auto on =
    std::find_if(all.begin(), all.end(), [&](const target* x) { return x->name == arguments[1]; });
  if (on == all.end()) {
    std::fprintf(stderr, "%s: there is no target %s\n", arguments[0], arguments[1]);
    return 2;
  }
  return std::all_of(arguments + 2, arguments + count,
                     [&](const char* x) { return devp2p::fuzz::replay_all(**on, x); })
           ? 0
           : 1;
}
