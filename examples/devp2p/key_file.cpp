// SPDX-License-Identifier: BSL-1.0
#include "key_file.hpp"

#include "devp2p/simulator/program/descriptor.hpp"
#include "devp2p/simulator/program/open_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace devp2p::tool {

namespace {

constexpr std::size_t digits = crypto::private_key::size * 2;

key_failure because_of_errno(const std::string& path) {
  return path + ": " + std::generic_category().message(errno);
}

/// A file that is open for reading or writing.
class file : public descriptor {
public:
  file(const std::string& path, int flags, mode_t mode = 0)
    : descriptor(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}

  void warn_if_open_to_others(const std::string& path) const {
    struct stat about {};
    if (::fstat(number(), &about) == 0)
      tool::warn_if_open_to_others(about, path);
  }

  /// Writes in one call: a regular file takes a line as short as ours at once, unless the disk is
  /// full.
  [[nodiscard]] bool write(byte_view what) const {
    auto written = ::write(number(), what.data(), what.size());
    return written == static_cast<ssize_t>(what.size()) && ::fsync(number()) == 0;
  }

  /// Reads until `into` is full or the file ends. Returns `nullopt` if reading fails.
  [[nodiscard]] std::optional<std::size_t> read(mutable_byte_view into) const {
    std::size_t size = 0;
    while (size < into.size()) {
      auto got = ::read(number(), into.data() + size, into.size() - size);
      if (got < 0)
        return std::nullopt;
      if (got == 0)
        break;
      size += static_cast<std::size_t>(got);
    }
    return size;
  }
};

} // namespace

std::optional<key_failure> create_key_file(const std::string& path,
                                           const crypto::private_key& key) {
  file out{path, O_WRONLY | O_CREAT | O_EXCL, 0600};
  if (!out.is_open() && errno == EEXIST)
    return path + ": the file exists already and is not overwritten";
  if (!out.is_open())
    return because_of_errno(path);
  auto line = to_hex(key.scalar().content()) + '\n';
  auto written = out.write(as_bytes(line));
  crypto::wipe({reinterpret_cast<std::uint8_t*>(line.data()), line.size()});
  if (written)
    return std::nullopt;
  auto why = because_of_errno(path);
  ::unlink(path.c_str());
  return why;
}

std::variant<crypto::private_key, key_failure> read_key_file(const std::string& path) {
  file in{path, O_RDONLY};
  if (!in.is_open())
    return because_of_errno(path);
  // One byte more than the digits and a line end of either kind.
  std::array<std::uint8_t, digits + 3> buffer{};
  auto size = in.read(buffer);
  if (!size)
    return because_of_errno(path);
  std::string_view text{reinterpret_cast<const char*>(buffer.data()), *size};
  std::optional<bytes> raw;
  auto end = text.substr(std::min(digits, text.size()));
  if (end.empty() || end == "\n" || end == "\r\n")
    raw = from_hex(text.substr(0, digits));
  crypto::wipe(buffer);
  auto key = crypto::private_key::parse(raw.value_or(bytes{}));
  if (raw)
    crypto::wipe(*raw);
  if (!key)
    return path + ": not a key file: a key file holds 64 hexadecimal digits and a newline";
  in.warn_if_open_to_others(path);
  return *key;
}

crypto::private_key fresh_key() {
  return crypto::private_key::generate();
}

std::variant<crypto::private_key, key_failure> key_for(const std::string& path) {
  if (path.empty())
    return fresh_key();
  return read_key_file(path);
}

} // namespace devp2p::tool
