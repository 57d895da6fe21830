// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/remote/bounded_middleman.hpp"

#include <caf/detail/socket_guard.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman_actor_impl.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/openssl/session.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

namespace devp2p {

namespace {

using caf::io::network::default_multiplexer;
using caf::io::network::native_socket;
using caf::io::network::rw_state;

template <class T>
T value_or_nothing(caf::expected<T> from) {
  return from ? std::move(*from) : T{};
}

/// The reading and writing that CAF's stream uses: through TLS.
class tls_policy {
public:
  explicit tls_policy(caf::openssl::session_ptr session) : session_(std::move(session)) {}

  rw_state read_some(std::size_t& result, native_socket socket, void* to, std::size_t size) {
    return session_->read_some(result, socket, to, size);
  }

  rw_state write_some(std::size_t& result, native_socket socket, const void* from,
                      std::size_t size) {
    return session_->write_some(result, socket, from, size);
  }

  bool must_read_more(native_socket socket, std::size_t threshold) {
    return session_->must_read_more(socket, threshold);
  }

private:
  caf::openssl::session_ptr session_;
};

/// A connection with certificates.
class tls_scribe : public caf::io::scribe {
public:
  tls_scribe(default_multiplexer& loop, native_socket socket, caf::openssl::session_ptr session)
    : scribe(caf::io::network::conn_hdl_from_socket(socket)),
      stream_(loop, socket, std::move(session)) {}

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (std::exchange(launched_, true))
      return;
    stream_.start(this);
    // TLS has to write before the application does.
    stream_.force_empty_write(this);
  }

  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void flush() override { stream_.flush(this); }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }

  [[nodiscard]] std::string addr() const override {
    return value_or_nothing(caf::io::network::remote_addr_of_fd(stream_.fd()));
  }

  [[nodiscard]] std::uint16_t port() const override {
    return value_or_nothing(caf::io::network::remote_port_of_fd(stream_.fd()));
  }

protected:
  caf::io::network::stream_impl<tls_policy> stream_;

private:
  bool launched_ = false;
};

/// Returns whether the certificate files can be read. CAF reads them for each connection, and leaks
/// memory each time it cannot.
bool are_readable(const caf::actor_system_config& config) {
  const auto all = {config.openssl_certificate, config.openssl_key, config.openssl_cafile};
  return std::all_of(all.begin(), all.end(), [](const std::string& path) {
    return path.empty() || std::ifstream{path}.is_open();
  });
}

/// Begins TLS on `socket`. If that fails, closes the socket.
caf::expected<caf::io::scribe_ptr> begin_tls(const connection_bounds& bounds,
                                             default_multiplexer& loop, native_socket socket,
                                             bool accepted) {
  caf::detail::socket_guard guard{socket};
  if (!are_readable(loop.system().config()))
    return caf::make_error(caf::sec::cannot_connect_to_node,
                           "the certificates cannot be read: " +
                             std::generic_category().message(errno));
  caf::openssl::session_ptr session;
  try {
    caf::io::network::nonblocking(socket, true);
    session = caf::openssl::make_session(loop.system(), socket, accepted);
  } catch (const std::exception& what) {
    return caf::make_error(caf::sec::cannot_connect_to_node, std::string{what.what()});
  }
  if (!session)
    return caf::sec::cannot_connect_to_node;
  auto out = make_bounded<tls_scribe>(bounds, loop, socket, std::move(session));
  guard.release(); // The connection owns it now.
  return out;
}

/// Accepts connections with certificates.
class tls_doorman : public caf::io::network::doorman_impl {
public:
  tls_doorman(const connection_bounds& bounds, default_multiplexer& loop, native_socket socket)
    : doorman_impl(loop, socket),
      bounds_(bounds) {}

  bool new_connection() override {
    auto socket = acceptor_.accepted_socket();
    auto& loop = acceptor_.backend();
    // The broker may have closed this doorman in the turn of the loop that accepted the connection.
    if (detached()) {
      caf::io::network::close_socket(socket);
      return false;
    }
    auto connection = begin_tls(bounds_, loop, socket, true);
    if (!connection)
      return false;
    auto handle = (*connection)->hdl();
    parent()->add_scribe(std::move(*connection));
    return doorman::new_connection(&loop, handle);
  }

private:
  const connection_bounds bounds_;
};

/// CAF's middleman actor, with connections and doormen that use certificates and are bounded.
class tls_middleman_actor : public caf::io::middleman_actor_impl {
public:
  tls_middleman_actor(caf::actor_config& config, caf::actor broker, const connection_bounds& bounds)
    : middleman_actor_impl(config, std::move(broker)),
      bounds_(bounds) {}

  [[nodiscard]] const char* name() const override { return "certified middleman actor"; }

protected:
  caf::expected<caf::io::scribe_ptr> connect(const std::string& host, std::uint16_t port) override {
    auto socket = caf::io::network::new_tcp_connection(host, port);
    if (!socket)
      return std::move(socket.error());
    return begin_tls(bounds_, loop(), *socket, false);
  }

  caf::expected<caf::io::doorman_ptr> open(std::uint16_t port, const char* address,
                                           bool reuse) override {
    auto socket = caf::io::network::new_tcp_acceptor_impl(port, address, reuse);
    if (!socket)
      return std::move(socket.error());
    return caf::make_counted<tls_doorman>(bounds_, loop(), *socket);
  }

private:
  default_multiplexer& loop() {
    return dynamic_cast<default_multiplexer&>(system().middleman().backend());
  }

  const connection_bounds bounds_;
};

} // namespace

void bounded_middleman::start() {
  middleman::start();
  if (system().has_openssl_manager())
    // Detached, because it waits for the system's resolver and for connections.
    certified_ = system().spawn<tls_middleman_actor, caf::detached + caf::hidden>(
      named_broker<caf::io::basp_broker>(caf::atom("BASP")), bounds_);
}

void bounded_middleman::stop() {
  if (certified_) {
    caf::scoped_actor self{system(), true};
    self->send_exit(certified_, caf::exit_reason::kill);
    self->wait_for(certified_);
    certified_ = nullptr;
  }
  middleman::stop();
}

} // namespace devp2p
