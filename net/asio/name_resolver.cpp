// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/asio/name_resolver.hpp"

#include <netdb.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace devp2p::net {

namespace {

/// Returns why there is no address. The system's resolver rarely says that it could open no file
/// and no socket; `number`, its `errno`, does.
errc failure_of(int status, int number) {
  if (status == EAI_MEMORY)
    return errc::out_of_memory;
  auto why = from_errno(number);
  if (why == errc::too_many_files || why == errc::out_of_memory)
    return why;
  return status == EAI_SYSTEM ? why : errc::no_such_host;
}

expected<tcp_endpoints> look_up(const endpoint& what) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  errno = 0;
  auto status = ::getaddrinfo(what.host.c_str(), std::to_string(what.port).c_str(), &hints, &found);
  if (status != 0)
    return failure_of(status, errno);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard{found, &::freeaddrinfo};
  tcp_endpoints out;
  for (const auto* x = found; x != nullptr; x = x->ai_next) {
    asio::ip::tcp::endpoint address;
    if ((x->ai_family != AF_INET && x->ai_family != AF_INET6) || x->ai_addrlen > address.capacity())
      continue;
    address.resize(x->ai_addrlen);
    std::memcpy(address.data(), x->ai_addr, x->ai_addrlen);
    out.push_back(address);
  }
  if (out.empty())
    return errc::no_such_host;
  return out;
}

} // namespace

/// State that the resolver and its threads share. A client is called under the lock: so none is
/// called once the resolver is gone, and with it the loops that clients live on.
class name_resolver::state : public std::enable_shared_from_this<state> {
public:
  void resolve(const endpoint& what, std::weak_ptr<client> who) {
    std::lock_guard guard{mutex_};
    // Clients that gave up while all threads were busy.
    std::erase_if(waiting_, [](const lookup& x) { return x.who.expired(); });
    waiting_.push_back({what, std::move(who)});
    if (threads_ == max_threads)
      return;
    try {
      std::thread{[self = shared_from_this()] { self->run(); }}.detach();
      ++threads_;
    } catch (const std::system_error&) {
      // The system has no thread to give. A thread that runs will do this lookup, too, if there is
      // one.
      if (threads_ == 0)
        tell(std::exchange(waiting_, {}), errc::out_of_memory);
    }
  }

  void close() {
    std::lock_guard guard{mutex_};
    waiting_.clear();
    closed_ = true;
  }

private:
  struct lookup {
    endpoint what;
    std::weak_ptr<client> who;
  };

  static void tell(const std::deque<lookup>& whom, errc why) {
    for (const auto& x : whom)
      if (auto who = x.who.lock())
        tell(*who, why);
  }

  /// Calls `whom`. A client that has no memory for the result waits until its own deadline.
  static void tell(client& whom, const expected<tcp_endpoints>& result) {
    try {
      whom.on_resolved(result);
    } catch (const std::bad_alloc&) {
      return;
    }
  }

  /// Runs one lookup after the other, until none waits.
  void run() {
    std::unique_lock guard{mutex_};
    while (!waiting_.empty()) {
      auto [what, who] = std::move(waiting_.front());
      waiting_.pop_front();
      if (who.expired())
        continue;
      guard.unlock();
      auto result = guarded_look_up(what);
      guard.lock();
      if (closed_)
        break;
      if (auto there = who.lock())
        tell(*there, result);
    }
    --threads_;
  }

  static expected<tcp_endpoints> guarded_look_up(const endpoint& what) {
    try {
      return look_up(what);
    } catch (const std::bad_alloc&) {
      return errc::out_of_memory;
    }
  }

  std::mutex mutex_;
  std::deque<lookup> waiting_;
  std::size_t threads_ = 0;
  bool closed_ = false;
};

name_resolver::name_resolver() : state_(std::make_shared<state>()) {}

name_resolver::~name_resolver() {
  state_->close();
}

void name_resolver::resolve(const endpoint& what, std::weak_ptr<client> who) {
  assert(what.has_valid_host());
  state_->resolve(what, std::move(who));
}

tcp_endpoints interleaved(const tcp_endpoints& all) {
  tcp_endpoints first;
  tcp_endpoints second;
  for (const auto& x : all)
    (x.protocol() == all.front().protocol() ? first : second).push_back(x);
  tcp_endpoints out;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size())
      out.push_back(first[i]);
    if (i < second.size())
      out.push_back(second[i]);
  }
  return out;
}

} // namespace devp2p::net
