// SPDX-License-Identifier: BSL-1.0
#include "stop_signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace devp2p::tool {

namespace {

int opened(int descriptor) {
  if (descriptor < 0)
    throw std::system_error{errno, std::generic_category(), "cannot wait for signals"};
  return descriptor;
}

/// The number of the signal that came; 0 if `finished` is readable. A signal that is there counts
/// first.
int next_signal(int signals, int finished) {
  pollfd either[] = {{signals, POLLIN, 0}, {finished, POLLIN, 0}};
  while (::poll(either, 2, -1) < 0)
    ;
  signalfd_siginfo which{};
  if ((either[0].revents & POLLIN) != 0 &&
      ::read(signals, &which, sizeof which) == static_cast<ssize_t>(sizeof which))
    return static_cast<int>(which.ssi_signo);
  return 0;
}

} // namespace

stop_signals::stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = opened(::signalfd(-1, &set, SFD_CLOEXEC));
  finished_ = opened(::eventfd(0, EFD_CLOEXEC));
}

stop_signals::~stop_signals() {
  ::close(signals_);
  ::close(finished_);
}

void stop_signals::finish() {
  ::eventfd_write(finished_, 1);
}

bool stop_signals::wait() {
  return next_signal(signals_, finished_) != 0;
}

void stop_signals::wait_until_finished() {
  if (auto signal = next_signal(signals_, finished_))
    ::_exit(128 + signal);
}

} // namespace devp2p::tool
