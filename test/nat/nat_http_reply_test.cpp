// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/http_reply.hpp"

#include <boost/test/unit_test.hpp>

namespace devp2p::nat::test {
BOOST_AUTO_TEST_SUITE(nat_http_reply_test)

namespace {

using progress = http_reply::progress;

/// A reply that is read in pieces of `size` bytes.
struct reading {
  explicit reading(std::string_view in, std::size_t size = std::string_view::npos) {
    while (!in.empty()) {
      reply.on_bytes(in.substr(0, size));
      in.remove_prefix(std::min(size, in.size()));
    }
  }

  http_reply reply;
};

const std::string_view all[] = {
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\nCONTENT-length:5\n\nhello and more",
  "\r\nHTTP/1.0 200\r\nContent-Length \t:\t5 \t\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 100 \r\nContent-Length: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 99\r\ntransfer-encoding:\r\n\tCHUNKED\r\n\r\n02 "
  ";a=b\r\nhe\r\n"
  "3\r\nllo\r\n000;c\r\nX: y\r\n\r\n",
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_reply)

BOOST_AUTO_TEST_CASE(is_read_in_any_pieces) {
  for (auto x : all)
    for (std::size_t size = 1; size <= x.size(); ++size) {
      reading read{x, size};
      BOOST_TEST((read.reply.state() == progress::complete), x);
      BOOST_TEST(read.reply.status() == 200u);
      BOOST_TEST(read.reply.body() == "hello");
    }
}

BOOST_AUTO_TEST_CASE(without_a_length_lasts_until_the_end) {
  http_reply reply;
  BOOST_TEST((reply.on_bytes("HTTP/1.1 500 x\r\n\r\nhel") == progress::incomplete));
  BOOST_TEST((reply.on_bytes("lo") == progress::incomplete));
  BOOST_TEST((reply.on_end() == progress::complete));
  BOOST_TEST(reply.body() == "hello");
  BOOST_TEST((reply.on_bytes("more") == progress::complete));
  BOOST_TEST(reply.body() == "hello");
}

BOOST_AUTO_TEST_CASE(without_content_is_over_at_once) {
  for (std::string_view x :
       {"HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 304 x\r\n\r\n",
        "HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n"}) {
    reading read{x};
    BOOST_TEST((read.reply.state() == progress::complete), x);
    BOOST_TEST(read.reply.body() == "");
  }
}

BOOST_AUTO_TEST_CASE(that_ends_early_is_what_came) {
  for (std::string_view x : {"HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\nhello",
                             "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello"}) {
    reading read{x};
    BOOST_TEST((read.reply.on_end() == progress::complete), x);
    BOOST_TEST(read.reply.body() == "hello");
  }
  http_reply nothing;
  BOOST_TEST((nothing.on_end() == progress::broken));
  reading head{"HTTP/1.1 200 x\r\nContent-Length: 9\r\n"};
  BOOST_TEST((head.reply.on_end() == progress::broken));
}

BOOST_AUTO_TEST_CASE(that_makes_no_sense_is_broken) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const std::string chunks = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (const auto& x :
       {std::string{"hello\r\n"}, std::string{"HTTP/2 200 OK\r\n"}, std::string{"HTTP/1.1 OK\r\n"},
        std::string{"HTTP/1.1 20\r\n"}, std::string{"ICY 200 OK\r\n\r\n"},
        std::string{"HTTP/1.1 2x0 OK\r\n"}, head + "Content-Length: -1\r\n\r\n",
        head + "Content-Length: 1x\r\n\r\n", head + "Content-Length: 65537\r\n\r\n",
        head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", chunks + "x\r\n", chunks + "\r\n",
        chunks + "-1\r\n", chunks + "FFFFFFFFFFFFFFFFF\r\n", chunks + "1\r\nab\r\n",
        std::string(70000, 'x'), head + std::string(70000, 'x'),
        head + "\r\n" + std::string(70000, 'x')}) {
    reading whole{x};
    BOOST_TEST((whole.reply.state() == progress::broken), x.substr(0, 100));
    reading bytewise{x, 1};
    BOOST_TEST((bytewise.reply.state() == progress::broken), x.substr(0, 100));
    BOOST_TEST((bytewise.reply.on_end() == progress::broken));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::nat::test
