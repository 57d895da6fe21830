// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../forwarding_network.hpp"

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>

namespace devp2p::test {

/// A network whose streams move bytes in small pieces, and break after a number of bytes.
/// Thread-safe.
class faulty_network : public forwarding_network {
public:
  /// `real` must outlive this network.
  faulty_network(net::network& real, std::uint64_t seed) : forwarding_network(real), seed_(seed) {}

  /// Breaks all streams once they have moved `limit` more bytes in total.
  void cut_after(std::size_t limit) { *left_ = static_cast<std::int64_t>(limit); }

  expected<std::unique_ptr<net::listener>> listen(const endpoint& at) override {
    auto out = forwarding_network::listen(at);
    if (!out)
      return out.error();
    return std::unique_ptr<net::listener>{std::make_unique<listener>(*this, std::move(*out))};
  }

  [[nodiscard]] std::unique_ptr<net::pending_dial> dial(const endpoint& to,
                                                        net::stream_handler handler) override {
    return forwarding_network::dial(to, wrapped(std::move(handler)));
  }

  [[nodiscard]] std::unique_ptr<net::pending_dial>
  dial_from(const endpoint& from, const endpoint& to, net::stream_handler handler) override {
    return forwarding_network::dial_from(from, to, wrapped(std::move(handler)));
  }

private:
  using budget = std::shared_ptr<std::atomic<std::int64_t>>;

  class stream : public net::stream {
  public:
    stream(std::unique_ptr<net::stream> real, budget left, std::uint64_t seed)
      : real_(std::move(real)),
        left_(std::move(left)),
        chance_(seed) {}

    [[nodiscard]] net::loop* loop() const override { return real_->loop(); }
    [[nodiscard]] const endpoint& local() const override { return real_->local(); }
    [[nodiscard]] const endpoint& remote() const override { return real_->remote(); }

    net::io_result read_some(mutable_byte_view into) override {
      return counted(real_->read_some(into.first(piece(into.size()))));
    }
    net::io_result write_some(byte_view from) override {
      return counted(real_->write_some(from.first(piece(from.size()))));
    }
    void await_readable(net::stream_observer& observer) override {
      real_->await_readable(observer);
    }
    void await_writable(net::stream_observer& observer) override {
      real_->await_writable(observer);
    }
    void shutdown_write() override { real_->shutdown_write(); }

  private:
    std::size_t piece(std::size_t size) {
      return size < 2 ? size : 1 + chance_() % std::min<std::size_t>(size, 700);
    }

    net::io_result counted(net::io_result what) {
      if (left_->fetch_sub(static_cast<std::int64_t>(what.size)) <
          static_cast<std::int64_t>(what.size))
        return {0, errc::connection_reset};
      return what;
    }

    std::unique_ptr<net::stream> real_;
    budget left_;
    std::mt19937_64 chance_;
  };

  class listener : public net::listener {
  public:
    listener(faulty_network& owner, std::unique_ptr<net::listener> real)
      : owner_(owner),
        real_(std::move(real)) {}

    [[nodiscard]] const endpoint& local() const override { return real_->local(); }
    void accept(std::size_t most, net::accept_handler handler) override {
      auto wrapped = [owner = &owner_, handler = std::move(handler)](net::accept_outcome outcome) {
        if (outcome)
          for (auto& x : *outcome)
            x = std::make_unique<stream>(std::move(x), owner->left_, owner->seed_.fetch_add(1));
        handler(std::move(outcome));
      };
      real_->accept(most, std::move(wrapped));
    }

  private:
    faulty_network& owner_;
    std::unique_ptr<net::listener> real_;
  };

  net::stream_handler wrapped(net::stream_handler handler) {
    return [handler = std::move(handler), left = left_,
            seed = seed_.fetch_add(1)](expected<std::unique_ptr<net::stream>> outcome) {
      if (!outcome)
        return handler(outcome.error());
      handler(
        std::unique_ptr<net::stream>{std::make_unique<stream>(std::move(*outcome), left, seed)});
    };
  }

  std::atomic<std::uint64_t> seed_;
  budget left_ =
    std::make_shared<std::atomic<std::int64_t>>(std::numeric_limits<std::int64_t>::max() / 2);
};

} // namespace devp2p::test
