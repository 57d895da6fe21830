// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/gossip.hpp"

#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

namespace devp2p::kit {

namespace {

/// Codes.
constexpr std::uint64_t rumour_code = 0;
constexpr std::uint64_t known_code = 1;

using numbers = std::vector<std::uint64_t>;

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

expected<numbers> decode_known(const packet& message) {
  rlp::decoder in{message.payload.view(), {.max_depth = 1, .max_elements = 1 + max_recent_rumours}};
  numbers out;
  for (auto all = in.list(); !all.at_end();)
    out.push_back(all.integer());
  in.expect_end();
  if (auto why = in.error())
    return *why;
  return out;
}

/// What a node knows. The latest messages are kept as well: copied, since a payload that was read,
/// if kept, would keep its session's window full; and to one place, since there are many small
/// ones.
class rumour_memory {
public:
  [[nodiscard]] bool empty() const { return order_.empty(); }

  /// False if it is known.
  bool add(std::uint64_t number, byte_view message) {
    if (!known_.insert(number).second)
      return false;
    if (order_.size() == max_known_rumours)
      forget();
    order_.push_back({number, message.size()});
    messages_.insert(messages_.end(), message.begin(), message.end());
    while (order_.size() - first_kept_ > max_recent_rumours ||
           messages_.size() - first_octet_ > max_kept_content)
      drop_message();
    return true;
  }

  /// A message that says which are the latest.
  [[nodiscard]] packet known() const {
    bytes out;
    rlp::encoder to{out};
    to.list([&] {
      for (auto i = order_.size() - std::min(order_.size(), max_recent_rumours); i < order_.size();
           ++i)
        to.integer(order_[i].number);
    });
    return {known_code, blob{out}};
  }

  /// The messages that are kept, but for `known`: the oldest first.
  [[nodiscard]] std::vector<packet> all_but(numbers known) const {
    std::sort(known.begin(), known.end());
    std::vector<packet> out;
    auto rest = byte_view{messages_}.subspan(first_octet_);
    for (auto i = first_kept_; i < order_.size(); ++i) {
      if (!std::binary_search(known.begin(), known.end(), order_[i].number))
        out.push_back({rumour_code, blob{rest.first(order_[i].size)}});
      rest = rest.subspan(order_[i].size);
    }
    return out;
  }

private:
  struct rumour {
    std::uint64_t number;
    /// Of its message.
    std::size_t size;
  };

  template <class T>
  static void drop(std::vector<T>& from, std::size_t count) {
    from.erase(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
  }

  /// The oldest, and many at once: who remembers so many should not move them for each.
  void forget() {
    constexpr auto count = max_known_rumours / 8;
    static_assert(count <= max_known_rumours - max_recent_rumours);
    for (std::size_t i = 0; i < count; ++i)
      known_.erase(order_[i].number);
    drop(order_, count);
    first_kept_ -= count;
  }

  /// The oldest one that is kept.
  void drop_message() {
    first_octet_ += order_[first_kept_++].size;
    if (first_octet_ > messages_.size() / 2)
      drop(messages_, std::exchange(first_octet_, 0));
  }

  std::unordered_set<std::uint64_t> known_;
  /// The oldest first.
  std::vector<rumour> order_;
  /// From there on, messages are kept: one behind another, beginning at `first_octet_`.
  std::size_t first_kept_ = 0;
  bytes messages_;
  std::size_t first_octet_ = 0;
};

class gossip : public gossip_actor::base {
public:
  gossip(caf::actor_config& config, rumour_heard heard, gossip_defect defect)
    : gossip_actor::base(config),
      heard_(std::move(heard)),
      defect_(defect) {
    // A session that has just ended refuses what we write; we hear of its end. One whose queue is
    // full does without it.
    set_error_handler([](caf::error&) {});
    set_down_handler([this](caf::down_msg& gone) { end(gone.source); });
  }

  const char* name() const override { return "gossip"; }

