// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <memory>

namespace devp2p::nat {

/// A person has seen to it that our ports can be reached at `address`, each by its own number.
[[nodiscard]] std::unique_ptr<gateway> make_fixed(std::string address);

} // namespace devp2p::nat
