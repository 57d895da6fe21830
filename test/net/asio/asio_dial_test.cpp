// SPDX-License-Identifier: BSL-1.0
//
// Dials of names. This file replaces the resolver of the system: it gives the answers that a case
// wants, as late as the case wants.
#include "devp2p/net/asio/asio_network.hpp"
#include "devp2p/net/asio/name_resolver.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <thread>

namespace devp2p::net {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// Far longer than anything here takes, and far shorter than the system waits for an answer to a
/// SYN.
constexpr auto patience = 20s;

/// The addresses of names, until the case is over.
class names {
public:
  static names& all() {
    static names out;
    return out;
  }

  void clear() {
    std::lock_guard guard{mutex_};
    known_.clear();
    asked_.clear();
  }

  void add(const std::string& name, std::vector<std::string> addresses, int status = 0,
           int number = 0) {
    std::lock_guard guard{mutex_};
    known_[name] = {std::move(addresses), status, number, false};
  }

  /// Lets every lookup of `name` wait until `release`.
  void hold(const std::string& name) {
    std::lock_guard guard{mutex_};
    known_[name] = {{"127.0.0.1"}, 0, 0, true};
  }

  void release() {
    std::lock_guard guard{mutex_};
    for (auto& [name, x] : known_)
      x.held = false;
    changed_.notify_all();
  }

  /// Waits until `count` names were asked for.
  void await_questions(std::size_t count) {
    std::unique_lock guard{mutex_};
    BOOST_REQUIRE(changed_.wait_for(guard, patience, [&] { return asked_.size() >= count; }));
  }

  std::vector<std::string> asked() {
    std::lock_guard guard{mutex_};
    return asked_;
  }

  int answer(const char* name, const char* service, addrinfo** out) {
    std::unique_lock guard{mutex_};
    asked_.emplace_back(name);
    changed_.notify_all();
    changed_.wait(guard, [&] { return !known_[name].held; });
    const auto& found = known_[name];
    if (found.addresses.empty()) {
      errno = found.number;
      return found.status != 0 ? found.status : EAI_NONAME;
    }
    for (const auto& x : found.addresses) {
      *out = entry(x, static_cast<std::uint16_t>(std::stoi(service)));
      out = &(*out)->ai_next;
    }
    return 0;
  }

private:
  struct known {
    std::vector<std::string> addresses;
    int status = 0;
    int number = 0;
    bool held = false;
  };

  static addrinfo* entry(const std::string& address, std::uint16_t port) {
    auto* out = new addrinfo{};
    out->ai_socktype = SOCK_STREAM;
    auto* place = new sockaddr_storage{};
    out->ai_addr = reinterpret_cast<sockaddr*>(place);
    if (address.find(':') == address.npos) {
      auto* v4 = reinterpret_cast<sockaddr_in*>(place);
      *v4 = {};
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port);
      inet_pton(AF_INET, address.c_str(), &v4->sin_addr);
      out->ai_addrlen = sizeof *v4;
    } else {
      auto* v6 = reinterpret_cast<sockaddr_in6*>(place);
      v6->sin6_family = AF_INET6;
      v6->sin6_port = htons(port);
      inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr);
      out->ai_addrlen = sizeof *v6;
    }
    out->ai_family = place->ss_family;
    return out;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, known> known_;
  std::vector<std::string> asked_;
};

using stream_result = expected<std::unique_ptr<stream>>;

/// A dial and its outcome.
class dialling {
public:
  dialling(network& by, const endpoint& to) : pending_(by.dial(to, handler())) {}
  dialling(network& by, const endpoint& from, const endpoint& to)
    : pending_(by.dial_from(from, to, handler())) {}

  stream_result result() {
    BOOST_REQUIRE((future_.wait_for(patience) == std::future_status::ready));
    return future_.get();
  }

  errc error() {
    auto out = result();
    BOOST_REQUIRE(!out);
    return out.error();
  }

  /// Returns the endpoint that was reached.
  endpoint remote() {
    auto out = result();
    BOOST_REQUIRE(!!out);
    return (*out)->remote();
  }

  [[nodiscard]] bool is_over() const { return future_.wait_for(0s) == std::future_status::ready; }

  void give_up() { pending_.reset(); }

private:
  stream_handler handler() {
    return [promise = promise_](stream_result x) { promise->set_value(std::move(x)); };
  }

