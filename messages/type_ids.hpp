// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/ban.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/events.hpp"
#include "devp2p/messages/hole.hpp"
#include "devp2p/messages/mapping_events.hpp"
#include "devp2p/messages/node_limits.hpp"
#include "devp2p/messages/packet.hpp"
#include "devp2p/messages/stranger.hpp"
#include "devp2p/messages/writer_place.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>
#include <caf/type_id.hpp>

#include <optional>
#include <string>
#include <vector>

namespace devp2p {

/// The first of the type ids that this library keeps for itself.
constexpr caf::type_id_t first_type_id = caf::first_custom_type_id + 300;
/// The end of the range. An application's own block lies between `caf::first_custom_type_id` and
/// `first_type_id`, or begins here. The macro needs the leading colons, and the configuration the
/// block:
///
///     CAF_BEGIN_TYPE_ID_BLOCK(mine, ::devp2p::end_type_id)
///     CAF_ADD_TYPE_ID(mine, (my_message))
///     CAF_END_TYPE_ID_BLOCK(mine)
///
///     add_blocks<caf::id_block::mine>(config);
constexpr caf::type_id_t end_type_id = first_type_id + 160;

struct peer_counts;
struct channel;
enum class session_phase : std::uint8_t;

/// Makes the library's messages and errors known to an actor system. Call it before the system is
/// constructed.
void add_types(caf::actor_system_config& config);

/// Throws `std::invalid_argument` if the configuration of `system` was not given to `add_types`.
/// Other processes would then not understand our messages, and errors would have no text.
void must_know_types(const caf::actor_system& system);

/// Returns the code of an error of this library; `nullopt` for any other error, and for none.
[[nodiscard]] std::optional<errc> errc_of(const caf::error& why);

/// Returns a description of the error for people: `to_string(errc)`, and the circumstances that the
/// error's context holds.
[[nodiscard]] std::string describe(const caf::error& why);

/// Returns an error that carries a reason; see `errc::local_disconnect`.
[[nodiscard]] caf::error local_disconnect(disconnect_reason reason);
/// Returns an error that carries a reason; see `errc::remote_disconnect`.
[[nodiscard]] caf::error remote_disconnect(disconnect_reason reason);

} // namespace devp2p

CAF_BEGIN_TYPE_ID_BLOCK(devp2p, devp2p::first_type_id)

CAF_ADD_TYPE_ID(devp2p, (devp2p::blob))
CAF_ADD_TYPE_ID(devp2p, (devp2p::capability))
CAF_ADD_TYPE_ID(devp2p, (devp2p::channel))
CAF_ADD_TYPE_ID(devp2p, (devp2p::disconnect_reason))
CAF_ADD_TYPE_ID(devp2p, (devp2p::endpoint))
CAF_ADD_TYPE_ID(devp2p, (devp2p::enode))
CAF_ADD_TYPE_ID(devp2p, (devp2p::external_changed))
CAF_ADD_TYPE_ID(devp2p, (devp2p::hello))
CAF_ADD_TYPE_ID(devp2p, (devp2p::hole))
CAF_ADD_TYPE_ID(devp2p, (devp2p::hole_lost))
CAF_ADD_TYPE_ID(devp2p, (devp2p::local_port))
CAF_ADD_TYPE_ID(devp2p, (devp2p::mapping_failed))
CAF_ADD_TYPE_ID(devp2p, (devp2p::message_event))
CAF_ADD_TYPE_ID(devp2p, (devp2p::node_id))
CAF_ADD_TYPE_ID(devp2p, (devp2p::node_info))
CAF_ADD_TYPE_ID(devp2p, (devp2p::packet))
CAF_ADD_TYPE_ID(devp2p, (devp2p::peer_added))
CAF_ADD_TYPE_ID(devp2p, (devp2p::peer_counts))
CAF_ADD_TYPE_ID(devp2p, (devp2p::peer_dropped))
CAF_ADD_TYPE_ID(devp2p, (devp2p::peer_info))
CAF_ADD_TYPE_ID(devp2p, (devp2p::port_lost))
CAF_ADD_TYPE_ID(devp2p, (devp2p::port_mapped))
CAF_ADD_TYPE_ID(devp2p, (devp2p::port_mapping))
CAF_ADD_TYPE_ID(devp2p, (devp2p::port_renewed))
CAF_ADD_TYPE_ID(devp2p, (devp2p::round_trip))
CAF_ADD_TYPE_ID(devp2p, (devp2p::session_end))
CAF_ADD_TYPE_ID(devp2p, (devp2p::session_failed))
CAF_ADD_TYPE_ID(devp2p, (devp2p::session_phase))
CAF_ADD_TYPE_ID(devp2p, (devp2p::writer_place))
CAF_ADD_TYPE_ID(devp2p, (std::vector<devp2p::node_id>))
CAF_ADD_TYPE_ID(devp2p, (std::vector<devp2p::packet>))
CAF_ADD_TYPE_ID(devp2p, (std::vector<devp2p::peer_info>))
CAF_ADD_TYPE_ID(devp2p, (std::vector<devp2p::port_mapping>))

