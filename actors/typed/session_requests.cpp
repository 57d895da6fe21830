// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/typed/session_requests.hpp"

#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/net/rlp/decoder.hpp"

#include <stdexcept>

namespace devp2p::detail {

caf::error malformed(std::uint64_t code, const std::string& why) {
  return caf::make_error(errc::malformed_message, "code " + std::to_string(code) + ": " + why);
}

void refuse_version(const capability& protocol) {
  throw std::logic_error{to_string(protocol) + " does not have this message"};
}

session_requests::session_requests(const channel& link)
  : pending_({}, *or_system_random(link.random)) {}

std::optional<std::string> session_requests::take_answer(const packet& in) {
  rlp::decoder whole{in.payload.view()};
  auto fields = whole.list();
  auto id = fields.integer();
  if (whole.error())
    return "it does not begin with the id of a request";
  if (!pending_.answer(id, in))
    return "it answers no request";
  return std::nullopt;
}

} // namespace devp2p::detail