  const std::shared_ptr<std::promise<stream_result>> promise_ =
    std::make_shared<std::promise<stream_result>>();
  std::future<stream_result> future_ = promise_->get_future();
  std::unique_ptr<pending_dial> pending_;
};

/// An endpoint that swallows SYNs: no program accepts there, and the backlog is full.
class black_hole {
public:
  black_hole(const std::string& address, std::uint16_t port) : door_(open()) {
    at_.sin_family = AF_INET;
    at_.sin_port = htons(port);
    inet_pton(AF_INET, address.c_str(), &at_.sin_addr);
    int on = 1;
    ::setsockopt(door_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    BOOST_REQUIRE(::bind(door_, reinterpret_cast<sockaddr*>(&at_), sizeof at_) == 0);
    BOOST_REQUIRE(::listen(door_, 0) == 0);
    constexpr int moment = 200;
    pollfd last{};
    do {
      callers_.push_back(open());
      ::connect(callers_.back(), reinterpret_cast<sockaddr*>(&at_), sizeof at_);
      last = {callers_.back(), POLLOUT, 0};
    } while (::poll(&last, 1, moment) == 1);
  }
  black_hole(const black_hole&) = delete;
  black_hole& operator=(const black_hole&) = delete;
  ~black_hole() {
    for (auto x : callers_)
      ::close(x);
    ::close(door_);
  }

private:
  static int open() { return ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); }

  int door_;
  sockaddr_in at_{};
  std::vector<int> callers_;
};

std::size_t open_descriptors() {
  auto all = std::filesystem::directory_iterator{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

struct fixture {
  fixture() {
    auto opened = subject->listen({"127.0.0.1", 0});
    BOOST_REQUIRE(!!opened);
    door = std::move(*opened);
    port = door->local().port;
  }
  ~fixture() {
    names::all().release();
    door.reset();
    subject.reset();
    names::all().clear();
  }

  std::unique_ptr<asio_network> subject = std::make_unique<asio_network>();
  std::unique_ptr<listener> door;
  std::uint16_t port;
};

asio::ip::tcp::endpoint at(const std::string& address) {
  return {asio::ip::make_address(address), 1};
}

tcp_endpoints at_all(std::initializer_list<const char*> all) {
  tcp_endpoints out;
  for (const auto* x : all)
    out.push_back(at(x));
  return out;
}

} // namespace

} // namespace devp2p::net

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo*, addrinfo** out) {
  return devp2p::net::names::all().answer(name, service, out);
}

extern "C" void freeaddrinfo(addrinfo* x) {
  while (x != nullptr) {
    auto* next = x->ai_next;
    delete reinterpret_cast<sockaddr_storage*>(x->ai_addr);
    delete x;
    x = next;
  }
}

