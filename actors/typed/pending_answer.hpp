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

  /// Has the session's handler write the answer, unless it has ended. Any thread may call it.
  void deliver(const Answer& what) const { give_(what); }

private:
  std::function<void(const Answer&)> give_;
};

} // namespace devp2p
