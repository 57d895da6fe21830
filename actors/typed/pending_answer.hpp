// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <utility>

namespace devp2p {

/// The answer to a request that is not given at once. Copies stand for the same answer, which is
/// to be given once.
template <class Answer>
class pending_answer {
public:
  explicit pending_answer(std::function<void(const Answer&)> give) : give_(std::move(give)) {}

  /// Writes the answer. To be called in a turn of the session's handler.
  void deliver(const Answer& what) const { give_(what); }

private:
  std::function<void(const Answer&)> give_;
};

} // namespace devp2p
