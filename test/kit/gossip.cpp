// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/gossip.hpp"

#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <map>
#include <unordered_set>
#include <utility>

namespace devp2p::kit {

namespace {

blob encode(std::uint64_t rumour, byte_view content) {
  bytes out;
  rlp::encoder to{out};
  to.list([&] {
    to.integer(rumour);
    to.string(content);
  });
  return blob{out};
}

/// The number of the rumour in `message`.
expected<std::uint64_t> decode(const packet& message) {
  rlp::decoder in{message.payload.view()};
  auto fields = in.list();
  auto rumour = fields.integer();
  (void)fields.string();
  fields.expect_end();
  in.expect_end();
  if (auto why = in.error())
    return *why;
  return rumour;
}

class gossip : public gossip_actor::base {
public:
  gossip(caf::actor_config& config, rumour_heard heard)
    : gossip_actor::base(config),
      heard_(std::move(heard)) {
    // A session that has just ended refuses what we write; we hear of its end.
    set_error_handler([](caf::error&) {});
    set_down_handler([this](caf::down_msg& gone) { sessions_.erase(gone.source); });
  }

  const char* name() const override { return "gossip"; }

  behavior_type make_behavior() override {
    return {
      [this](write_atom, std::uint64_t rumour, const blob& content) {
        tell(rumour, {0, encode(rumour, content.view())}, {});
      },
      [this](const handler_actor& handler, channel& link) {
        monitor(handler);
        sessions_.emplace(handler.address(), std::move(link));
      },
      [this](const handler_actor& from, std::uint64_t rumour, const packet& message) {
        tell(rumour, message, from.address());
      },
    };
  }

  void on_exit() override { sessions_.clear(); }

private:
  void tell(std::uint64_t rumour, const packet& message, const caf::actor_addr& from) {
    if (!known_.insert(rumour).second)
      return;
    order_.push_back(rumour);
    if (order_.size() > max_known_rumours) {
      known_.erase(order_.front());
      order_.pop_front();
    }
    if (heard_)
      heard_(rumour, message.payload.size());
    for (const auto& [handler, link] : sessions_)
      if (handler != from)
        link.send(this, message);
  }

  rumour_heard heard_;
  /// By handler: in the order of their making, so that each run tells them in the same order.
  std::map<caf::actor_addr, channel> sessions_;
  std::unordered_set<std::uint64_t> known_;
  /// The oldest first.
  std::deque<std::uint64_t> order_;
};

handler_actor::behavior_type handle(handler_actor::pointer self, const channel& link,
                                    const gossip_actor& node) {
  caf::anon_send(node, handler_actor{self}, link);
  return {[=](const packet& message) {
    if (auto rumour = decode(message))
      caf::anon_send(node, handler_actor{self}, *rumour, message);
    else
      self->quit(caf::make_error(rumour.error()));
  }};
}

} // namespace

gossip_actor spawn_gossip(caf::actor_system& system, rumour_heard heard) {
  return caf::actor_cast<gossip_actor>(system.spawn<gossip>(std::move(heard)));
}

protocol gossip_protocol(const gossip_actor& node) {
  return {.name = "gossip", .version = 1, .length = 1, .spawn = handled_by(handle, node)};
}

} // namespace devp2p::kit
