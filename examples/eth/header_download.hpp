// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "eth/header.hpp"
#include "eth/protocol.hpp"

#include "devp2p/actors/typed/answer_rate.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::eth {

/// The download of headers with rising numbers: says what to ask for next, and checks that each
/// answer goes on where the last one ended. A value that reads no clock.
///
/// A question is as large as the remote answers it in two seconds.
class header_download {
public:
  /// The number of headers that other clients ask for at once, at most.
  static constexpr std::uint64_t max_headers = 512;

  header_download(std::uint64_t first, std::uint64_t count) : next_(first), left_(count) {}

  /// Returns the next question; `nullopt` if all headers are there.
  [[nodiscard]] std::optional<header_query> next() const;

  /// Takes the answer to that question, which the session has checked, and which took that time.
  /// Returns why the download cannot go on; `nullopt` if it can.
  [[nodiscard]] std::optional<std::string> take(const std::vector<sealed_header>& answer,
                                                seconds elapsed);

private:
  static constexpr seconds target{2};

  std::uint64_t next_;
  std::uint64_t left_;
  std::optional<sealed_header> last_;
  answer_rate rate_{target};
};

} // namespace devp2p::eth
