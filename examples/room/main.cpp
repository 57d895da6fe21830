// SPDX-License-Identifier: BSL-1.0
//
// A chat. Each user runs a node, `room Ada kitchen garden`, which prints its URL, and dials those
// of others, `room Alan kitchen enode://…`. Then type `say ROOM TEXT`, `whois NAME`, `ban NAME` or
// `metrics`, until the end of input. With `--old`, the node offers version 1 only.
#include "protocol.hpp"

#include "devp2p/actors/ended_with_scope.hpp"
#include "devp2p/actors/scoped_node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/actors/typed/members.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/all.hpp>

#include <iostream>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <syncstream>
#include <utility>

using namespace devp2p;
using namespace devp2p::room;
using namespace std::chrono_literals;

/// The reason for which a ban ends a session. Whoever is told it dials no more.
constexpr auto ban_reason = disconnect_reason::useless_peer;

/// The state that the user and all sessions share. Thread-safe, once the rooms are there.
struct hall {
  members<chat> guests;
  std::map<std::string, members<chat>> rooms; // Ours, each with the guests who are in it.

  /// Returns false if it is banned already.
  bool ban(const node_id& id) {
    std::lock_guard guard{mutex};
    return banned.insert(id).second;
  }
  bool bans(const node_id& id) {
    std::lock_guard guard{mutex};
    return banned.contains(id);
  }

  std::mutex mutex; // Guards what follows.
  std::set<node_id> banned;
};

void print(const std::string& line) {
  std::osyncstream{std::cout} << line << std::endl;
}

std::string name_of(const chat::channel& guest) {
  return printable(guest.link().remote.client_id);
}

/// Handles the session with one guest.
chat::behavior receive(chat::handler_pointer self, const chat::channel& guest, hall* here) {
  if (here->bans(guest.remote())) {
    self->quit(local_disconnect(ban_reason));
  } else {
    here->guests.join(self, guest);
    for (const auto& [room, present] : here->rooms)
      guest.send(self, enter{room});
  }
  return {
    [=](const enter& x) {
      if (auto room = here->rooms.find(x.room); room != here->rooms.end()) {
        room->second.join(self, guest);
        print(name_of(guest) + " is in " + x.room);
      }
    },
    [=](const say& x) {
      if (here->rooms.contains(x.room))
        print(x.room + ": " + name_of(guest) + ": " + printable(x.text));
    },
    [=](const whois&) { return profile{.rooms = here->rooms.size()}; },
  };
}

void ask(const chat::channel& guest) {
  auto name = name_of(guest);
  if (!guest.has<whois>())
    return print(name + " cannot be asked in version 1");
  guest.request(2s, whois{})
    .then(
      [=](const profile& x) { print(name + " is in so many rooms: " + std::to_string(x.rooms)); },
      [=](const caf::error& why) { print(name + " is silent: " + describe(why)); });
}

using dialler_actor = subscriber_actor::extend<reacts_to<tick_atom>>;

struct dialling {
  dialling() = default;
  bool is_due = false; // Whether it dials soon.
};

/// Dials a node, and again when that fails or the session ends, until we are banned there.
dialler_actor::behavior_type keep_dialling(dialler_actor::stateful_pointer<dialling> self,
                                           const node_actor& node, const enode& to) {
  auto dial_later = [=] {
    if (!std::exchange(state_of(self).is_due, true))
      send_later_to(self, 500ms, self, tick_atom_v);
  };
  auto on_end = [=](const node_id& id, const session_end& end) {
    if (id == to.id && end.reason == ban_reason)
      self->quit();
    else if (id == to.id)
      dial_later();
  };
  send_to(self, node, subscribe_atom_v, subscriber_actor{dialler_actor{self}});
  send_to(self, self, tick_atom_v);
  return on_events<dialler_actor>(
    [=](tick_atom) {
      state_of(self).is_due = false;
      // A dial that the node refuses has no session, and so no event of its end.
      request_from(self, node, caf::infinite, dial_atom_v, to)
        .then([](const peer_info&) {}, [=](const caf::error&) { dial_later(); });
    },
    [=](const peer_dropped& x) { on_end(x.id, x.end); },
    [=](const session_failed& x) { on_end(x.id, x.end); });
}

/// Prints the guests in each room and the messages of each guest, for programs that collect them.
void print_metrics(const hall& here, const scoped_node& node) {
  for (const auto& [room, present] : here.rooms)
    print("present{room=\"" + room + "\"} " + std::to_string(present.size()));
  for (const auto& guest : node.peers())
    for (const auto& x : guest.protocols)
      print("messages{guest=\"" + guest.id.brief() + "\"} " + std::to_string(x.counts.messages_in));
}

/// Does what the user has typed.
void obey(const std::string& line, hall& here, const scoped_node& node) {
  std::istringstream in{line};
  std::string verb, what, text;
  std::getline(in >> verb >> what >> std::ws, text);
  auto guest = here.guests.find_if([&](const chat::channel& x) { return name_of(x) == what; });
  if (verb == "metrics")
    print_metrics(here, node);
  else if (verb == "say" && here.rooms.contains(what))
    here.rooms.at(what).send_all(say{what, text});
  else if (verb == "whois" && guest)
    ask(*guest);
  else if (verb == "ban" && guest && here.ban(guest->remote()))
    node.close(guest->remote(), ban_reason);
  else
    print("no such word, room or guest");
}

int main(int argc, char** argv) {
  hall here; // Outlives the actor system, and so does the network.
  net::asio_network network;
  system_config config;
  caf::actor_system system{config};
  node_config setup{crypto::private_key::generate()};
  setup.limits.client_id = argc > 1 ? argv[1] : "nobody";
  setup.protocols = chat::handled_by(receive, &here);
  const std::vector<std::string> words{argv + (argc > 1 ? 2 : 1), argv + argc};
  for (const auto& word : words)
    if (word == "--old")
      setup.protocols.pop_back();
    else if (!enode::parse(word))
      here.rooms[word];
  scoped_node node{system, network, std::move(setup)};
  auto url = node.listen({"127.0.0.1", 0});
  print(url ? to_string(*url) : describe(url.error()));
  std::list<ended_with_scope> diallers;
  for (const auto& word : words)
    if (auto other = enode::parse(word))
      diallers.emplace_back(system.spawn(keep_dialling, node.handle(), *other));
  for (std::string line; std::getline(std::cin, line);)
    obey(line, here, node);
}
