// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace devp2p::nat {

interrupt::interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (event_ < 0)
    throw std::system_error{errno, std::generic_category(), "eventfd"};
}

interrupt::~interrupt() {
  ::close(event_);
}

void interrupt::raise() {
  ::eventfd_write(event_, 1);
}

void interrupt::clear() {
  eventfd_t ignored;
  ::eventfd_read(event_, &ignored);
}

bool interrupt::raised() const {
  pollfd event{event_, POLLIN, 0};
  return ::poll(&event, 1, 0) > 0;
}

std::optional<std::size_t> interrupt::readable(std::initializer_list<int> descriptors,
                                               deadline until) const {
  std::vector<pollfd> all{{event_, POLLIN, 0}};
  for (auto x : descriptors)
    all.push_back({x, POLLIN, 0});
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - deadline::clock::now());
    if (left.count() <= 0) // Otherwise a remote that sends without a pause could keep us here.
      return std::nullopt;
    auto found = ::poll(all.data(), all.size(), static_cast<int>(left.count()));
    if (found < 0 && errno == EINTR)
      continue;
    if (found <= 0 || all.front().revents != 0)
      return std::nullopt;
    auto ready =
      std::find_if(all.begin() + 1, all.end(), [](const pollfd& x) { return x.revents != 0; });
    return static_cast<std::size_t>(ready - all.begin()) - 1;
  }
}

} // namespace devp2p::nat
