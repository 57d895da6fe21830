// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlp/decoder.hpp"

#include "devp2p/net/rlp/prefix.hpp"

#include <algorithm>

namespace devp2p::rlp {

namespace {

/// Takes at most eight digits.
std::uint64_t big_endian(byte_view digits) {
  std::uint64_t out = 0;
  for (auto digit : digits)
    out = out << 8 | digit;
  return out;
}

void walk(decoder& in) {
  while (auto type = in.next_kind()) {
    if (*type == kind::list) {
      auto inner = in.list();
      walk(inner); // No deeper than limits::max_depth, hence at most 255.
    } else {
      in.skip();
    }
  }
}

} // namespace

decoder::decoder(byte_view in, const limits& bounds)
  : rest_(in),
    depth_left_(bounds.max_depth),
    outermost_(this),
    elements_left_(bounds.max_elements) {}

decoder::decoder(byte_view payload, decoder& parent)
  : rest_(payload),
    depth_left_(parent.depth_left_ == 0 ? 0 : parent.depth_left_ - 1),
    outermost_(parent.outermost_),
    elements_left_(0) {}

decoder decoder::list() & {
  if (depth_left_ == 0 && next_kind() == kind::list)
    fail(errc::rlp_too_deep);
  return {next_payload(kind::list), *this};
}

byte_view decoder::string(std::size_t max_size) {
  auto payload = next_payload(kind::string);
  if (payload.size() > max_size) {
    fail(errc::rlp_wrong_size);
    return {};
  }
  return payload;
}

std::uint64_t decoder::integer(std::uint64_t max) {
  auto digits = next_payload(kind::string);
  if (!digits.empty() && digits.front() == 0) {
    fail(errc::rlp_not_canonical);
    return 0;
  }
  if (digits.size() > sizeof(std::uint64_t) || big_endian(digits) > max) {
    fail(errc::rlp_wrong_size);
    return 0;
  }
  return big_endian(digits);
}

byte_view decoder::raw() {
  item first;
  return next(first) ? first.encoding : byte_view{};
}

void decoder::skip() {
  item skipped;
  static_cast<void>(next(skipped));
}

void decoder::expect_end() {
  if (!at_end())
    fail(errc::rlp_trailing_bytes);
}

std::optional<kind> decoder::next_kind() const {
  if (at_end())
    return std::nullopt;
  return rest_.front() < list_prefix ? kind::string : kind::list;
}

/// Finds the item at the front of `in`. Only its own bytes are looked at, not those of its
/// elements.
std::optional<errc> decoder::split(byte_view in, item& first) {
  if (in.empty())
    return errc::rlp_truncated;
  auto prefix = in.front();
  if (prefix < string_prefix) {
    first = {kind::string, in.first(1), in.first(1)};
    return std::nullopt;
  }
  auto type = prefix < list_prefix ? kind::string : kind::list;
  in = in.subspan(1);
  std::size_t header_size = 1;
  std::uint64_t size = prefix & 0x3f;
  if (size > max_short_size) {
    auto digits = static_cast<std::size_t>(size - max_short_size);
    if (digits > in.size())
      return errc::rlp_truncated;
    size = big_endian(in.first(digits));
    if (in.front() == 0 || size <= max_short_size)
      return errc::rlp_not_canonical;
    in = in.subspan(digits);
    header_size += digits;
  }
  // Compared as it was read: adding to a length near 2^64 would wrap around.
  if (size > in.size())
    return errc::rlp_truncated;
  auto payload = in.first(static_cast<std::size_t>(size));
  if (type == kind::string && size == 1 && payload.front() < string_prefix)
    return errc::rlp_not_canonical;
  first = {type, {payload.data() - header_size, header_size + payload.size()}, payload};
  return std::nullopt;
}

bool decoder::next(item& first) {
  if (error())
    return false;
  if (auto why = split(rest_, first)) {
    fail(*why);
    return false;
  }
  if (outermost_->elements_left_ == 0) {
    fail(errc::rlp_too_many_elements);
    return false;
  }
  --outermost_->elements_left_;
  rest_ = rest_.subspan(first.encoding.size());
  return true;
}

byte_view decoder::next_payload(kind wanted) {
  item first;
  if (!next(first))
    return {};
  if (first.type != wanted) {
    fail(errc::rlp_unexpected_kind);
    return {};
  }
  return first.payload;
}

void decoder::fill(mutable_byte_view out) {
  auto payload = next_payload(kind::string);
  if (payload.size() == out.size())
    std::copy(payload.begin(), payload.end(), out.begin());
  else
    fail(errc::rlp_wrong_size);
}

void decoder::fail(errc why) {
  if (!outermost_->failure_)
    outermost_->failure_ = why;
}

std::optional<errc> validate(byte_view in, const limits& bounds) {
  decoder whole{in, bounds};
  if (whole.next_kind() == kind::list) {
    auto elements = whole.list();
    walk(elements);
  } else {
    whole.skip();
  }
  whole.expect_end();
  return whole.error();
}

} // namespace devp2p::rlp