CAF_ADD_ATOM(devp2p, devp2p, accept_atom, "accept")
CAF_ADD_ATOM(devp2p, devp2p, admit_atom, "admit")
CAF_ADD_ATOM(devp2p, devp2p, adopt_atom, "adopt")
CAF_ADD_ATOM(devp2p, devp2p, ask_atom, "ask")
CAF_ADD_ATOM(devp2p, devp2p, attach_atom, "attach")
CAF_ADD_ATOM(devp2p, devp2p, close_atom, "close")
CAF_ADD_ATOM(devp2p, devp2p, detach_atom, "detach")
CAF_ADD_ATOM(devp2p, devp2p, dial_atom, "dial")
CAF_ADD_ATOM(devp2p, devp2p, failed_atom, "failed")
CAF_ADD_ATOM(devp2p, devp2p, find_atom, "find")
CAF_ADD_ATOM(devp2p, devp2p, info_atom, "info")
CAF_ADD_ATOM(devp2p, devp2p, listen_atom, "listen")
CAF_ADD_ATOM(devp2p, devp2p, map_atom, "map")
CAF_ADD_ATOM(devp2p, devp2p, peers_atom, "peers")
CAF_ADD_ATOM(devp2p, devp2p, ping_atom, "ping")
CAF_ADD_ATOM(devp2p, devp2p, pong_atom, "pong")
CAF_ADD_ATOM(devp2p, devp2p, punch_atom, "punch")
CAF_ADD_ATOM(devp2p, devp2p, resume_atom, "resume")
CAF_ADD_ATOM(devp2p, devp2p, router_atom, "router")
CAF_ADD_ATOM(devp2p, devp2p, stalled_atom, "stalled")
CAF_ADD_ATOM(devp2p, devp2p, subscribe_atom, "subscribe")
CAF_ADD_ATOM(devp2p, devp2p, tick_atom, "tick")
CAF_ADD_ATOM(devp2p, devp2p, unmap_atom, "unmap")
CAF_ADD_ATOM(devp2p, devp2p, write_atom, "write")

CAF_END_TYPE_ID_BLOCK(devp2p)

static_assert(caf::id_block::devp2p::end <= devp2p::end_type_id);

// Values and atoms of those who decide whom a node keeps out and lets in.
CAF_BEGIN_TYPE_ID_BLOCK(devp2p_control, ::devp2p::first_type_id + 100)

CAF_ADD_TYPE_ID(devp2p_control, (devp2p::ban))
CAF_ADD_TYPE_ID(devp2p_control, (devp2p::ban_subject))
CAF_ADD_TYPE_ID(devp2p_control, (devp2p::node_limits))
CAF_ADD_TYPE_ID(devp2p_control, (devp2p::stranger))
CAF_ADD_TYPE_ID(devp2p_control, (devp2p::verdict))
CAF_ADD_TYPE_ID(devp2p_control, (std::vector<devp2p::ban>))

CAF_ADD_ATOM(devp2p_control, devp2p, ban_atom, "ban")
CAF_ADD_ATOM(devp2p_control, devp2p, bans_atom, "bans")
CAF_ADD_ATOM(devp2p_control, devp2p, limits_atom, "limits")
CAF_ADD_ATOM(devp2p_control, devp2p, trust_atom, "trust")
CAF_ADD_ATOM(devp2p_control, devp2p, unban_atom, "unban")
CAF_ADD_ATOM(devp2p_control, devp2p, untrust_atom, "untrust")

CAF_END_TYPE_ID_BLOCK(devp2p_control)

static_assert(caf::id_block::devp2p_control::end <= devp2p::first_type_id + 116);
