// SPDX-License-Identifier: BSL-1.0
#include "reporter.hpp"

#include "devp2p/messages/caf.hpp"

namespace devp2p::tool {

namespace {

/// Ends `self` with `source`. All events that `source` has sent arrive before the message of its
/// end.
template <class Self, class Handle>
void end_with(Self* self, const Handle& source) {
  self->monitor(source);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
}

} // namespace

reporter_actor::behavior_type reporter(reporter_actor::pointer self, node_actor node,
                                       const printer* out) {
  auto print = [out](const auto& event) { out->print(event_line(out->how(), event)); };
  end_with(self, node);
  return {
    [=](const peer_added& x) { print(x); },
    [=](const peer_dropped& x) { print(x); },
    [=](const session_failed& x) { print(x); },
    [=](const message_event& x) { print(x); },
    [=](dial_atom, const enode& target) {
      auto on_session = [](const peer_info&) {}; // The event `peer_added` reports it.
      auto on_error = [=](const caf::error& why) {
        out->print(dial_failed_line(out->how(), target, describe(why)));
      };
      request_from(self, node, caf::infinite, dial_atom_v, target).then(on_session, on_error);
    },
  };
}

mapping_subscriber_actor::behavior_type mapping_reporter(mapping_subscriber_actor::pointer self,
                                                         const caf::actor& source,
                                                         const printer* out) {
  auto print = [out](const auto& event) { out->print(event_line(out->how(), event)); };
  end_with(self, source);
  return {
    [=](const port_mapped& x) { print(x); },    [=](const port_renewed& x) { print(x); },
    [=](const port_lost& x) { print(x); },      [=](const external_changed& x) { print(x); },
    [=](const mapping_failed& x) { print(x); },
  };
}

} // namespace devp2p::tool
