// SPDX-License-Identifier: BSL-1.0

// Goal: two sides that punch a hole come to an end, send no more than they may, and open a hole to
// each other alone, whatever the network does and whatever answers are forged.
//
// Method: two sides and a rendezvous, in virtual time. The input decides what is delivered, lost,
// doubled, changed, relayed from another address, or forged by a stranger that sees all requests;
// and how much time passes. In the end no datagram arrives any more, and both sides must be over.

#include "target.hpp"

#include "script.hpp"

#include "devp2p/nat/punching/punch.hpp"
#include "devp2p/nat/punching/rendezvous_server.hpp"

#include <array>
#include <deque>
#include <optional>
#include <utility>

namespace devp2p::fuzz::hole_target {

using namespace nat;
using namespace std::chrono_literals;

namespace {

using time_point = punch::time_point;

const endpoint first_site{"192.0.2.1", 3478};
const endpoint second_site{"192.0.2.1", 3479};
const std::array addresses{endpoint{"198.51.100.1", 1001}, endpoint{"198.51.100.2", 1002}};
const endpoint elsewhere{"203.0.113.7", 7};

struct datagram {
  endpoint from;
  endpoint to;
  bytes content;
};

/// Repeats its numbers in every run.
class linear_random final : public random_source {
public:
  void fill(mutable_byte_view out) override {
    for (auto& x : out)
      x = static_cast<std::uint8_t>(
        (state_ = state_ * 6364136223846793005u + 1442695040888963407u) >> 56);
  }

private:
  std::uint64_t state_ = 1;
};

class stage {
public:
  explicit stage(devp2p::test::script& input) : input_(input) {
    punch_settings how{.patience = std::chrono::seconds{input_.byte()},
                       .keep_alive = std::chrono::milliseconds{100 * (1 + input_.byte())}};
    for (std::size_t i = 0; i < 2; ++i) {
      meeting_key with{.secret = {5}, .own = i == 0 ? side::first : side::second};
      rendezvous_site site{.first = first_site};
      if (input_.byte() % 2 == 0)
        site.second = second_site;
      sides_[i].emplace(with, site, random_, now_, how);
    }
  }

  void play() {
    for (auto steps = 0; steps < 2000 && !input_.at_end(); ++steps)
      act();
    while (!over(0) || !over(1)) {
      auto next = std::min(sides_[0]->next(), sides_[1]->next());
      require(next < time_point::max());
      now_ = std::max(now_, next);
      pass_time();
    }
  }

private:
  [[nodiscard]] bool over(std::size_t i) const { return sides_[i]->where() == punch::phase::over; }

  void act() {
    auto what = input_.byte();
    const auto who = what >> 7 & 1u;
    switch (what % 12) {
    case 0:
    case 1:
      now_ += std::chrono::milliseconds{input_.byte() * 10};
      return pass_time();
    case 2:
      now_ += std::chrono::milliseconds{100};
      return pass_time();
    default:
      if (auto next = take())
        deliver(*next);
      return;
    case 7:
      (void)take();
      return;
    case 8:
      if (!mail_.empty())
        deliver(mail_.front());
      return;
    case 9:
      if (auto next = take()) {
        auto at = input_.byte() % next->content.size();
        next->content[at] ^= static_cast<std::uint8_t>(1u << (input_.byte() % 8));
        deliver(*next);
      }
      return;
    case 10:
      if (input_.byte() % 4 == 0) {
        carried_ = true;
        if (auto next = take()) {
          next->from = elsewhere;
          deliver(*next);
        }
        return;
      }
      return forge(who);
    case 11:
      return send(who, sides_[who]->check(now_), punch::max_paths + 2);
    }
  }

  std::optional<datagram> take() {
    if (mail_.empty())
      return std::nullopt;
    auto at = static_cast<std::ptrdiff_t>(input_.byte() % mail_.size());
    auto out = std::move(mail_[static_cast<std::size_t>(at)]);
    mail_.erase(mail_.begin() + at);
    return out;
  }

