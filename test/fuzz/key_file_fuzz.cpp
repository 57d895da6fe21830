// SPDX-License-Identifier: BSL-1.0

// Goal: no content of a key file does harm. A key that is read is the one in the file, and an error
// never reveals the content.
//
// Method: the input is the file's content. An accepted content must be 64 digits, with or without
// the end of a line, and in a new file read back as the same key.

#include "target.hpp"

#include "script.hpp"

#include "key_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace devp2p::fuzz::key_file_target {

namespace {

/// A file that has no name in any folder.
class nameless_file {
public:
  explicit nameless_file(byte_view content) : handle_(::memfd_create("key", MFD_CLOEXEC)) {
    require(handle_ >= 0);
    require(::write(handle_, content.data(), content.size()) ==
            static_cast<ssize_t>(content.size()));
  }
  nameless_file(const nameless_file&) = delete;
  nameless_file& operator=(const nameless_file&) = delete;
  ~nameless_file() { ::close(handle_); }

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(handle_); }

private:
  int handle_;
};

void check_copy(const crypto::private_key& key) {
  auto path =
    (std::filesystem::temp_directory_path() / ("devp2p-key-" + std::to_string(::getpid())))
      .string();
  require(!tool::create_key_file(path, key));
  // An existing file is never written over.
  require(tool::create_key_file(path, key).has_value());
  auto again = tool::read_key_file(path);
  std::filesystem::remove(path);
  require(std::get<crypto::private_key>(again).id() == key.id());
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t digits = 64;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  nameless_file file{{data, size}};
  auto found = tool::read_key_file(file.path());
  if (auto* why = std::get_if<tool::key_failure>(&found)) {
    require(why->starts_with(file.path() + ": "));
    auto first = text.substr(0, 8);
    require(first.size() < 8 || !from_hex(first) || why->find(first) == why->npos);
    return 0;
  }
  require(size >= digits);
  auto end = text.substr(digits);
  require(end.empty() || end == "\n" || end == "\r\n");
  auto content = from_hex(text.substr(0, digits));
  require(content && content->size() == digits / 2);
  const auto& key = std::get<crypto::private_key>(found);
  require(crypto::private_key::parse(*content)->id() == key.id());
  check_copy(key);
  return 0;
}

static const target registered{"key_file", run};

} // namespace devp2p::fuzz::key_file_target