  behavior_type make_behavior() override {
    return {
      [this](write_atom, std::uint64_t rumour, const blob& content) {
        tell(rumour, {rumour_code, encode(rumour, content.view())}, {});
      },
      [this](const handler_actor& handler, channel& link) { begin(handler, std::move(link)); },
      [this](const handler_actor& from, std::uint64_t rumour, const packet& message) {
        tell(rumour, message, from.address());
      },
      [this](const handler_actor& from, const numbers& known) { catch_up(from.address(), known); },
    };
  }

  void on_exit() override { sessions_.clear(); }

private:
  struct session {
    channel link;
    /// It was told what we know.
    bool told = false;
    /// By the defect.
    bool is_mute = false;
  };

  void begin(const handler_actor& handler, channel link) {
    monitor(handler);
    auto& added = sessions_[handler.address()];
    added.link = std::move(link);
    added.is_mute = ended_just_now(added.link.remote.id);
    if (!memory_.empty())
      tell_known(added);
  }

  void end(const caf::actor_addr& handler) {
    auto ended = sessions_.find(handler);
    if (ended == sessions_.end())
      return;
    if (defect_ == gossip_defect::quick_reconnect)
      ended_[ended->second.link.remote.id] = clock().now();
    sessions_.erase(ended);
  }

  void tell(std::uint64_t rumour, const packet& message, const caf::actor_addr& from) {
    if (!memory_.add(rumour, message.payload.view()))
      return;
    if (heard_)
      heard_(rumour, message.payload.size());
    for (const auto& [handler, session] : sessions_)
      if (handler != from)
        session.link.send(this, message);
  }

  void catch_up(const caf::actor_addr& from, const numbers& known) {
    auto found = sessions_.find(from);
    if (found == sessions_.end() || found->second.is_mute)
      return;
    tell_known(found->second);
    for (auto& x : memory_.all_but(known))
      found->second.link.send(this, std::move(x));
  }

  void tell_known(session& to) {
    if (!to.is_mute && !std::exchange(to.told, true))
      to.link.send(this, memory_.known());
  }

  bool ended_just_now(const node_id& remote) {
    std::erase_if(ended_,
                  [&](const auto& x) { return clock().now() - x.second >= quick_reconnect_time; });
    return ended_.contains(remote);
  }

  rumour_heard heard_;
  gossip_defect defect_;
  /// By handler: in the order of their making, so that each run tells them in the same order.
  std::map<caf::actor_addr, session> sessions_;
  rumour_memory memory_;
  /// When the last session with a remote has ended; empty without the defect.
  std::map<node_id, caf::actor_clock::time_point> ended_;
};

handler_actor::behavior_type handle(handler_actor::pointer self, const channel& link,
                                    const gossip_actor& node) {
  caf::anon_send(node, handler_actor{self}, link);
  auto pass_on = [=](auto said, const auto&... rest) -> std::optional<errc> {
    if (!said)
      return said.error();
    caf::anon_send(node, handler_actor{self}, std::move(*said), rest...);
    return std::nullopt;
  };
  auto take = [=, has_told = false](const packet& message) mutable -> std::optional<errc> {
    if (message.code == rumour_code)
      return pass_on(decode(message), message);
    if (std::exchange(has_told, true))
      return errc::unexpected_message;
    return pass_on(decode_known(message));
  };
  return {[=](const packet& message) mutable {
    if (auto why = take(message))
      self->quit(caf::make_error(*why));
  }};
}

} // namespace

gossip_actor spawn_gossip(caf::actor_system& system, rumour_heard heard, gossip_defect defect) {
  return caf::actor_cast<gossip_actor>(system.spawn<gossip>(std::move(heard), defect));
}

protocol gossip_protocol(const gossip_actor& node) {
  return {.name = "gossip", .version = 2, .length = 2, .spawn = handled_by(handle, node)};
}

} // namespace devp2p::kit
