// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/blob.hpp"
#include "devp2p/messages/inspect.hpp"

namespace devp2p::rlp {

/// A field that is one item of any kind, and stays encoded. The content of a list is not checked:
/// that is for whoever decodes it.
struct raw {
  blob item;

  friend bool operator==(const raw&, const raw&) = default;
  friend auto inspect(auto& f, raw& x) { return inspect_fields(f, {"item"}, x.item); }
};

/// The last field of a message that allows more elements than those it names: they are here, still
/// encoded, one after another, and are written again. Without such a field they breach the
/// protocol.
struct rest {
  blob items;

  friend bool operator==(const rest&, const rest&) = default;
  friend auto inspect(auto& f, rest& x) { return inspect_fields(f, {"items"}, x.items); }
};

} // namespace devp2p::rlp
