// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/actors/thrown.hpp"
#include "devp2p/messages/type_ids.hpp"

#include <caf/expected.hpp>

#include <exception>
#include <string>

namespace devp2p {

/// Returns a handler for the session of `link`, or `errc::handler_failed`: with the text of the
/// exception that the factory has thrown, or with `if_null` if it has returned no handler.
[[nodiscard]] inline caf::expected<handler_actor> spawn_guarded(const handler_factory& spawn,
                                                                caf::actor_system& system,
                                                                const channel& link,
                                                                std::string if_null) {
  try {
    if (auto out = spawn(system, link))
      return out;
  } catch (...) {
    if_null = text_of(std::current_exception());
  }
  return caf::make_error(errc::handler_failed, if_null);
}

} // namespace devp2p
