// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/mapping.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <string>

/// The events of a mapper.
namespace devp2p {

/// A port can be reached from outside. If the mapping could not be verified, the gateway alone says
/// so.
struct port_mapped {
  port_mapping mapping;

  friend auto inspect(auto& f, port_mapped& x) { return inspect_fields(f, {"mapping"}, x.mapping); }
};

/// A mapping still holds, for another lifetime; `verified` is as of now.
struct port_renewed {
  port_mapping mapping;

  friend auto inspect(auto& f, port_renewed& x) {
    return inspect_fields(f, {"mapping"}, x.mapping);
  }
};

/// The mapping is gone, or can no longer be confirmed.
struct port_lost {
  port_mapping mapping;
  /// The reason, for people.
  std::string why;

  friend auto inspect(auto& f, port_lost& x) {
    return inspect_fields(f, {"mapping", "why"}, x.mapping, x.why);
  }
};

/// The external address or port of a mapped port has changed.
struct external_changed {
  port_mapping mapping;
  /// The previous external endpoint.
  endpoint before;

  friend auto inspect(auto& f, external_changed& x) {
    return inspect_fields(f, {"mapping", "before"}, x.mapping, x.before);
  }
};

/// A port could not be mapped, or a mapping not be renewed; the mapper tries again after
/// `retry_after`.
struct mapping_failed {
  local_port internal;
  caf::error why;
  std::chrono::nanoseconds retry_after{0};

  friend auto inspect(auto& f, mapping_failed& x) {
    return inspect_fields(f, {"internal", "why", "retry_after"}, x.internal, x.why, x.retry_after);
  }
};

} // namespace devp2p
