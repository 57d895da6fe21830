// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/interfaces.hpp"
#include "devp2p/nat/gateway.hpp"

#include <atomic>
#include <memory>

namespace devp2p {

/// Asks one gateway what it is told to, and tells `owner`, which is the mapper, when it hears on
/// that way that the gateway has forgotten what it had mapped. Ends with its mapper; once `over`,
/// it asks nothing any more.
///
/// A gateway may be the application's own. What it throws is an answer like others:
/// `errc::callback_failed`, unless the system has run out of something, with what was said.
gateway_actor::behavior_type gateway_worker(gateway_actor::pointer self,
                                            const std::shared_ptr<nat::gateway>& gateway,
                                            const mapper_core_actor& owner,
                                            const std::shared_ptr<std::atomic<bool>>& over);

// Of a gateway, from any thread; whatever it throws, its mapper goes on.

/// If it does not say, it is taken for one that blocks.
[[nodiscard]] bool may_block(const nat::gateway& x) noexcept;
/// One that cannot be called off is waited for.
void call_off(nat::gateway& x) noexcept;

} // namespace devp2p