  void pass_time() {
    for (std::size_t i = 0; i < 2; ++i) {
      if (sides_[i]->next() > now_)
        continue;
      send(i, sides_[i]->on_time(now_), punch::max_paths + 2);
      require(over(i) || sides_[i]->next() > now_);
    }
  }

  void deliver(datagram what) {
    for (auto at : {rendezvous_address::first, rendezvous_address::second})
      if (what.to == (at == rendezvous_address::first ? first_site : second_site))
        if (auto out = middle_.on_datagram(at, what.from, what.content, now_))
          post({what.to, what.from, {out->begin(), out->end()}});
    for (std::size_t i = 0; i < 2; ++i)
      if (what.to == addresses[i])
        tell(i, what.from, what.content);
  }

  void tell(std::size_t i, const endpoint& from, byte_view what) {
    const auto before = sides_[i]->where();
    send(i, sides_[i]->on_datagram(from, what, now_), 1);
    const auto after = sides_[i]->where();
    require(before != punch::phase::over || after == punch::phase::over);
    // A datagram can open a hole, but cannot make an open one doubtful.
    require(before != punch::phase::open || after == punch::phase::open);
  }

  void forge(std::size_t i) {
    bytes content;
    if (input_.byte() % 2 == 0) {
      answer x{.status = static_cast<answer_status>(input_.byte() % 5),
               .mapping = static_cast<port_mapping_kind>(input_.byte() % 3),
               .nonce = nonces_[i],
               .observed = endpoint{"203.0.113.1", input_.two_bytes()},
               .peer = endpoint{"203.0.113.2", input_.two_bytes()}};
      x.secret[0] = input_.byte();
      x.start_in = decltype(x.start_in){input_.two_bytes()};
      auto encoded = encode(x);
      content.assign(encoded.begin(), encoded.end());
      return tell(i, input_.byte() % 2 == 0 ? first_site : second_site, content);
    }
    probe x{.from = input_.byte() % 2 == 0 ? side::first : side::second,
            .wants_answer = true,
            .confirmed = true,
            .number = input_.eight_bytes(),
            .answers = input_.eight_bytes()};
    auto encoded = encode(x);
    tell(i, addresses[1 - i], encoded);
  }

  void send(std::size_t i, const std::vector<outgoing>& what, std::size_t most) {
    require(what.size() <= most);
    for (const auto& each : what) {
      auto message = decode_punch_message(each.content);
      require(message && std::ranges::equal(encode(*message), each.content));
      require(!std::holds_alternative<answer>(*message));
      if (const auto* asked = std::get_if<question>(&*message)) {
        require(each.to == first_site || each.to == second_site);
        nonces_[i] = asked->nonce;
      }
      post({addresses[i], each.to, {each.content.begin(), each.content.end()}});
    }
    check(i);
  }

  void post(datagram what) {
    mail_.push_back(std::move(what));
    if (mail_.size() > 32)
      mail_.pop_front();
  }

  void check(std::size_t i) {
    auto& side = *sides_[i];
    require(side.failed().has_value() == over(i));
    require(side.hole().has_value() || side.where() != punch::phase::open);
    if (side.hole()) {
      require(carried_ || side.hole()->remote == addresses[1 - i]);
      require(side.hole()->round_trip.count() >= 0);
    }
    if (!over(i))
      return;
    require(!side.failed()->detail.empty());
    require(side.next() == time_point::max());
    require(side.on_time(now_).empty() && side.check(now_).empty());
  }

  devp2p::test::script& input_;
  linear_random random_;
  time_point now_{1h};
  rendezvous_server middle_{random_};
  std::array<std::optional<punch>, 2> sides_;
  std::array<byte_array<16>, 2> nonces_{};
  std::deque<datagram> mail_;
  /// Whether a datagram was relayed from another address: then a hole may lead there.
  bool carried_ = false;
};

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  devp2p::test::script input{{data, size}};
  stage{input}.play();
  return 0;
}

static const target registered{"hole", run};

} // namespace devp2p::fuzz::hole_target
