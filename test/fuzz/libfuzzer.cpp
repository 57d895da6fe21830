// SPDX-License-Identifier: BSL-1.0
#include "target.hpp"

/// The function that libFuzzer calls with each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return devp2p::fuzz::target::all().front()->run(data, size);
}
