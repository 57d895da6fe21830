// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/waiting_connections.hpp"

#include "devp2p/nat/source.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(waiting_connections_test)

namespace {

using namespace std::chrono_literals;

/// A connection that is known by its remote's port, and does nothing.
class idle_stream final : public net::stream {
public:
  explicit idle_stream(std::uint16_t port) : remote_{"10.0.0.1", port} {}

  net::loop* loop() const override { return nullptr; }
  const endpoint& local() const override { return remote_; }
  const endpoint& remote() const override { return remote_; }
  net::io_result read_some(mutable_byte_view) override { return {}; }
  net::io_result write_some(byte_view) override { return {}; }
  void await_readable(net::stream_observer&) override {}
  void await_writable(net::stream_observer&) override {}
  void shutdown_write() override {}

private:
  endpoint remote_;
};

struct queue_fixture {
  waiting_connections queue;
  waiting_connections::time_point now{};
  std::vector<std::weak_ptr<net::stream>> all;

  void add(const std::string& host) {
    auto stream = std::make_shared<idle_stream>(static_cast<std::uint16_t>(all.size()));
    all.push_back(stream);
    queue.add(std::move(stream), nat::to_source(host), now);
  }

  bool open(std::size_t index) const { return !all.at(index).expired(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(accepted_connections, queue_fixture)

BOOST_AUTO_TEST_CASE(wait_until_they_are_taken) {
  add("10.0.0.1");
  add("10.9.9.9");
  BOOST_TEST((queue.size() == 2u && queue.by_source().size() == 2u));
  auto taken = queue.take(1);
  BOOST_TEST(taken->remote().port == 1);
  BOOST_TEST((queue.size() == 1u && !queue.by_source().contains(1)));
  BOOST_TEST((open(0) && open(1)));
}

BOOST_AUTO_TEST_CASE(are_closed_the_oldest_of_the_fullest_source_first) {
  add("10.9.9.9");
  add("10.0.0.1");
  add("10.0.0.1");
  queue.drop_one();
  BOOST_TEST((open(0) && !open(1) && open(2)));
}

BOOST_AUTO_TEST_CASE(are_closed_when_they_are_old) {
  for (int i = 0; i < 3; ++i) {
    add("10.0.0.1");
    now += 1s;
  }
  queue.drop_since(now - 2s);
  BOOST_TEST((!open(0) && !open(1) && open(2)));
  queue.drop_since(now);
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(are_closed_together) {
  add("10.0.0.1");
  add("10.9.9.9");
  queue.clear();
  BOOST_TEST((!open(0) && !open(1) && queue.empty() && queue.by_source().empty()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
