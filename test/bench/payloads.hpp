// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "benchmark.hpp"

#include "devp2p/messages/bytes.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

/// The payloads of messages.
namespace devp2p::bench {

/// Returns the sizes that were chosen, or else a range that shows how a cost depends on the size.
[[nodiscard]] std::vector<std::size_t> payload_sizes(const options& chosen);

/// Returns a payload of `size` bytes. Snappy finds nothing to compress in `random`, which is the
/// same in every run. Any other `data` stands for sixteen bytes, over and over.
[[nodiscard]] bytes make_payload(std::string_view data, std::size_t size);

} // namespace devp2p::bench
