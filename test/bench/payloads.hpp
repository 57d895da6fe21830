// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "benchmark.hpp"

#include "devp2p/messages/bytes.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

/// What is sent.
namespace devp2p::bench {

/// What was chosen, or else a range that shows how a cost depends on the size.
[[nodiscard]] std::vector<std::size_t> payload_sizes(const options& chosen);

/// `random`: snappy finds nothing in it; the same in every run. Else: sixteen octets, over and
/// over.
[[nodiscard]] bytes make_payload(std::string_view data, std::size_t size);

} // namespace devp2p::bench
