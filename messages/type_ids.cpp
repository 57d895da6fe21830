// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/type_ids.hpp"

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/remote_ends.hpp"
#include "devp2p/messages/traversal.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace devp2p {

namespace {

/// Returns the first 2000 bytes of `text` with all but printable ASCII escaped. The text may come
/// from a remote or an exception: it must neither begin a line of a log nor reach a terminal.
std::string one_line(const std::string& text) {
  constexpr std::size_t longest = 2000;
  std::string out;
  for (auto byte : as_bytes(text).first(std::min(text.size(), longest))) {
    if (byte >= 0x20 && byte < 0x7f)
      out += static_cast<char>(byte);
    else
      out += "\\x" + to_hex({&byte, 1});
  }
  return out;
}

std::string render(errc code, const caf::message& context) {
  auto out = std::string{to_string(code)};
  for (std::size_t i = 0; i < context.size(); ++i) {
    out += i == 0 ? ": " : ", ";
    if (context.match_element<disconnect_reason>(i))
      out += to_string(context.get_as<disconnect_reason>(i));
    else if (context.match_element<std::string>(i))
      out += one_line(context.get_as<std::string>(i));
    else
      out += text_at(context, i);
  }
  return out;
}

} // namespace

void add_types(caf::actor_system_config& config) {
  add_blocks<caf::id_block::devp2p, caf::id_block::devp2p_handles, caf::id_block::devp2p_remote,
             caf::id_block::devp2p_ends, caf::id_block::devp2p_control>(config);
  add_local_blocks<caf::id_block::devp2p_local, caf::id_block::devp2p_session,
                   caf::id_block::devp2p_traversal>(config);
  add_errors<errc>(config, render);
}

void must_know_types(const caf::actor_system& system) {
  if (!knows<packet>(system.config()))
    throw std::invalid_argument{"this actor system does not know our messages: call "
                                "devp2p::add_types(config) before the system is constructed"};
}

std::optional<errc> errc_of(const caf::error& why) {
  return code_of<errc>(why);
}

std::string describe(const caf::error& why) {
  if (!why)
    return "no error";
  if (auto code = errc_of(why))
    return render(*code, why.context());
  if (auto reason = code_of<caf::exit_reason>(why))
    return "exit: " + to_string(*reason);
  if (auto code = code_of<caf::sec>(why))
    return to_string(*code);
  return one_line(to_string(why));
}

caf::error local_disconnect(disconnect_reason reason) {
  return caf::make_error(errc::local_disconnect, reason);
}

caf::error remote_disconnect(disconnect_reason reason) {
  return caf::make_error(errc::remote_disconnect, reason);
}

} // namespace devp2p
