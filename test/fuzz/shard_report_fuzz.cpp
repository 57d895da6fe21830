// SPDX-License-Identifier: BSL-1.0

// Goal: no message from one part of a simulation to another does harm, and each has one encoding
// only.
//
// Method: gives the input to each of the three readers. A value that one of them accepts must,
// encoded again, be the input.

#include "target.hpp"

#include "script.hpp"

#include "devp2p/simulator/shard_report.hpp"

namespace devp2p::fuzz::shard_report_target {

static int run(const std::uint8_t* data, std::size_t size) {
  byte_view input{data, size};
  if (auto x = simulator::decode_report(input))
    require(std::ranges::equal(simulator::encode(*x).view(), input));
  if (auto x = simulator::decode_details(input))
    require(std::ranges::equal(simulator::encode(*x).view(), input));
  if (auto x = simulator::decode_outbound(input)) {
    bytes out;
    for (const auto& each : *x) {
      auto more = simulator::encode(each);
      out.insert(out.end(), more.begin(), more.end());
    }
    require(out.size() == size && std::ranges::equal(out, input));
  }
  return 0;
}

static const target registered{"shard_report", run};

} // namespace devp2p::fuzz::shard_report_target
