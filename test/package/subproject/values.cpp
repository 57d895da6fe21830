// SPDX-License-Identifier: BSL-1.0
#include <devp2p/messages/capability.hpp>
#include <devp2p/version.hpp>

static_assert(DEVP2P_VERSION_MAJOR == 0);

bool same(const devp2p::capability& x, const devp2p::capability& y) {
  return x == y;
}
