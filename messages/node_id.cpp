// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/node_id.hpp"

#include <algorithm>

namespace devp2p {

std::optional<node_id> node_id::parse(std::string_view in) {
  if (in.size() != size * 2)
    return std::nullopt;
  auto content = from_hex(in);
  if (!content || content->size() != size)
    return std::nullopt;
  node_id out;
  std::copy(content->begin(), content->end(), out.value.begin());
  return out;
}

std::string to_string(const node_id& id) {
  return to_hex(id.value);
}

} // namespace devp2p
