// SPDX-License-Identifier: BSL-1.0
#include "lab.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/ip/v6_only.hpp>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>

namespace devp2p::test {

namespace {

using tcp = asio::ip::tcp;

constexpr auto connect_limit = std::chrono::milliseconds{700};

void shell(const std::string& command) {
  if (std::system(command.c_str()) != 0)
    throw std::runtime_error{"failed: " + command};
}

void enter(const std::string& where) {
  auto name = ::open(("/run/netns/" + where).c_str(), O_RDONLY | O_CLOEXEC);
  if (name < 0 || ::setns(name, CLONE_NEWNET) != 0)
    throw std::runtime_error{"cannot enter the namespace " + where};
  ::close(name);
}

} // namespace

lab& lab::instance() {
  static lab it;
  return it;
}

lab::lab() {
  run("up");
}

void lab::run(const std::string& command) {
  shell("sh " DEVP2P_LAB " " + command);
}

void lab::run_at(const std::string& where, const std::string& command) {
  shell("PATH=$PATH:/usr/sbin:/sbin ip netns exec " + where + ' ' + command);
}

void lab::at(const std::string& where, const std::function<void()>& what) {
  std::exception_ptr failure;
  std::thread{[&] {
    try {
      enter(where);
      what();
    } catch (...) {
      failure = std::current_exception();
    }
  }}.join();
  if (failure)
    std::rethrow_exception(failure);
}

void lab::reset(const std::string& kind) {
  stop_upnpd("KILL");
  if (std::exchange(moved_, false))
    run(std::string{"wan rA "} + router);
  run("nat rA " + kind);
}

void lab::set_external(const std::string& address) {
  run("wan rA " + address);
  moved_ = true;
}

void lab::start_upnpd(const std::string& more) {
  run("upnpd rA " + more);
  upnpd_runs_ = true;
}

void lab::stop_upnpd(const std::string& signal) {
  if (std::exchange(upnpd_runs_, false))
    run("upnpd-stop rA " + signal);
}

void lab::reboot_router() {
  reset();
  start_upnpd();
}

listening_at::listening_at(const std::string& where, std::uint16_t port, bool v6) {
  lab::at(where, [&] {
    static asio::io_context context;
    tcp::acceptor out{context};
    out.open(v6 ? tcp::v6() : tcp::v4());
    out.set_option(tcp::acceptor::reuse_address{true});
    if (v6)
      out.set_option(asio::ip::v6_only{true});
    out.bind({v6 ? tcp::v6() : tcp::v4(), port});
    out.listen();
    socket_ = out.release();
  });
}

listening_at::~listening_at() {
  ::close(socket_);
}

bool reaches(const std::string& from, const endpoint& to) {
  auto out = false;
  lab::at(from, [&] {
    asio::io_context context;
    tcp::socket socket{context};
    socket.async_connect({asio::ip::make_address(to.host), to.port},
                         [&](const std::error_code& error) { out = !error; });
    context.run_for(connect_limit);
  });
  return out;
}

void send_datagram(const std::string& from, const endpoint& to, byte_view content) {
  lab::at(from, [&] {
    using udp = asio::ip::udp;
    asio::io_context context;
    udp::socket socket{context, udp::v4()};
    socket.send_to(asio::buffer(content.data(), content.size()),
                   {asio::ip::make_address(to.host), to.port});
  });
}

bool within(std::chrono::milliseconds limit, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return true;
}

} // namespace devp2p::test
