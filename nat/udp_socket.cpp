// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/udp_socket.hpp"

#include "devp2p/nat/close_on_exec.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/multicast.hpp>
#include <asio/ip/udp.hpp>

#include <system_error>
#include <utility>

namespace devp2p::nat {

namespace {

using udp = asio::ip::udp;

std::optional<udp::endpoint> to_udp(const endpoint& x) {
  std::error_code error;
  auto address = asio::ip::make_address(x.host, error);
  if (error)
    return std::nullopt;
  return udp::endpoint{address, x.port};
}

endpoint to_endpoint(const udp::endpoint& x) {
  return {x.address().to_string(), x.port()};
}

failure because(const std::error_code& error, const std::string& where) {
  return {from_errno(error.value()), where + ": " + error.message()};
}

} // namespace

struct udp_socket::parts {
  asio::io_context context;
  udp::socket socket{context};

  static outcome<std::unique_ptr<parts>> open(const udp& protocol, const std::string& where) {
    std::error_code error;
    try {
      auto out = std::make_unique<parts>();
      nat::open(out->socket, protocol, error);
      if (!error)
        return out;
    } catch (const std::system_error& failure) {
      error = failure.code(); // Creating a context takes descriptors, too.
    }
    return because(error, where);
  }
};

udp_socket::udp_socket(std::unique_ptr<parts> all) : parts_(std::move(all)) {}
udp_socket::udp_socket(udp_socket&&) noexcept = default;
udp_socket& udp_socket::operator=(udp_socket&&) noexcept = default;
udp_socket::~udp_socket() = default;

outcome<udp_socket> udp_socket::open(const std::string& local_address) {
  auto at = to_udp({local_address, 0});
  if (!at)
    return failure{errc::invalid_endpoint, local_address};
  auto out = parts::open(at->protocol(), local_address);
  if (!out)
    return out.error();
  std::error_code error;
  auto& socket = (*out)->socket;
  socket.bind(*at, error);
  // Sends to a group leave by the interface of this address.
  if (!error && at->address().is_v4())
    socket.set_option(asio::ip::multicast::outbound_interface{at->address().to_v4()}, error);
  if (!error)
    socket.non_blocking(true, error);
  if (error)
    return because(error, local_address);
  return udp_socket{std::move(*out)};
}

outcome<udp_socket> udp_socket::join(const std::string& group, std::uint16_t port,
                                     const std::string& interface) {
  auto group_address = to_udp({group, port});
  auto local = to_udp({interface, 0});
  auto is_v4 = [](const auto& x) { return x && x->address().is_v4(); };
  if (!is_v4(group_address) || !is_v4(local))
    return failure{errc::invalid_endpoint, group};
  auto out = parts::open(udp::v4(), group);
  if (!out)
    return out.error();
  std::error_code error;
  auto& socket = (*out)->socket;
  socket.set_option(udp::socket::reuse_address{true}, error);
  // Binds to the group's address, so that no other datagrams arrive.
  if (!error)
    socket.bind(*group_address, error);
  if (!error)
    socket.set_option(
      asio::ip::multicast::join_group{group_address->address().to_v4(), local->address().to_v4()},
      error);
  if (!error)
    socket.non_blocking(true, error);
  if (error)
    return because(error, group);
  return udp_socket{std::move(*out)};
}

void udp_socket::send(byte_view content, const endpoint& to) {
  std::error_code ignored;
  if (auto there = to_udp(to))
    parts_->socket.send_to(asio::buffer(content.data(), content.size()), *there, 0, ignored);
}

std::optional<datagram> udp_socket::receive() {
  datagram out;
  out.content.resize(max_datagram);
  udp::endpoint from;
  std::error_code error;
  auto size = parts_->socket.receive_from(asio::buffer(out.content), from, 0, error);
  if (error)
    return std::nullopt;
  out.content.resize(size);
  out.from = to_endpoint(from);
  return out;
}

std::optional<datagram> udp_socket::receive(const interrupt& stop, deadline until) {
  while (stop.readable({descriptor()}, until))
    if (auto out = receive()) // Otherwise the system has reported a refused datagram.
      return out;
  return std::nullopt;
}

int udp_socket::descriptor() const {
  return parts_->socket.native_handle();
}

endpoint udp_socket::local() const {
  std::error_code ignored;
  return to_endpoint(parts_->socket.local_endpoint(ignored));
}

} // namespace devp2p::nat
