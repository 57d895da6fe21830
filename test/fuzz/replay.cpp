// SPDX-License-Identifier: BSL-1.0

// Goal: a fault that a fuzzer has found once never comes back unseen, whichever compiler builds the
// tests. Method: feeds every file of the given directories to the fuzz target that this is linked
// with. A directory without files is a failure: it would pass for a corpus that was replayed.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

bool replay(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::vector<char> content{std::istreambuf_iterator<char>{in}, {}};
  if (!in)
    return false;
  // The name is printed before, since a target that finds a fault ends the program.
  std::printf("%s\n", file.c_str());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  return true;
}

} // namespace

int main(int count, char** arguments) {
  auto complete = count > 1;
  for (auto i = 1; i < count; ++i) {
    std::error_code error;
    auto files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{arguments[i], error})
      files += entry.is_regular_file(error) && replay(entry.path());
    std::printf("%d files in %s\n", files, arguments[i]);
    complete = complete && files > 0;
  }
  return complete ? 0 : 1;
}
