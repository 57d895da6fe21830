// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/metrics/loop_probe.hpp"

namespace devp2p {

void loop_probe::post_to(net::loop& loop) const {
  using clock = std::chrono::steady_clock;
  if (shared_->waits.exchange(true))
    return;
  auto probe = [shared = shared_, since = clock::now()] {
    shared->observe(clock::now() - since);
    shared->waits = false;
  };
  try {
    loop.post(std::move(probe));
  } catch (...) {
    shared_->waits = false;
    throw;
  }
}

} // namespace devp2p
