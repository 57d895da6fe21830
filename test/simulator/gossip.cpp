// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/gossip.hpp"

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"
#include "devp2p/simulator/numbered_message.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace devp2p::simulator {

namespace {

expected<rumour_numbers> decode_known(const packet& message) {
  rlp::decoder in{message.payload.view(), {.max_depth = 1, .max_elements = 1 + max_recent_rumours}};
  rumour_numbers out;
  for (auto all = in.list(); !all.at_end();)
    out.all.push_back(all.integer());
  in.expect_end();
  if (auto why = in.error())
    return *why;
  return out;
}

class gossip : public gossip_actor::base {
public:
  gossip(caf::actor_config& config, std::shared_ptr<known_rumours> known, rumour_heard heard,
         gossip_defect defect)
    : gossip_actor::base(config),
      known_(std::move(known)),
      heard_(std::move(heard)),
      defect_(defect),
      memory_(known_) {
    // A session that has just ended refuses writes; the down handler learns of its end. A session
    // whose queue is full does without the message.
    set_error_handler([](caf::error&) {});
    set_down_handler([this](caf::down_msg& gone) { end(gone.source.id()); });
  }

  const char* name() const override { return "gossip"; }

  behavior_type make_behavior() override {
    return {
      [this](write_atom, std::uint64_t rumour, const blob& content) {
        if (known_->add(rumour))
          tell({rumour, {rumour_code, encode_numbered(rumour, content.view())}},
               caf::invalid_actor_id);
      },
      [this](const handler_actor& handler, channel& link) { begin(handler, std::move(link)); },
      [this](const handler_actor& from, const std::vector<rumour>& news) {
        for (const auto& x : news)
          tell(x, from.id());
      },
      [this](const handler_actor& from, const rumour_numbers& known) {
        catch_up(from.id(), known);
      },
      [this](resume_atom) { write_all(); },
    };
  }

  void on_exit() override {
    known_->close();
    sessions_.clear();
  }

private:
  struct session {
    caf::actor_id handler;
    channel link;
    /// Messages that are written as one batch.
    std::vector<packet> outbox = {};
    /// Whether the remote was told which rumours we know.
    bool told = false;
    /// Set by `gossip_defect::quick_reconnect`.
    bool is_mute = false;
  };

  void begin(const handler_actor& handler, channel link) {
    monitor(handler);
    auto is_mute = ended_just_now(link.remote.id);
    auto place = std::find_if(sessions_.begin(), sessions_.end(),
                              [&](const session& x) { return handler.id() < x.handler; });
    place = sessions_.insert(place, {handler.id(), std::move(link), {}, false, is_mute});
    if (!memory_.empty())
      tell_known(*place);
  }

  void end(caf::actor_id handler) {
    auto ended = find(handler);
    if (ended == sessions_.end())
      return;
    if (defect_ == gossip_defect::quick_reconnect)
      ended_[ended->link.remote.id] = clock().now();
    sessions_.erase(ended);
  }

  void tell(const rumour& news, caf::actor_id from) {
    memory_.add(news);
    if (heard_)
      heard_(news.number, news.message.payload.size());
    for (auto& x : sessions_)
      if (x.handler != from)
        say(x, news.message);
  }

  void catch_up(caf::actor_id from, const rumour_numbers& known) {
    auto found = find(from);
    if (found == sessions_.end() || found->is_mute)
      return;
    tell_known(*found);
    for (auto& x : memory_.all_but(known.all))
      say(*found, std::move(x));
  }

  void tell_known(session& to) {
    if (!to.is_mute && !std::exchange(to.told, true))
      say(to, memory_.known());
  }

  void say(session& to, packet what) {
    to.outbox.push_back(std::move(what));
    if (!std::exchange(write_due_, true))
      anon_send_to(this, resume_atom_v);
  }

  void write_all() {
    write_due_ = false;
    for (auto& x : sessions_)
      if (!x.outbox.empty())
        x.link.send_all(this, std::exchange(x.outbox, {}));
  }

  bool ended_just_now(const node_id& remote) {
    std::erase_if(ended_,
                  [&](const auto& x) { return clock().now() - x.second >= quick_reconnect_time; });
    return ended_.contains(remote);
  }

  std::vector<session>::iterator find(caf::actor_id handler) {
    return std::find_if(sessions_.begin(), sessions_.end(),
                        [&](const session& x) { return x.handler == handler; });
  }

  const std::shared_ptr<known_rumours> known_;
  rumour_heard heard_;
  gossip_defect defect_;
  /// Ordered by the id of their handler, that is by creation, so that each run writes to them in
  /// the same order.
  std::vector<session> sessions_;
  rumour_memory memory_;
  bool write_due_ = false;
  /// The time at which the last session with each remote ended; empty without the defect.
  std::map<node_id, caf::actor_clock::time_point> ended_;
};

/// Reads the messages of one remote.
using gossip_session_actor = handler_actor::extend<
  // From itself: pass on the rumours collected so far.
  reacts_to<resume_atom>>;

class gossip_session : public gossip_session_actor::base {
public:
  gossip_session(caf::actor_config& config, const channel& link, gossip_node node)
    : gossip_session_actor::base(config),
      link_(link),
      node_(std::move(node)) {}

  const char* name() const override { return "gossip_session"; }

  behavior_type make_behavior() override {
    anon_send_to(node_.actor, handler_actor{this}, std::exchange(link_, {}));
    return {
      [this](const packet& message) {
        if (auto why = message.code == rumour_code ? on_rumour(message) : on_known(message))
          quit(caf::make_error(*why));
      },
      [this](resume_atom) { tell_news(); },
    };
  }

  void on_exit() override {
    tell_news();
    node_ = {};
  }

private:
  std::optional<errc> on_rumour(const packet& message) {
    auto number = decode_number(message.payload.view());
    if (!number)
      return number.error();
    // Most rumours that arrive are known already from another peer.
    if (node_.known->add(*number)) {
      news_.push_back({*number, message});
      if (!std::exchange(news_due_, true))
        anon_send_to(this, resume_atom_v);
    }
    return std::nullopt;
  }

  std::optional<errc> on_known(const packet& message) {
    if (std::exchange(has_told_, true))
      return errc::unexpected_message;
    auto known = decode_known(message);
    if (!known)
      return known.error();
    anon_send_to(node_.actor, handler_actor{this}, std::move(*known));
    return std::nullopt;
  }

  void tell_news() {
    news_due_ = false;
    if (!news_.empty())
      anon_send_to(node_.actor, handler_actor{this}, std::exchange(news_, {}));
  }

  channel link_;
  gossip_node node_;
  /// New rumours, passed on as one message.
  std::vector<rumour> news_;
  bool news_due_ = false;
  bool has_told_ = false;
};

} // namespace

gossip_node spawn_gossip(caf::actor_system& system, rumour_heard heard, gossip_defect defect) {
  auto known = std::make_shared<known_rumours>();
  auto actor = system.spawn<gossip>(known, std::move(heard), defect);
  return {caf::actor_cast<gossip_actor>(std::move(actor)), std::move(known)};
}

protocol gossip_protocol(const gossip_node& node) {
  return {.name = "gossip",
          .version = 2,
          .length = 2,
          .spawn = [node](caf::actor_system& system, const channel& link) -> handler_actor {
            return system.spawn<gossip_session>(link, node);
          }};
}

} // namespace devp2p::simulator
