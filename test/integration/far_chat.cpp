// SPDX-License-Identifier: BSL-1.0
//
// A host of typed handlers in its own process. Prints its port, and what its handlers hear. A line
// on stdin is said to all, but `?` asks each who it is; the end of stdin ends the process.
#include "far_chat.hpp"

#include "devp2p/actors/ended_with_scope.hpp"
#include "devp2p/actors/remote/middleman.hpp"
#include "devp2p/actors/remote/publishing.hpp"
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/actors/typed/members.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <iostream>

using namespace devp2p;
using namespace devp2p::test;
using namespace std::chrono_literals;

chat::behavior talk(chat::handler_pointer self, const chat::channel& link,
                    const members<chat>& all) {
  all.join(self, link);
  std::cout << "begun" << std::endl;
  return {[](const say& x) { std::cout << "heard: " << x.text << std::endl; },
          [](const who&) { return name{.text = "far"}; }};
}

void ask(const members<chat>& all, const node_id& id) {
  if (auto link = all.find(id))
    link->request(1s, who{}).then(
      [](const name& x) { std::cout << "asked: " << x.text << std::endl; },
      [](const caf::error& why) { std::cout << "asked: " << describe(why) << std::endl; });
}

int main() {
  connected_system_config config;
  caf::actor_system system{config};
  members<chat> all;
  auto host = host_handlers(system, chat::factory(talk, all));
  const ended_with_scope ending{host};
  auto port = publish(host);
  if (!port)
    return 1;
  std::cout << *port << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    if (line == "?")
      for (const auto& id : all.ids())
        ask(all, id);
    else
      std::cout << "told: " << all.send_all(say{line}) << std::endl;
}
