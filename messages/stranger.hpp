// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/node_id.hpp"

#include <cstdint>

namespace devp2p {

/// A node that has dialled us and has proved its id. It is neither trusted nor dialled by us.
struct stranger {
  node_id id;
  endpoint remote;

  friend bool operator==(const stranger&, const stranger&) = default;

  friend auto inspect(auto& f, stranger& x) {
    return inspect_fields(f, {"id", "remote"}, x.id, x.remote);
  }
};

/// The answer of an `admission_actor` about a stranger. Any other value refuses, too.
enum class verdict : std::uint8_t { refuse, admit };

} // namespace devp2p
