// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/traversal.hpp"
#include "devp2p/nat/gateway.hpp"

#include <atomic>
#include <memory>

namespace devp2p {

/// Asks one gateway on behalf of `owner`, the mapper. Sends `router_atom` to `owner` when an answer
/// shows that the gateway has lost its mappings. Ends with its mapper. Once `over` is true, it asks
/// the gateway nothing more.
///
/// A gateway may be the application's own. An exception of it is answered as an error with its
/// text: `errc::too_many_files` or `errc::out_of_memory` if the system has run out of those,
/// `errc::gateway_failed` for any other `std::system_error`, `errc::callback_failed` otherwise.
gateway_actor::behavior_type gateway_worker(gateway_actor::pointer self,
                                            const std::shared_ptr<nat::gateway>& gateway,
                                            const mapper_self_actor& owner,
                                            const std::shared_ptr<std::atomic<bool>>& over);

/// Returns whether calls of the gateway may block; true if `blocks` throws. Callable from any
/// thread.
[[nodiscard]] bool may_block(const nat::gateway& x) noexcept;
/// Calls the gateway off. If it throws, its current call is waited for. Callable from any thread.
void call_off(nat::gateway& x) noexcept;

} // namespace devp2p