namespace devp2p::net {
BOOST_AUTO_TEST_SUITE(asio_dial_test)

BOOST_FIXTURE_TEST_SUITE(a_dial_of_a_name, fixture)

BOOST_AUTO_TEST_CASE(gets_past_an_address_that_is_silent) {
  black_hole silent{"127.0.0.9", port};
  names::all().add("two.test", {"127.0.0.9", "127.0.0.1"});
  dialling dial{*subject, {"two.test", port}};
  BOOST_TEST((dial.remote() == endpoint{"127.0.0.1", port}));
}

BOOST_AUTO_TEST_CASE(gets_past_more_silent_addresses_than_are_tried_at_once) {
  std::vector<std::string> all;
  std::vector<std::unique_ptr<black_hole>> silent;
  for (const auto* x : {"127.0.0.9", "127.0.0.10", "127.0.0.11", "127.0.0.12", "127.0.0.13"}) {
    all.emplace_back(x);
    silent.push_back(std::make_unique<black_hole>(x, port));
  }
  all.emplace_back("127.0.0.1");
  names::all().add("many.test", all);
  auto before = open_descriptors();
  {
    dialling dial{*subject, {"many.test", port}};
    const auto until = clock::now() + patience;
    while (!dial.is_over() && clock::now() < until) {
      BOOST_TEST(open_descriptors() <= before + 4);
      std::this_thread::yield();
    }
    auto link = dial.result();
    BOOST_REQUIRE(!!link);
    BOOST_TEST(((*link)->remote() == endpoint{"127.0.0.1", port}));
    BOOST_TEST(open_descriptors() == before + 1, "the other attempts are closed");
  }
}

BOOST_AUTO_TEST_CASE(goes_on_at_once_where_an_address_refuses) {
  std::vector<std::string> all;
  for (int i = 20; i < 35; ++i)
    all.push_back("127.0.0." + std::to_string(i));
  all.emplace_back("127.0.0.1");
  names::all().add("refused.test", all);
  auto begin = clock::now();
  dialling dial{*subject, {"refused.test", port}};
  BOOST_TEST((dial.remote() == endpoint{"127.0.0.1", port}));
  BOOST_TEST((clock::now() - begin < 3s), "not a quarter of a second for each");
}

BOOST_AUTO_TEST_CASE(tries_the_first_address_first_and_no_other_if_that_answers) {
  auto other = subject->listen({"127.0.0.2", port});
  BOOST_REQUIRE(!!other);
  std::atomic<int> accepted = 0;
  (*other)->accept([&](const stream_result&) { ++accepted; });
  names::all().add("both.test", {"127.0.0.1", "127.0.0.2"});
  dialling dial{*subject, {"both.test", port}};
  BOOST_TEST((dial.remote() == endpoint{"127.0.0.1", port}));
  // Longer than the second attempt would have waited.
  std::promise<void> later;
  subject->loop()->post_after(400ms, [&] { later.set_value(); });
  later.get_future().wait();
  BOOST_TEST(accepted == 0);
}

BOOST_AUTO_TEST_CASE(fails_when_the_last_address_has_failed) {
  door.reset();
  names::all().add("none.test", {"127.0.0.1", "127.0.0.2"});
  BOOST_TEST((dialling{*subject, {"none.test", port}}.error() == errc::connection_refused));
}

BOOST_AUTO_TEST_CASE(can_be_given_up_with_attempts_under_way) {
  black_hole silent{"127.0.0.9", port};
  black_hole too{"127.0.0.10", port};
  names::all().add("silent.test", {"127.0.0.9", "127.0.0.10"});
  auto before = open_descriptors();
  dialling dial{*subject, {"silent.test", port}};
  auto until = clock::now() + patience;
  while (open_descriptors() < before + 2 && clock::now() < until)
    std::this_thread::yield();
  BOOST_TEST(open_descriptors() == before + 2);
  dial.give_up();
  BOOST_TEST(open_descriptors() == before);
  BOOST_TEST(!dial.is_over());
}

BOOST_AUTO_TEST_CASE(waits_for_no_other_name) {
  std::vector<std::unique_ptr<dialling>> slow;
  for (int i = 0; i < 50; ++i) {
    auto name = "slow-" + std::to_string(i) + ".test";
    names::all().hold(name);
    slow.push_back(std::make_unique<dialling>(*subject, endpoint{name, port}));
  }
  names::all().await_questions(50);
  names::all().add("fast.test", {"127.0.0.1"});
  BOOST_TEST((dialling{*subject, {"fast.test", port}}.remote() == endpoint{"127.0.0.1", port}));
  for (auto& x : slow)
    BOOST_TEST(!x->is_over());
  names::all().release();
  for (auto& x : slow)
    BOOST_TEST((x->remote() == endpoint{"127.0.0.1", port}));
}

BOOST_AUTO_TEST_CASE(has_its_turn_when_more_are_asked_for_than_there_are_threads) {
  names::all().hold("slow.test");
  std::vector<std::unique_ptr<dialling>> slow;
  for (std::size_t i = 0; i < name_resolver::max_threads + 20; ++i)
    slow.push_back(std::make_unique<dialling>(*subject, endpoint{"slow.test", port}));
  names::all().await_questions(name_resolver::max_threads);
  // A lookup is not made any more once its dial was given up.
  for (std::size_t i = name_resolver::max_threads; i < slow.size(); ++i)
    slow[i]->give_up();
  slow.resize(name_resolver::max_threads);
  names::all().add("fast.test", {"127.0.0.1"});
  dialling last{*subject, {"fast.test", port}};
  BOOST_TEST(!last.is_over());
  names::all().release();
  BOOST_TEST((last.remote() == endpoint{"127.0.0.1", port}));
  BOOST_TEST(names::all().asked().size() == name_resolver::max_threads + 1);
}

BOOST_AUTO_TEST_CASE(does_not_keep_a_network_that_ends) {
  names::all().hold("slow.test");
  dialling dial{*subject, {"slow.test", port}};
  names::all().await_questions(1);
  dial.give_up();
  door.reset();
  auto ended = std::async(std::launch::async, [this] { subject.reset(); });
  BOOST_TEST((ended.wait_for(patience) == std::future_status::ready));
  names::all().release();
  ended.wait();
}

BOOST_AUTO_TEST_CASE(can_be_given_up_while_the_name_is_looked_up) {
  names::all().hold("slow.test");
  dialling dial{*subject, {"slow.test", port}};
  names::all().await_questions(1);
  dial.give_up();
  names::all().release();
  names::all().add("fast.test", {"127.0.0.1"});
  BOOST_TEST((dialling{*subject, {"fast.test", port}}.remote() == endpoint{"127.0.0.1", port}));
  BOOST_TEST(!dial.is_over());
}

BOOST_AUTO_TEST_CASE(says_why_there_is_no_address) {
  names::all().add("nothing.test", {}, EAI_NONAME);
  names::all().add("later.test", {}, EAI_AGAIN);
  names::all().add("files.test", {}, EAI_SYSTEM, EMFILE);
  names::all().add("hidden.test", {}, EAI_AGAIN, EMFILE);
  names::all().add("other.test", {}, EAI_NONAME, ENOENT);
  names::all().add("memory.test", {}, EAI_MEMORY);
  auto error = [&](const char* name) { return dialling{*subject, {name, port}}.error(); };
  BOOST_TEST((error("nothing.test") == errc::no_such_host));
  BOOST_TEST((error("later.test") == errc::no_such_host));
  BOOST_TEST((error("files.test") == errc::too_many_files));
  BOOST_TEST((error("hidden.test") == errc::too_many_files));
  BOOST_TEST((error("other.test") == errc::no_such_host));
  BOOST_TEST((error("memory.test") == errc::out_of_memory));
}

BOOST_AUTO_TEST_CASE(is_made_from_the_address_that_was_asked_for) {
  names::all().add("both.test", {"::1", "127.0.0.1"});
  dialling dial{*subject, {"127.0.0.3", 0}, {"both.test", port}};
  auto link = dial.result();
  BOOST_REQUIRE(!!link);
  BOOST_TEST((*link)->local().host == "127.0.0.3");
  BOOST_TEST((*link)->remote().host == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(asks_for_nothing_that_is_no_host) {
  using namespace std::string_literals;
  for (const auto& x : {""s,
                        " "s,
                        "a b"s,
                        "localhost\n"s,
                        "localhost\0"s,
                        "127.0.0.1\0"s,
                        "\x1b[2J"s,
                        std::string(300, 'a'),
                        "fe80::1%lo"s,
                        "127.0.0.1%lo"s,
                        "[::1]"s,
                        "0x7f.1"s,
                        "127.1"s,
                        "2130706433"s,
                        "0x7f000001"s,
                        "a..b"s,
                        ".a"s,
                        "-a"s,
                        "a/b"s,
                        "b\xc3\xbc"s}) {
    for (std::uint16_t number : {port, std::uint16_t{0}}) {
      BOOST_TEST((dialling{*subject, {x, number}}.error() == errc::invalid_endpoint), x);
      BOOST_TEST(
        (dialling{*subject, {"127.0.0.1", 0}, {x, number}}.error() == errc::invalid_endpoint), x);
    }
    BOOST_TEST((dialling{*subject, {x, 0}, {"127.0.0.1", port}}.error() == errc::invalid_endpoint),
               x);
    auto opened = subject->listen({x, 0});
    BOOST_TEST((!opened && opened.error() == errc::invalid_endpoint), x);
    auto bound = subject->bind({x, 0});
    BOOST_TEST((!bound && bound.error() == errc::invalid_endpoint), x);
  }
  BOOST_TEST(names::all().asked().empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(families_of_addresses_take_turns) {
  BOOST_TEST((interleaved({}) == tcp_endpoints{}));
  BOOST_TEST((interleaved(at_all({"1.1.1.1"})) == at_all({"1.1.1.1"})));
  BOOST_TEST((interleaved(at_all({"::1", "::2", "::3", "1.1.1.1", "2.2.2.2"})) ==
              at_all({"::1", "1.1.1.1", "::2", "2.2.2.2", "::3"})));
  BOOST_TEST(
    (interleaved(at_all({"1.1.1.1", "2.2.2.2", "::1"})) == at_all({"1.1.1.1", "::1", "2.2.2.2"})));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::net
