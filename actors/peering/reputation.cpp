// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/reputation.hpp"

#include "devp2p/actors/lasting.hpp"
#include "devp2p/actors/peering/address_rules.hpp"
#include "devp2p/actors/peering/drawn.hpp"
#include "devp2p/actors/peering/score_rows.hpp"
#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/actors/subscribers.hpp"
#include "devp2p/actors/surviving.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/nat/address.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace devp2p {

namespace {

/// The time after which a changed score is stored. A crash in between forgets the change.
constexpr std::chrono::seconds save_after{10};
/// The node answers at once; this is for one that has died.
constexpr std::chrono::seconds answer_limit{30};
/// The maximum number of static and trusted nodes.
constexpr std::size_t max_kept = 2000;
/// Failures are counted by network alone: their sources are not known here.
constexpr own_link::source_number any_source = 0;
/// The maximum number of failures that are held until somebody is heard. The oldest go first.
constexpr std::size_t max_held = 1000;
/// The maximum number of changed scores that wait. At that number they are stored at once.
constexpr std::size_t max_unsaved = 1000;
/// A session that still runs so long after a failure proves that the own link was up: otherwise it
/// would have missed its pings.
constexpr std::chrono::seconds proving_time{60};

/// Returns true iff an end of that kind can only come from a remote: it was heard.
bool shows_life(ending_cause x) {
  using enum ending_cause;
  return x == goodbye || x == full || x == refused || x == unproved || x == rejected ||
         x == useless || x == breach;
}

int points(std::uint32_t weight) {
  return static_cast<int>(std::min<std::uint32_t>(weight, 1000));
}

auto in_seconds(scores::duration x) {
  return std::chrono::ceil<std::chrono::seconds>(x).count();
}

class reputation : public lasting<reputation_actor::base> {
public:
  reputation(caf::actor_config& config, reputation_config setup)
    : lasting(config),
      setup_(std::move(setup)),
      random_(*or_system_random(setup_.random)),
      scores_(setup_.rules),
      link_(setup_.link),
      kept_(setup_.kept.begin(), setup_.kept.end()) {}

