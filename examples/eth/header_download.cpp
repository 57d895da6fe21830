// SPDX-License-Identifier: BSL-1.0
#include "eth/header_download.hpp"

#include "eth/verification.hpp"

#include <algorithm>

namespace devp2p::eth {

std::optional<header_query> header_download::next() const {
  if (left_ == 0)
    return std::nullopt;
  return header_query{next_,
                      std::min({left_, max_headers, std::uint64_t{rate_.next_request(target)}})};
}

std::optional<std::string> header_download::take(const std::vector<sealed_header>& answer,
                                                 seconds elapsed) {
  rate_.record(answer.size(), elapsed);
  if (answer.empty())
    return "the remote has no block " + std::to_string(next_);
  if (last_ && !follows(answer.front(), *last_))
    return "block " + std::to_string(next_) + " does not follow the one before it";
  last_ = answer.back();
  next_ += answer.size();
  left_ -= std::min(left_, std::uint64_t{answer.size()});
  return std::nullopt;
}

} // namespace devp2p::eth
