// SPDX-License-Identifier: BSL-1.0
//
// A protocol whose handlers run in another process, and how its session ends when that process is
// killed.
//
// Two nodes in the first process hold a session over TCP. The handler of one is in the second
// process, and says so; the other's hears it.
#include "devp2p/actors/remote/remote_handler.hpp"
#include "devp2p/actors/ended_with_scope.hpp"
#include "devp2p/actors/remote/middleman.hpp"
#include "devp2p/actors/remote/publishing.hpp"
#include "devp2p/actors/scoped_node.hpp"
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

/// Hosts handlers, writes the port to `line`, and returns the exit status when `line` ends.
int host(int line) {
  connected_system_config config;
  caf::actor_system system{config};
  auto handlers = host_handlers(system, handled_by(introduce));
  const ended_with_scope ending{handlers};
  auto port = publish(handlers);
  if (!port)
    std::cerr << describe(port.error()) << '\n';
  char any = 0;
  if (port && ::write(line, &*port, sizeof *port) == sizeof *port)
    while (::read(line, &any, sizeof any) < 0 && errno == EINTR)
      ;
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
  connected_system_config config;
  caf::actor_system system{config};
  auto handlers = connect<handler_host_actor>(system, {"127.0.0.1", far.port()});
  if (!handlers) {
    std::cerr << describe(handlers.error()) << '\n';
    return 1;
  }

  auto setup = [](handler_factory handler) {
    node_config out{crypto::private_key::generate()};
    out.protocols = {{.name = "who", .version = 1, .length = 1, .spawn = std::move(handler)}};
    return out;
  };
  scoped_node server{system, network, setup(handled_remotely(*handlers))};
  scoped_node client{system, network, setup(handled_by(hear, &heard))};
  client.subscribe([&](const peer_dropped& x) { ended.set_value(x.end); });
  auto url = server.listen({"127.0.0.1", 0});
  auto met = url ? client.dial(*url) : url.error();
  if (!met) {
    std::cerr << describe(met.error()) << '\n';
    return 1;
  }
  std::cout << "met " << met->id.brief() << '\n';

  auto process = get(heard, std::string{"none"});
  std::cout << "the handler's process is " << process << ", this one is " << ::getpid()
            << "\nnow the handler's process is killed\n";
  far.kill();
  auto end = get(ended, session_end{});
  std::cout << "ended by " << (end.remote_requested ? "the remote" : "us") << ": "
            << to_string(end.reason) << '\n';
  return process == std::to_string(far.id()) && end.remote_requested ? 0 : 1;
}
