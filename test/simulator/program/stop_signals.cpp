// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/stop_signals.hpp"

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

sigset_t stopping() {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGINT);
  sigaddset(&out, SIGTERM);
  return out;
}

void end_at_once(int signal) {
  ::_exit(128 + signal);
}

/// Lets this thread handle the next signal, so that it does not matter which other thread is stuck.
void let_next_end_at_once() {
  struct sigaction what {};
  what.sa_handler = end_at_once;
  ::sigaction(SIGINT, &what, nullptr);
  ::sigaction(SIGTERM, &what, nullptr);
  auto set = stopping();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

} // namespace

stop_signals::stop_signals() {
  auto set = stopping();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = opened(::signalfd(-1, &set, SFD_CLOEXEC));
  asked_ = opened(::eventfd(0, EFD_CLOEXEC));
  finished_ = opened(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

stop_signals::~stop_signals() {
  for (auto x : {signals_, asked_, finished_})
    ::close(x);
}

void stop_signals::finish() {
  ::eventfd_write(finished_, 1);
}

void stop_signals::begin_again() {
  eventfd_t count = 0;
  ::eventfd_read(finished_, &count);
}

void stop_signals::ask() {
  ::eventfd_write(asked_, 1);
}

bool stop_signals::wait() {
  pollfd any[] = {{signals_, POLLIN, 0}, {asked_, POLLIN, 0}, {finished_, POLLIN, 0}};
  while (::poll(any, 3, -1) < 0)
    ;
  signalfd_siginfo which{};
  // A pending signal has precedence, and is consumed: it does not count as the further one.
  const auto signalled =
    (any[0].revents & POLLIN) != 0 && ::read(signals_, &which, sizeof which) == sizeof which;
  if (!signalled && (any[1].revents & POLLIN) == 0)
    return false;
  let_next_end_at_once();
  return true;
}

void stop_signals::wait_until_finished() {
  let_next_end_at_once();
  pollfd one{finished_, POLLIN, 0};
  while (::poll(&one, 1, -1) < 0)
    ;
}

} // namespace devp2p::tool
