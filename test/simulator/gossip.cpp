// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/gossip.hpp"

#include "devp2p/messages/errc.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace devp2p::simulator {

namespace {

class gossiper : public gossip_actor::base {
public:
  gossiper(caf::actor_config& config, std::shared_ptr<known_rumours> known, members<gossip> peers,
           rumour_heard heard, gossip_defect defect)
    : gossip_actor::base(config),
      known_(std::move(known)),
      peers_(std::move(peers)),
      heard_(std::move(heard)),
      defect_(defect),
      memory_(known_) {}

  const char* name() const override { return "gossip"; }

  behavior_type make_behavior() override {
    return {
      [this](const member_joined& x) { begin(x.id); },
      [this](const member_left& x) { end(x.id); },
      [this](write_atom, std::uint64_t number, const blob& content) {
        if (known_->add(number))
          tell({number, content}, nullptr);
      },
      [this](const node_id& from, const std::vector<rumour>& news) {
        const auto* teller = find(from);
        for (const auto& x : news)
          tell(x, teller);
      },
      [this](const node_id& from, const rumour_numbers& known) {
        if (auto* teller = find(from))
          catch_up(*teller, known);
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
    gossip::channel link;
    /// Messages that are written as one batch.
    std::vector<packet> outbox = {};
    /// Whether the remote was told which rumours we know.
    bool told = false;
    /// Set by `gossip_defect::quick_reconnect`.
    bool is_mute = false;
  };

  void begin(const node_id& remote) {
    auto link = peers_.find(remote);
    if (!link)
      return; // It has just left.
    sessions_.push_back({.link = *link, .is_mute = ended_just_now(remote)});
    if (!memory_.empty())
      tell_known(sessions_.back());
  }

  void end(const node_id& remote) {
    if (defect_ == gossip_defect::quick_reconnect)
      ended_[remote] = clock().now();
    std::erase_if(sessions_, [&](const session& x) { return x.link.remote() == remote; });
  }

  /// `from` may be null.
  void tell(const rumour& news, const session* from) {
    memory_.add(news);
    if (heard_)
      heard_(news.number, news.content.size());
    const gossip::any_message message{news};
    for (auto& x : sessions_)
      if (&x != from)
        say(x, message);
  }

  void catch_up(session& who, const rumour_numbers& known) {
    if (who.is_mute)
      return;
    tell_known(who);
    for (const auto& x : memory_.all_but(known.all))
      say(who, x);
  }

  void tell_known(session& to) {
    if (!to.is_mute && !std::exchange(to.told, true))
      say(to, rumour_numbers{memory_.known()});
  }

  void say(session& to, const gossip::any_message& what) {
    if (auto message = what.in(to.link.version()))
      to.outbox.push_back(std::move(*message));
    if (!std::exchange(write_due_, true))
      anon_send_to(this, resume_atom_v);
  }

  void write_all() {
    write_due_ = false;
    for (auto& x : sessions_)
      if (!x.outbox.empty())
        x.link.link().post_all(std::exchange(x.outbox, {}));
  }

  /// Returns the session with that remote; null if there is none.
  session* find(const node_id& remote) {
    auto found = std::find_if(sessions_.begin(), sessions_.end(),
                              [&](const session& x) { return x.link.remote() == remote; });
    return found == sessions_.end() ? nullptr : &*found;
  }

  bool ended_just_now(const node_id& remote) {
    std::erase_if(ended_,
                  [&](const auto& x) { return clock().now() - x.second >= quick_reconnect_time; });
    return ended_.contains(remote);
  }

  const std::shared_ptr<known_rumours> known_;
  const members<gossip> peers_;
  rumour_heard heard_;
  gossip_defect defect_;
  /// In the order in which they joined, so that each run writes to them in the same order.
  std::vector<session> sessions_;
  rumour_memory memory_;
  bool write_due_ = false;
  /// The time at which the last session with each remote ended; empty without the defect.
  std::map<node_id, caf::actor_clock::time_point> ended_;
};

using gossip_session_actor = gossip::handler::extend<
  // From itself: pass on the rumours collected so far.
  reacts_to<resume_atom>>;

/// Hears one remote.
class gossip_session : public gossip_session_actor::base {
public:
  gossip_session(caf::actor_config& config, const channel& link,
                 std::shared_ptr<const gossip_node> node)
    : gossip_session_actor::base(config),
      link_(link),
      node_(std::move(node)) {}

  behavior_type make_behavior() override {
    node_->peers.join(this, link_);
    gossip::behavior_of<gossip_session_actor> out{
      [this](rumour&& x) { hear(std::move(x)); },
      [this](const rumour_numbers& x) { learn(x); },
      [this](resume_atom) { tell_news(); },
    };
    return out.of(this, link_);
  }

  void on_exit() override {
    tell_news();
    node_.reset();
  }

private:
  void hear(rumour&& what) {
    // Most rumours that arrive are known already from another peer.
    if (!node_->known->add(what.number))
      return;
    news_.push_back(std::move(what));
    if (!std::exchange(news_due_, true))
      anon_send_to(this, resume_atom_v);
  }

  void learn(const rumour_numbers& known) {
    if (std::exchange(has_told_, true))
      quit(caf::make_error(errc::unexpected_message));
    else if (known.all.size() > max_recent_rumours)
      quit(caf::make_error(errc::rlp_too_many_elements));
    else
      anon_send_to(node_->actor, link_.remote(), known);
  }

  void tell_news() {
    news_due_ = false;
    if (!news_.empty())
      anon_send_to(node_->actor, link_.remote(), std::exchange(news_, {}));
  }

  const gossip::channel link_;
  std::shared_ptr<const gossip_node> node_;
  /// New rumours, passed on as one message.
  std::vector<rumour> news_;
  bool news_due_ = false;
  bool has_told_ = false;
};

} // namespace

gossip_node spawn_gossip(caf::actor_system& system, rumour_heard heard, gossip_defect defect) {
  gossip_node out{{}, std::make_shared<known_rumours>(), {}};
  auto actor = system.spawn<gossiper>(out.known, out.peers, std::move(heard), defect);
  out.actor = caf::actor_cast<gossip_actor>(std::move(actor));
  out.peers.subscribe(out.actor);
  return out;
}

protocol gossip_protocol(const gossip_node& node) {
  auto shared = std::make_shared<const gossip_node>(node);
  auto out = gossip::handled_by<gossip_session>(shared).front();
  // In a simulation, a handler needs no loop and no report of its end, and is smaller without.
  out.spawn = [shared](caf::actor_system& system, const channel& link) -> handler_actor {
    return system.spawn<gossip_session>(link, shared);
  };
  return out;
}

} // namespace devp2p::simulator
