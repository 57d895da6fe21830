// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/fair_pool.hpp"

namespace devp2p {

using nat::fair_pool;
using nat::source;

} // namespace devp2p
