// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/node_config.hpp"
#include "devp2p/actors/thrown.hpp"
#include "devp2p/messages/hello.hpp"
#include "devp2p/messages/info.hpp"

#include <exception>

namespace devp2p {

/// Returns the Hello that the node sends.
[[nodiscard]] inline hello own_hello(const node_config& node) {
  hello out;
  out.client_id = node.limits.client_id;
  out.id = node.key.id();
  for (const auto& x : node.protocols)
    out.capabilities.push_back({x.name, x.version});
  return out;
}

/// Returns what `callback` returns, or no data if it is empty. An exception becomes an entry
/// `error` with its text, so that a question about a node cannot end the node.
template <class Callback, class... Args>
metadata told_by(const Callback& callback, const Args&... args) {
  if (!callback)
    return {};
  try {
    return callback(args...);
  } catch (...) {
    return {{"error", text_of(std::current_exception())}};
  }
}

} // namespace devp2p