  const char* name() const override { return "reputation"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using time_point = scores::time_point;

  /// A session that runs with a node that is not in the own network.
  struct session {
    time_point since;
    endpoint remote;
  };

  /// A failure that a broken link of our own would explain, and after which nobody was heard yet.
  struct held_failure {
    node_id id;
    scores::ended what;
    time_point at;
  };

  // What the node tells.
  void on_added(const peer_info& x);
  void on_dropped(const peer_dropped& x);
  void on_failed(const session_failed& x);
  void on_ended(const node_id& id, const endpoint& remote, const session_end& end,
                scores::duration lasted);
  void hold(const node_id& id, scores::ended what);
  void on_tick();
  void on_heard_at(const endpoint& remote);

  // What follows.
  void judge(const node_id& id, const scores::ended& what);
  void on_word(const node_id& id, const scores::verdict& outcome, const std::string& word);
  void follow(const node_id& id, const scores::verdict& outcome, std::string why);
  void set_ban(const ban& what);
  void tell_link();
  void discard_held();

  // The operator.
  caf::result<void> ban_now(const ban& what);
  caf::result<void> unban(const ban_subject& what);
  void store(store_change change, caf::response_promise answer);
  void save_later(const node_id& id);
  void save();
  void keep(const node_id& id, bool is_kept);
  caf::result<void> subscribe(const judgement_subscriber_actor& who);

  void end_at_once();

  [[nodiscard]] standing standing_of(const node_id& id) const {
    return kept_.contains(id) ? standing::kept : standing::stranger;
  }
  [[nodiscard]] nat::address_key network_of(const endpoint& remote) const {
    return nat::to_source(remote.host, setup_.source_bits_ipv4, setup_.source_bits_ipv6).network;
  }
  [[nodiscard]] nat::address_key network_of(const node_id& id) const {
    auto i = sessions_.find(id);
    return i == sessions_.end() ? nat::address_key{} : network_of(i->second.remote);
  }
  [[nodiscard]] stored_ban to_row(const ban& what) const {
    auto until = what.lasting >= ban::forever
                   ? std::chrono::system_clock::time_point::max()
                   : wall_now() + std::chrono::ceil<std::chrono::seconds>(what.lasting);
    return {to_string(what.subject), until, what.reason};
  }
  [[nodiscard]] std::chrono::system_clock::time_point wall_now() const {
    return setup_.wall_clock ? setup_.wall_clock() : std::chrono::system_clock::now();
  }
  [[nodiscard]] time_point now() { return clock().now(); }

  const reputation_config setup_;
  random_source& random_;
  at_system_end at_system_end_;
  subscribers<judgement_subscriber_actor> subscribers_;
  scores scores_;
  own_link link_;
  bool link_was_up_ = true;
  std::deque<held_failure> held_;
  /// Whether a tick is on its way.
  bool ticks_ = false;
  /// Nodes of which more is known than is stored.
  std::unordered_set<node_id> unsaved_;
  /// Whether they are to be stored soon.
  bool is_save_due_ = false;
  std::unordered_set<node_id> kept_;
  std::unordered_map<node_id, session> sessions_;
};

reputation::behavior_type reputation::make_behavior() {
  stay_alive();
  monitor(setup_.node);
  set_down_handler([this](const caf::down_msg& down) {
    if (down.source == setup_.node.address())
      return quit(caf::exit_reason::user_shutdown);
    subscribers_.remove(down.source);
  });
  set_error_handler([](const caf::error&) {});
  at_system_end_.call(home_system(), [this] { end_at_once(); });
  scores_.restore(setup_.known, now());
  for (const auto& x : setup_.bans)
    anon_send_to(setup_.node, ban_atom_v, x);
  send_to(this, setup_.node, subscribe_atom_v, subscriber_actor{reputation_actor{this}});
  // Sessions that run already speak for the own link, too.
  auto take_in = [this](const std::vector<peer_info>& peers) {
    for (const auto& x : peers)
      on_added(x);
  };
  request_from(this, setup_.node, answer_limit, peers_atom_v).then(take_in, [](const caf::error&) {
  });
  return surviving<behavior_type>(
    this, [](auto&, const caf::error&) {},
    // From the node, and from the dialer for dials without a connection:
    [this](const peer_added& x) { on_added(x.peer); },
    [this](const peer_dropped& x) { on_dropped(x); },
    [this](const session_failed& x) { on_failed(x); }, [](const message_event&) {},
    // From users' protocols:
    [this](good_atom, const node_id& id, std::uint32_t weight, const std::string&) {
      on_word(id, scores_.good(id, points(weight), now(), network_of(id)), "good");
    },
    [this](bad_atom, const node_id& id, std::uint32_t weight, const std::string& word) {
      on_word(id, scores_.bad(id, points(weight), word, now(), standing_of(id), network_of(id)),
              word);
    },
    // From the operator:
    [this](ban_atom, const ban& what) { return ban_now(what); },
    [this](unban_atom, const ban_subject& what) { return unban(what); },
    [this](keep_atom, const node_id& id, bool is_kept) { keep(id, is_kept); },
    [this](info_atom, const node_id& id) { return std::int32_t{scores_.score(id, now())}; },
    [this](subscribe_atom, const judgement_subscriber_actor& who) { return subscribe(who); },
    // From itself:
    [this](tick_atom) { on_tick(); },
    [this](write_atom) {
      is_save_due_ = false; // The next change asks for another one, whatever happens now.
      save();
    });
}

void reputation::on_exit() {
  if (setup_.keeper)
    save();
  at_system_end_.forget();
  subscribers_.clear(this);
}

void reputation::on_added(const peer_info& x) {
  if (!is_lan(x.remote.host))
    sessions_.insert_or_assign(x.id, session{now(), x.remote});
  on_heard_at(x.remote);
}

void reputation::on_dropped(const peer_dropped& x) {
  auto lasted = scores::duration{0};
  if (auto i = sessions_.find(x.id); i != sessions_.end()) {
    lasted = now() - i->second.since;
    sessions_.erase(i);
  }
  // Until now that session spoke for the own link.
  if (sessions_.empty())
    for (const auto& failure : held_)
      link_.on_failed(any_source, failure.what.network, now());
  on_ended(x.id, x.remote, x.end, lasted);
}

void reputation::on_failed(const session_failed& x) {
  on_ended(x.id, x.remote, x.end, scores::duration{0});
}

void reputation::on_ended(const node_id& id, const endpoint& remote, const session_end& end,
                          scores::duration lasted) {
  const auto& meaning = meaning_of(end);
  const auto may_be_ours = meaning.may_be_own_link && !is_lan(remote.host);
  if (may_be_ours && sessions_.empty())
    link_.on_failed(any_source, network_of(remote), now());
  else if (shows_life(meaning.cause))
    on_heard_at(remote);
  tell_link();
  if (id.is_zero())
    return;
  scores::ended what{end, lasted, standing_of(id), network_of(remote), link_.is_up()};
  if (may_be_ours && link_.is_up())
    hold(id, std::move(what));
  else
    judge(id, what);
}

void reputation::hold(const node_id& id, scores::ended what) {
  if (held_.size() == max_held)
    held_.pop_front();
  held_.push_back({id, std::move(what), now()});
  if (!std::exchange(ticks_, true))
    send_later_to(this, proving_time, reputation_actor{this}, tick_atom_v);
}

/// Judges the failures since which a session has run for long enough.
void reputation::on_tick() {
  ticks_ = false;
  while (!held_.empty() && !sessions_.empty() && held_.front().at + proving_time <= now()) {
    auto next = std::move(held_.front());
    held_.pop_front();
    judge(next.id, next.what);
  }
  if (!held_.empty() && !std::exchange(ticks_, true))
    send_later_to(this, proving_time, reputation_actor{this}, tick_atom_v);
}

/// Whoever is heard proves that the failures until then were not those of our own link.
void reputation::on_heard_at(const endpoint& remote) {
  if (is_lan(remote.host))
    return;
  link_.on_heard(now());
  tell_link();
  for (auto& x : std::exchange(held_, {}))
    judge(x.id, x.what);
}

void reputation::judge(const node_id& id, const scores::ended& what) {
  auto outcome = scores_.on_ended(id, what, now(), drawn_fraction(random_));
  follow(id, outcome, outcome.cause ? std::string{row_of(*outcome.cause).name} : std::string{});
}

void reputation::on_word(const node_id& id, const scores::verdict& outcome,
                         const std::string& word) {
  follow(id, outcome, printable(word));
}

/// Does what follows from an event.
void reputation::follow(const node_id& id, const scores::verdict& outcome, std::string why) {
  judgement out{.id = id, .score = outcome.score, .why = std::move(why)};
  if (outcome.not_before)
    out.not_before = std::max(*outcome.not_before - now(), scores::duration{0});
  if (outcome.ban) {
    out.banned_for = std::max(outcome.ban->until - now(), scores::duration{1});
    out.why = outcome.ban->reason;
    set_ban({ban_subject{id}, out.banned_for, outcome.ban->reason});
  }
  subscribers_.tell(out);
  save_later(id);
}

void reputation::set_ban(const ban& what) {
  if (setup_.log)
    setup_.log->warn("banned {} for {} s: {}", to_string(what.subject), in_seconds(what.lasting),
                     what.reason);
  anon_send_to(setup_.node, ban_atom_v, what);
  if (setup_.keeper)
    anon_send_to(setup_.keeper, write_atom_v, store_changes{{to_row(what)}});
}

/// Tells the subscribers if the own link has gone down, or has come back.
void reputation::tell_link() {
  if (std::exchange(link_was_up_, link_.is_up()) == link_.is_up())
    return;
  if (!link_.is_up())
    discard_held();
  if (setup_.log)
    setup_.log->warn(link_.is_up() ? "the own link is up again"
                                   : "the own link seems to be down: all dials fail; scores rest");
  subscribers_.tell(own_link_changed{link_.is_up()});
}

/// Failures that the own link explains move no score; their nodes are tried again later.
void reputation::discard_held() {
  for (auto& x : std::exchange(held_, {})) {
    x.what.link_is_up = false;
    judge(x.id, x.what);
  }
}

/// Has the node keep somebody out, stores that, and tells the dialer.
caf::result<void> reputation::ban_now(const ban& what) {
  auto answer = make_response_promise();
  auto on_banned = [this, what, answer]() mutable {
    if (what.subject.what() == ban_subject::kind::node)
      subscribers_.tell(judgement{.id = what.subject.id(),
                                  .score = scores_.score(what.subject.id(), now()),
                                  .banned_for = what.lasting,
                                  .why = what.reason});
    store(to_row(what), std::move(answer));
  };
  request_from(this, setup_.node, answer_limit, ban_atom_v, what)
    .then(on_banned, [answer](caf::error& why) mutable { deliver(answer, std::move(why)); });
  return answer;
}

caf::result<void> reputation::unban(const ban_subject& what) {
  auto answer = make_response_promise();
  auto on_lifted = [this, what, answer]() mutable {
    if (what.what() == ban_subject::kind::node) {
      scores_.pardon(what.id());
      subscribers_.tell(judgement{.id = what.id(), .is_pardon = true, .why = "the ban was lifted"});
    }
    store(removed_ban{to_string(what)}, std::move(answer));
  };
  request_from(this, setup_.node, answer_limit, unban_atom_v, what)
    .then(on_lifted, [answer](caf::error& why) mutable { deliver(answer, std::move(why)); });
  return answer;
}

/// Stores the change, and answers once that is done.
void reputation::store(store_change change, caf::response_promise answer) {
  if (!setup_.keeper)
    return deliver(answer, caf::unit);
  request_from(this, setup_.keeper, answer_limit, write_atom_v, store_changes{{std::move(change)}})
    .then([answer]() mutable { deliver(answer, caf::unit); },
          [answer](caf::error& why) mutable { deliver(answer, std::move(why)); });
}

void reputation::save_later(const node_id& id) {
  if (!setup_.keeper)
    return;
  if (!is_save_due_) {
    send_later_to(this, save_after, reputation_actor{this}, write_atom_v);
    is_save_due_ = true;
  }
  unsaved_.insert(id);
  if (unsaved_.size() >= max_unsaved)
    save();
}

void reputation::save() {
  store_changes out;
  out.all.reserve(unsaved_.size());
  for (const auto& id : unsaved_)
    if (auto known = scores_.find(id, now()))
      out.all.emplace_back(devp2p::to_row(*known, wall_now()));
    else
      out.all.emplace_back(removed_score{id});
  unsaved_.clear();
  if (!out.all.empty())
    anon_send_to(setup_.keeper, write_atom_v, std::move(out));
}

/// A node that is kept is never banned, and a ban that it has ends.
void reputation::keep(const node_id& id, bool is_kept) {
  if (!is_kept) {
    kept_.erase(id);
  } else if (kept_.size() < max_kept && kept_.insert(id).second) {
    scores_.pardon(id);
    anon_send_to(setup_.node, unban_atom_v, ban_subject{id});
  }
}

caf::result<void> reputation::subscribe(const judgement_subscriber_actor& who) {
  auto refused = subscribers_.add(this, who);
  if (refused)
    return refused;
  if (!link_.is_up())
    send_to(this, who, own_link_changed{false});
  // What it has missed. The node itself tells it of the bans.
  for (const auto& x : scores_.snapshot(now()))
    if (auto score = scores_.score(x.id, now()); score != 0)
      send_to(this, who, judgement{.id = x.id, .score = score});
  return answer_to(std::move(refused));
}

void reputation::end_at_once() {
  const caf::strong_actor_ptr alive{ctrl()}; // Keeps this actor until the function returns.
  cleanup(caf::exit_reason::kill, nullptr);
  on_exit();
}

} // namespace

reputation_actor spawn_reputation(caf::actor_system& system, reputation_config config) {
  must_know_types(system);
  return system.spawn<reputation>(std::move(config));
}

} // namespace devp2p
