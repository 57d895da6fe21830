// SPDX-License-Identifier: BSL-1.0

// Goal: a rendezvous over TCP reads the messages that were written, however the stream is cut. It
// takes nothing after the last message that it asked for, and answers each with one at most.
//
// Method: a stream gives the input in pieces of the size that the first byte gives. The messages
// that are read must be the input's beginning; each goes to a rendezvous, whose answers must be
// written whole. After as many messages as the second byte says, no more are asked for: the stream
// must still have the rest.

#include "target.hpp"

#include "devp2p/actors/punching/punch_channel.hpp"
#include "devp2p/nat/punching/rendezvous_server.hpp"

#include <algorithm>
#include <cstdlib>

namespace devp2p::fuzz::punch_channel_target {

namespace {

/// A stream that ends after the input.
class scripted_stream final : public net::stream {
public:
  scripted_stream(byte_view input, std::size_t piece) : rest(input), piece_(piece) {}

  [[nodiscard]] net::loop* loop() const override { return nullptr; }
  [[nodiscard]] const endpoint& local() const override { return there_; }
  [[nodiscard]] const endpoint& remote() const override { return there_; }

  net::io_result read_some(mutable_byte_view into) override {
    require(!into.empty());
    if (rest.empty())
      return {0, errc::network_failure};
    auto size = std::min({piece_, into.size(), rest.size()});
    std::copy_n(rest.begin(), size, into.begin());
    rest = rest.subspan(size);
    return {size, {}};
  }

  net::io_result write_some(byte_view from) override {
    written += from.size();
    return {from.size(), {}};
  }

  void await_readable(net::stream_observer& observer) override {
    require(waiting == nullptr);
    waiting = &observer;
  }

  void await_writable(net::stream_observer&) override { require(false); }
  void shutdown_write() override { require(false); }

  byte_view rest;
  net::stream_observer* waiting = nullptr;
  std::size_t written = 0;

private:
  const std::size_t piece_;
  const endpoint there_{"192.0.2.1", 1};
};

/// Fills everything with the same byte.
struct constant_random final : random_source {
  void fill(mutable_byte_view out) override { std::ranges::fill(out, std::uint8_t{0x5a}); }
};

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const byte_view input{data + 2, size - 2};
  const std::size_t wanted = data[1] % 8u;
  auto stream = std::make_shared<scripted_stream>(input, data[0] + 1u);
  punch_channel link{stream};
  constant_random random;
  nat::rendezvous_server middle{random};
  const nat::rendezvous_server::time_point now{std::chrono::hours{1}};
  std::size_t messages = 0, answers = 0;
  auto ended = false;
  const std::function<void()> read_next = [&] {
    link.read([&](const std::optional<nat::punch_datagram>& came) {
      if (!came)
        return (void)(ended = true);
      require(std::ranges::equal(*came, input.subspan(messages++ * came->size(), came->size())));
      const auto source = link.stream().remote();
      if (auto out = middle.on_datagram(nat::rendezvous_address::first, source, *came, now, true)) {
        require(link.write(*out));
        ++answers;
      }
      if (messages < wanted)
        read_next();
    });
  };
  read_next();
  while (auto* observer = std::exchange(stream->waiting, nullptr))
    observer->on_readable();
  constexpr auto each = nat::punch_datagram_size;
  require(messages == std::min(input.size() / each, std::max<std::size_t>(wanted, 1)));
  require(ended == (messages < std::max<std::size_t>(wanted, 1)));
  require(ended || stream->rest.size() == input.size() - messages * each);
  require(answers <= messages && stream->written == answers * each);
  return 0;
}

static const target registered{"punch_channel", run};

} // namespace devp2p::fuzz::punch_channel_target
