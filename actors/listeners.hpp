// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/accepting.hpp"
#include "devp2p/actors/surviving.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace devp2p {

/// The listeners of one actor, by index. An index that came in a message may be wrong: it is
/// ignored.
class listeners {
public:
  void add(std::unique_ptr<net::listener> socket) { all_.emplace_back(std::move(socket)); }
  void remove_last() { all_.pop_back(); }
  void clear() { all_.clear(); }

  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] bool has(std::size_t index) const { return index < all_.size(); }
  /// Returns the endpoint that the listener is at. Precondition: `has(index)`.
  [[nodiscard]] const endpoint& local(std::size_t index) const {
    return all_[index].socket()->local();
  }

  /// Asks a listener for its next connections, as `accepting::accept` does. If it cannot be asked,
  /// calls `on_failure` with the error.
  template <class Handle, class OnFailure>
  void accept(const Handle& whom, std::size_t index, OnFailure on_failure) {
    if (has(index))
      survive(on_failure, [&] { all_[index].accept(whom, index); });
  }

  /// Ends a call of `accept`. The actor that was sent its outcome calls this first.
  void end_call(std::size_t index) {
    if (has(index))
      all_[index].end_call();
  }

  /// Makes `accept` do nothing for that listener until `end_pause`.
  void pause(std::size_t index) {
    if (has(index))
      all_[index].pause();
  }
  void end_pause(std::size_t index) {
    if (has(index))
      all_[index].end_pause();
  }

private:
  std::vector<accepting> all_;
};

} // namespace devp2p
