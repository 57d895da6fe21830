// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlp/encoder.hpp"

#include "devp2p/net/rlp/prefix.hpp"

namespace devp2p::rlp {

namespace {

void append(bytes& out, byte_view content) {
  out.insert(out.end(), content.begin(), content.end());
}

} // namespace

void encoder::string(byte_view content) {
  if (content.size() != 1 || content.front() >= string_prefix) {
    byte_array<max_prefix_size> prefix;
    append(out_, {prefix.data(), put_prefix(prefix.data(), string_prefix, content.size())});
  }
  append(out_, content);
}

void encoder::integer(std::uint64_t value) {
  byte_array<sizeof value> digits;
  string({digits.data(), put_digits(digits.data(), value)});
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
  byte_array<max_prefix_size> prefix;
  auto* end = put_prefix(prefix.data(), list_prefix, out_.size() - start);
  out_[start - 1] = prefix.front();
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start), prefix.data() + 1, end);
}

} // namespace devp2p::rlp
