// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

namespace devp2p::tool {

/// Reads the lines of a file from the last to the first. Holds one block of it, and one line.
class lines_from_end {
public:
  static constexpr std::size_t block = std::size_t{64} << 10;
  /// The maximum length of a line.
  static constexpr std::size_t max_line = std::size_t{1} << 20;

  explicit lines_from_end(const std::string& name) : in_(name, std::ios::binary | std::ios::ate) {
    if (in_)
      left_ = static_cast<std::size_t>(in_.tellg());
  }

  /// Returns the line before the last one that was returned, without its end. Returns `nullopt`
  /// after the first line, after one that is too long, and if the file cannot be read.
  std::optional<std::string> next() {
    for (;;) {
      if (auto end = text_.rfind('\n'); end != text_.npos) {
        auto out = text_.substr(end + 1);
        text_.resize(end);
        // The file ends with a line end.
        if (!out.empty())
          return out;
      } else if (left_ == 0 || text_.size() > max_line) {
        auto out = std::exchange(text_, "");
        return left_ == 0 && !out.empty() ? std::optional{out} : std::nullopt;
      } else if (!read_block()) {
        return std::nullopt;
      }
    }
  }

private:
  bool read_block() {
    const auto size = left_ < block ? left_ : block;
    std::string before(size, '\0');
    in_.seekg(static_cast<std::streamoff>(left_ - size));
    if (!in_.read(before.data(), static_cast<std::streamsize>(size)))
      return false;
    left_ -= size;
    text_.insert(0, before);
    return true;
  }

  std::ifstream in_;
  /// The number of bytes before those in `text_`.
  std::size_t left_ = 0;
  std::string text_;
};

} // namespace devp2p::tool
