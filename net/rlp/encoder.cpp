// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlp/encoder.hpp"

#include "devp2p/net/rlp/prefix.hpp"

#include <array>

namespace devp2p::rlp {

namespace {

/// An integer's big-endian digits without leading zeros; none for zero.
class digits {
public:
  explicit digits(std::uint64_t value) {
    for (; value != 0; value >>= 8)
      digits_[--first_] = static_cast<std::uint8_t>(value);
  }

  [[nodiscard]] byte_view view() const { return byte_view{digits_}.subspan(first_); }

private:
  byte_array<sizeof(std::uint64_t)> digits_{};
  std::size_t first_ = sizeof(std::uint64_t);
};

void append(bytes& out, byte_view content) {
  out.insert(out.end(), content.begin(), content.end());
}

std::uint8_t long_prefix(std::uint8_t prefix, const digits& size) {
  return static_cast<std::uint8_t>(prefix + max_short_size + size.view().size());
}

} // namespace

void encoder::string(byte_view content) {
  if (content.size() == 1 && content.front() < string_prefix) {
    out_.push_back(content.front());
    return;
  }
  if (content.size() <= max_short_size) {
    out_.push_back(static_cast<std::uint8_t>(string_prefix + content.size()));
  } else {
    digits size{content.size()};
    out_.push_back(long_prefix(string_prefix, size));
    append(out_, size.view());
  }
  append(out_, content);
}

void encoder::integer(std::uint64_t value) {
  string(digits{value}.view());
}

void encoder::raw(byte_view item) {
  append(out_, item);
}

std::size_t encoder::open_list() {
  // Room for the prefix, which is all that a short list needs.
  out_.push_back(list_prefix);
  return out_.size();
}

void encoder::close_list(std::size_t start) {
  auto size = out_.size() - start;
  auto& prefix = out_[start - 1];
  if (size <= max_short_size) {
    prefix = static_cast<std::uint8_t>(list_prefix + size);
    return;
  }
  digits length{size};
  prefix = long_prefix(list_prefix, length);
  auto content = length.view();
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start), content.begin(), content.end());
}

} // namespace devp2p::rlp
