// SPDX-License-Identifier: BSL-1.0
#include "reporter.hpp"

#include <iostream>

namespace devp2p::tool {

namespace {

/// Who reads a pipe wants each line when it happens.
void print(const std::string& line) {
  std::cout << line + '\n' << std::flush;
}

} // namespace

reporter_actor::behavior_type reporter(reporter_actor::pointer self, node_actor node, style how) {
  return {
    [=](const peer_added& x) { print(event_line(how, x)); },
    [=](const peer_dropped& x) { print(event_line(how, x)); },
    [=](const session_failed& x) { print(event_line(how, x)); },
    [=](const message_event& x) { print(event_line(how, x)); },
    [=](dial_atom, const enode& target) {
      auto on_session = [](const peer_info&) {}; // There is an event of it.
      auto on_error = [=](const caf::error& why) {
        print(dial_failed_line(how, target, describe(why)));
      };
      self->request(node, caf::infinite, dial_atom::value, target).then(on_session, on_error);
    },
  };
}

mapping_subscriber_actor::behavior_type mapping_reporter(mapping_subscriber_actor::pointer,
                                                         style how) {
  return {
    [=](const port_mapped& x) { print(event_line(how, x)); },
    [=](const port_renewed& x) { print(event_line(how, x)); },
    [=](const port_lost& x) { print(event_line(how, x)); },
    [=](const external_changed& x) { print(event_line(how, x)); },
    [=](const mapping_failed& x) { print(event_line(how, x)); },
  };
}

} // namespace devp2p::tool
