// SPDX-License-Identifier: BSL-1.0
//
// A protocol whose handlers run in another process, and how its session ends when that process is
// killed.
//
// Two nodes in the first process hold a session over TCP. The handler of one is in the second
// process, and says so; the other's hears it.
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/actors/node.hpp"
#include "devp2p/actors/remote/middleman.hpp"
#include "devp2p/actors/remote/publishing.hpp"
#include "devp2p/actors/scheduling.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/on_events.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <caf/all.hpp>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <future>
#include <iostream>
#include <string>
#include <system_error>

using namespace devp2p;
using namespace std::chrono_literals;

/// Sends the number of the process in which it runs. It is written as for the node's own process.
handler_actor::behavior_type introduce(handler_actor::pointer self, const channel& link) {
  link.send(self, {0, blob{as_bytes(std::to_string(::getpid()))}});
  return {[](const packet&) {}};
}

handler_actor::behavior_type hear(handler_actor::pointer, const channel&,
                                  std::promise<std::string>* heard) {
  return {[=](const packet& message) {
    auto text = message.payload.view();
    heard->set_value({text.begin(), text.end()});
  }};
}

subscriber_actor::behavior_type await_end(subscriber_actor::pointer,
                                          std::promise<session_end>* ended) {
  return on_events([=](const peer_dropped& x) { ended->set_value(x.end); });
}

struct config : caf::actor_system_config {
  config() {
    add_types(*this);
    prefer_low_latency(*this);
    load_middleman(*this);
  }
};

/// Hosts handlers, writes the port to `line`, and returns the exit status when `line` ends.
int host(int line) {
  config settings;
  caf::actor_system system{settings};
  auto handlers = host_handlers(system, handled_by(introduce));
  auto port = publish(handlers);
  if (!port)
    std::cerr << describe(port.error()) << '\n';
  char any = 0;
  if (port && ::write(line, &*port, sizeof *port) == sizeof *port)
    while (::read(line, &any, sizeof any) < 0 && errno == EINTR)
      ;
  caf::anon_send_exit(handlers, caf::exit_reason::user_shutdown);
  return port ? 0 : 1;
}

/// The other process. Construct it before any thread starts, because it forks.
class far_process {
public:
  far_process() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || (id_ = ::fork()) < 0)
      throw std::system_error{errno, std::generic_category(), "no other process"};
    ::close(ends[id_ == 0 ? 0 : 1]);
    if (id_ == 0)
      ::_exit(host(ends[1]));
    line_ = ends[0];
  }
  far_process(const far_process&) = delete;
  far_process& operator=(const far_process&) = delete;
  ~far_process() {
    ::close(line_);
    ::waitpid(id_, nullptr, 0);
  }

  /// Waits for the port at which the process hosts handlers. Returns 0 if there is none.
  [[nodiscard]] std::uint16_t port() const {
    std::uint16_t out = 0;
    return ::read(line_, &out, sizeof out) == sizeof out ? out : std::uint16_t{0};
  }

  [[nodiscard]] pid_t id() const { return id_; }
  void kill() const { ::kill(id_, SIGKILL); }

private:
  pid_t id_ = -1;
  int line_ = -1;
};

template <class T>
T get(std::promise<T>& from, const T& otherwise) {
  auto value = from.get_future();
  return value.wait_for(10s) == std::future_status::ready ? value.get() : otherwise;
}

int main() {
  far_process far;
  std::promise<std::string> heard;
  std::promise<session_end> ended;
  net::asio_network network; // Outlives the actor system.
  config settings;
  caf::actor_system system{settings};
  auto handlers = connect<handler_host_actor>(system, {"127.0.0.1", far.port()});
  if (!handlers) {
    std::cerr << describe(handlers.error()) << '\n';
    return 1;
  }

  caf::scoped_actor self{system};
  auto complain = [](const caf::error& why) { std::cerr << describe(why) << '\n'; };
  auto start = [&](handler_factory handler) {
    node_config setup{crypto::private_key::generate()};
    setup.protocols = {{.name = "who", .version = 1, .length = 1, .spawn = std::move(handler)}};
    return spawn_node(system, network, std::move(setup));
  };

  auto server = start(handled_remotely(*handlers));
  enode url;
  request_from(self, server, caf::infinite, listen_atom_v, endpoint{"127.0.0.1", 0})
    .receive([&](const enode& where) { url = where; }, complain);

  auto client = start(handled_by(hear, &heard));
  auto events = system.spawn(await_end, &ended);
  anon_send_to(client, subscribe_atom_v, events);
  request_from(self, client, caf::infinite, dial_atom_v, url)
    .receive([](const peer_info& x) { std::cout << "met " << x.id.brief() << '\n'; }, complain);

  auto process = get(heard, std::string{"none"});
  std::cout << "the handler's process is " << process << ", this one is " << ::getpid()
            << "\nnow the handler's process is killed\n";
  far.kill();
  auto end = get(ended, session_end{});
  std::cout << "ended by " << (end.remote_requested ? "the remote" : "us") << ": "
            << to_string(end.reason) << '\n';
  for (const auto& node : {server, client})
    self->send_exit(node, caf::exit_reason::user_shutdown);
  self->send_exit(events, caf::exit_reason::user_shutdown);
  return process == std::to_string(far.id()) && end.remote_requested ? 0 : 1;
}
