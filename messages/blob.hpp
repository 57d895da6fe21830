// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/inspect.hpp"

#include <algorithm>
#include <memory>

namespace devp2p {

/// Immutable bytes. Copies share them, so that a message passes from actor to actor without being
/// copied. On the way to another process the bytes are serialised like any sequence.
class blob {
public:
  blob() = default;

  /// Copies `from`.
  explicit blob(byte_view from) : size_(from.size()) {
    auto data = std::make_shared_for_overwrite<std::uint8_t[]>(size_);
    std::copy(from.begin(), from.end(), data.get());
    data_ = std::move(data);
  }

  /// Holds the `size` bytes at `data`, which must not be written any more.
  blob(std::shared_ptr<const std::uint8_t[]> data, std::size_t size)
    : data_(std::move(data)),
      size_(size) {}

  /// Returns `size` of the bytes, from `offset` on. They share the memory, all of which lasts as
  /// long as the result.
  [[nodiscard]] blob part(std::size_t offset, std::size_t size) const {
    return {std::shared_ptr<const std::uint8_t[]>{data_, data() + offset}, size};
  }

  [[nodiscard]] const std::uint8_t* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] byte_view view() const { return {data(), size_}; }

  friend bool operator==(const blob& x, const blob& y) {
    return x.size_ == y.size_ && std::equal(x.view().begin(), x.view().end(), y.view().begin());
  }

  template <class Inspector>
  friend auto inspect(Inspector& f, blob& x) {
    if constexpr (Inspector::reads_state) {
      bytes copy(x.view().begin(), x.view().end());
      return f(copy);
    } else {
      bytes copy;
      auto result = f(copy);
      x = blob{copy};
      return result;
    }
  }

private:
  std::shared_ptr<const std::uint8_t[]> data_;
  std::size_t size_ = 0;
};

} // namespace devp2p
