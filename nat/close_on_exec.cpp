// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/close_on_exec.hpp"

#include <fcntl.h>

#include <charconv>
#include <filesystem>

namespace devp2p::nat {

using tcp = asio::ip::tcp;

tcp::acceptor listen_on_loopback(asio::io_context& context) {
  tcp::acceptor out{context};
  std::error_code error;
  open(out, tcp::v4(), error);
  if (error)
    throw std::system_error{error};
  out.non_blocking(true);
  out.bind({asio::ip::address_v4::loopback(), 0});
  out.listen();
  return out;
}

void accept(tcp::acceptor& acceptor, tcp::socket& into, std::error_code& error) {
  auto descriptor = ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
  if (descriptor < 0) {
    error.assign(errno, asio::error::get_system_category());
    return;
  }
  into.assign(tcp::v4(), descriptor, error);
  if (error)
    ::close(descriptor);
}

void set_close_on_exec(const tcp::endpoint& local) {
  std::error_code ignored;
  for (const auto& x : std::filesystem::directory_iterator{"/proc/self/fd", ignored}) {
    auto name = x.path().filename().string();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    tcp::endpoint its;
    auto size = static_cast<socklen_t>(its.capacity());
    if (::getsockname(descriptor, its.data(), &size) == 0 && size == local.size() && its == local)
      ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
}

} // namespace devp2p::nat
