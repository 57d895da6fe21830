// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/dialer.hpp"

#include "devp2p/actors/alarm.hpp"
#include "devp2p/actors/lasting.hpp"
#include "devp2p/actors/peering/dial_plan.hpp"
#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/actors/subscribers.hpp"
#include "devp2p/actors/surviving.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <new>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace devp2p {

namespace {

/// The node and the keeper answer at once; this is for one that has died.
constexpr std::chrono::seconds answer_limit{30};
/// The pause before a source is asked again after it has named nodes that were taken, and after it
/// has named none.
constexpr std::chrono::seconds next_question{1};
constexpr std::chrono::seconds next_question_after_nothing{30};
/// The maximum number of candidates that a source is asked for at once.
constexpr std::size_t largest_question = 64;
/// The pause between two writes of nodes that were dialled with success, and the maximum number of
/// them in one. Others are forgotten: they are written when they are dialled again.
constexpr std::chrono::seconds next_save{10};
constexpr std::size_t max_unsaved_known = 256;
/// The source of the nodes that were known before.
constexpr source_number known_source = 0;

dial_targets targets_of(const dial_limits& x) {
  return {static_cast<std::uint32_t>(x.peers), static_cast<std::uint32_t>(x.kept_for_inbound),
          static_cast<std::uint32_t>(x.max_dialling)};
}

class dialer : public lasting<dialer_actor::base> {
public:
  dialer(caf::actor_config& config, dialer_config setup)
    : lasting(config),
      setup_(std::move(setup)),
      orders_(setup_.orders ? setup_.orders : std::make_shared<dialer_orders>()),
      random_(*or_system_random(setup_.random)),
      plan_(setup_.self, setup_.limits) {}

  const char* name() const override { return "dialer"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using time_point = dial_plan::time_point;

  struct source {
    candidate_source_actor actor;
    /// Whether it owes an answer.
    bool is_asked = false;
    time_point next_question = {};
  };

  // The beginning and the end.
  void take_in();
  void take_in_orders();
  void on_down(const caf::down_msg& down);
  void end_at_once();

  // Dials.
  void run();
  void dial(const enode& target);
  void begin_dial(const enode& target);
  void on_dial_failed(const enode& target, const caf::error& why);
  void ask_sources();
  void ask(source_number number, source& which);
  void on_named(source_number number, std::size_t asked, const std::vector<enode>& named);
  void set_alarm();
  void learn(const enode& proved);
  void save_known();

  // What is heard.
  void on_added(const peer_info& x);
  void on_dropped(const peer_dropped& x);
  void on_failed(const session_failed& x);
  void on_judged(const judgement& x);

  // The operator.
  caf::result<void> add(const enode& node);
  caf::result<void> remove(const node_id& id);
  caf::result<void> trust(const node_id& id);
  caf::result<void> untrust(const node_id& id);
  dial_targets change(const dial_targets& to);
  void set_targets(const dial_targets& to);
  caf::result<void> add_source(const candidate_source_actor& who, const std::string& name);
  bool begin_source(const candidate_source_actor& who, const std::string& name);
  [[nodiscard]] explanation explain(const node_id& id);
  [[nodiscard]] dialer_info tell() const;
  void keep(const node_id& id);
  caf::result<void> store(store_change change);

  [[nodiscard]] time_point now() { return clock().now(); }

  const dialer_config setup_;
  const std::shared_ptr<dialer_orders> orders_;
  random_source& random_;
  at_system_end at_system_end_;
  dial_plan plan_;
  /// The dials under way.
  std::unordered_map<node_id, enode> dials_;
  /// Nodes that were dialled with success, and are to be stored.
  std::vector<store_change> unsaved_known_;
  time_point next_save_ = {};
  std::map<source_number, source> sources_;
  source_number last_source_ = known_source;
  bool link_is_up_ = true;
  alarm alarm_;
};

dialer::behavior_type dialer::make_behavior() {
  stay_alive();
  monitor(setup_.node);
  set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  set_error_handler([](const caf::error&) {});
  at_system_end_.call(home_system(), [this] { end_at_once(); });
  take_in();
  return surviving<behavior_type>(
    this, [](auto&, const caf::error&) {},
    // From the node:
    [this](const peer_added& x) { on_added(x.peer); },
    [this](const peer_dropped& x) { on_dropped(x); },
    [this](const session_failed& x) { on_failed(x); }, [](const message_event&) {},
    // From the reputation:
    [this](const judgement& x) { on_judged(x); },
    [this](const own_link_changed& x) {
      link_is_up_ = x.is_up;
      plan_.set_own_link(x.is_up, now());
      run();
    },
    // From the operator:
    [this](add_atom, const enode& node) { return add(node); },
    [this](remove_atom, const node_id& id) { return remove(id); },
    [this](trust_atom, const node_id& id) { return trust(id); },
    [this](untrust_atom, const node_id& id) { return untrust(id); },
    [this](limits_atom, const dial_targets& to) { return change(to); },
    [this](explain_atom, const node_id& id) { return explain(id); },
    [this](info_atom) { return tell(); },
    [this](subscribe_atom, const candidate_source_actor& who, const std::string& name) {
      return add_source(who, name);
    },
    // From itself:
    [this](tick_atom) {
      alarm_.on_tick(now());
      run();
    });
}

void dialer::on_exit() {
  at_system_end_.forget();
  sources_.clear();
}

void dialer::end_at_once() {
  const caf::strong_actor_ptr alive{ctrl()}; // Keeps this actor until the function returns.
  cleanup(caf::exit_reason::kill, nullptr);
  on_exit();
}

/// Takes in what is known, and asks the node who its peers are.
void dialer::take_in() {
  const dialer_actor self{this};
  take_in_orders();
  plan_.set_source(known_source, {.name = "known before"});
  for (const auto& x : setup_.known)
    static_cast<void>(plan_.offer(known_source, {x}, now()));
  send_to(this, setup_.node, subscribe_atom_v, subscriber_actor{self});
  if (setup_.reputation)
    send_to(this, setup_.reputation, subscribe_atom_v, judgement_subscriber_actor{self});
  auto take_bans = [this](const std::vector<ban>& bans) {
    for (const auto& x : bans)
      if (x.subject.what() == ban_subject::kind::node)
        plan_.ban(x.subject.id(), now() + x.lasting, x.reason, now());
  };
  request_from(this, setup_.node, answer_limit, bans_atom_v).then(take_bans, [](const caf::error&) {
  });
  auto begin = [this](const std::vector<peer_info>& peers) {
    for (const auto& x : peers)
      on_added(x);
    run();
  };
  request_from(this, setup_.node, answer_limit, peers_atom_v)
    .then(begin, [this](const caf::error&) { run(); });
}

/// Takes in what an earlier dialer of the node was told.
void dialer::take_in_orders() {
  for (const auto& id : orders_->trusted) {
    static_cast<void>(plan_.trust(id, now()));
    keep(id);
  }
  for (const auto& x : orders_->static_nodes) {
    static_cast<void>(plan_.add_static(x, now()));
    keep(x.id);
  }
  if (orders_->targets)
    set_targets(*orders_->targets);
  for (const auto& x : orders_->sources)
    begin_source(x.actor, x.name);
}

void dialer::on_down(const caf::down_msg& down) {
  if (down.source == setup_.node.address())
    return quit(caf::exit_reason::user_shutdown);
  auto gone = std::find_if(sources_.begin(), sources_.end(),
                           [&](const auto& x) { return x.second.actor.address() == down.source; });
  if (gone == sources_.end())
    return;
  std::erase_if(orders_->sources, [&](const auto& x) { return x.actor.address() == down.source; });
  plan_.forget_source(gone->first, now());
  sources_.erase(gone);
}

/// Dials all that are due, and sees to it that there are candidates.
void dialer::run() {
  while (auto target = plan_.next(now(), random_))
    dial(*target);
  if (auto loser = plan_.churn(now(), random_))
    anon_send_to(setup_.node, close_atom_v, *loser, disconnect_reason::too_many_peers);
  ask_sources();
  save_known();
  set_alarm();
}

void dialer::dial(const enode& target) {
  try {
    begin_dial(target);
  } catch (const std::bad_alloc&) {
    dials_.erase(target.id);
    plan_.on_failed(target.id, now(), "no memory", now());
    throw;
  }
}

void dialer::begin_dial(const enode& target) {
  dials_.insert_or_assign(target.id, target);
  request_from(this, setup_.node, caf::infinite, dial_atom_v, target)
    .then([](const peer_info&) {}, // The event `peer_added` has told it.
          [this, target](const caf::error& why) { on_dial_failed(target, why); });
}

/// Handles the end of a dial. If there was a connection, the event `session_failed` has told more
/// of it before.
void dialer::on_dial_failed(const enode& target, const caf::error& why) {
  if (dials_.erase(target.id) == 0)
    return;
  const auto code = errc_of(why).value_or(errc{});
  plan_.on_failed(target.id, now(), describe(why), now());
  if (setup_.reputation)
    send_to(this, setup_.reputation,
            session_failed{target.id,
                           target.address,
                           false,
                           {disconnect_reason::network_error, false, false, describe(why), code}});
  run();
}

void dialer::ask_sources() {
  if (plan_.slots().open(plan_.limits()) == 0)
    return;
  for (auto& [number, x] : sources_)
    if (!x.is_asked && x.next_question <= now())
      ask(number, x);
}

void dialer::ask(source_number number, source& which) {
  const auto credit = std::min(plan_.credit(number), largest_question);
  if (credit == 0)
    return;
  request_from(this, which.actor, caf::infinite, find_atom_v, static_cast<std::uint32_t>(credit))
    .then([=, this](const std::vector<enode>& named) { on_named(number, credit, named); },
          [=, this](const caf::error&) { on_named(number, credit, {}); });
  which.is_asked = true; // Not before: without memory for the question, there is no answer.
}

/// Takes the answer of a source, but no more than it was asked for.
void dialer::on_named(source_number number, std::size_t asked, const std::vector<enode>& named) {
  auto which = sources_.find(number);
  if (which == sources_.end())
    return;
  which->second.is_asked = false;
  which->second.next_question = now() + next_question_after_nothing;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < std::min(asked, named.size()); ++i)
    taken += plan_.offer(number, {named[i]}, now()) ? 0 : 1;
  if (taken > 0)
    which->second.next_question = now() + next_question;
  run();
}

void dialer::set_alarm() {
  auto due = plan_.when();
  if (plan_.slots().open(plan_.limits()) > 0)
    for (const auto& [number, x] : sources_)
      if (!x.is_asked && x.next_question > now())
        due = std::min(due.value_or(x.next_question), x.next_question);
  if (!unsaved_known_.empty())
    due = std::min(due.value_or(next_save_), next_save_);
  if (!due)
    return;
  if (auto delay = alarm_.set(*due, now()))
    send_later_to(this, *delay, dialer_actor{this}, tick_atom_v);
}

void dialer::on_added(const peer_info& x) {
  if (auto dialled = dials_.extract(x.id); dialled && !x.inbound)
    learn(dialled.mapped());
  plan_.on_connected(x.id, x.inbound, now());
  set_alarm();
}

/// Remembers that the node answers at this endpoint.
void dialer::learn(const enode& proved) {
  if (!setup_.keeper || unsaved_known_.size() == max_unsaved_known)
    return;
  const auto seen = setup_.wall_clock ? setup_.wall_clock() : std::chrono::system_clock::now();
  unsaved_known_.emplace_back(known_node{proved, seen, seen});
}

void dialer::save_known() {
  if (unsaved_known_.empty() || now() < next_save_)
    return;
  next_save_ = now() + next_save;
  anon_send_to(setup_.keeper, write_atom_v, store_changes{std::exchange(unsaved_known_, {})});
}

void dialer::on_dropped(const peer_dropped& x) {
  plan_.on_dropped(x.id, now(), to_string(x.end.reason), now());
  run();
}

void dialer::on_failed(const session_failed& x) {
  if (x.inbound || dials_.erase(x.id) == 0)
    return;
  plan_.on_failed(x.id, now(), x.end.error.empty() ? to_string(x.end.reason) : x.end.error, now());
  run();
}

void dialer::on_judged(const judgement& x) {
  plan_.set_score(x.id, x.score, now());
  if (x.is_pardon)
    plan_.unban(x.id, now());
  if (x.banned_for > settings::duration{0})
    plan_.ban(x.id, now() + x.banned_for, x.why, now());
  else if (x.not_before > settings::duration{0})
    plan_.delay(x.id, now() + x.not_before, x.why, now());
  run();
}

caf::result<void> dialer::add(const enode& node) {
  if (auto refused = plan_.add_static(node, now()))
    return caf::make_error(errc::list_full, std::string{to_string(*refused)});
  std::erase_if(orders_->static_nodes, [&](const auto& x) { return x.id == node.id; });
  orders_->static_nodes.push_back(node);
  keep(node.id);
  run();
  return store(static_node{node});
}

caf::result<void> dialer::remove(const node_id& id) {
  if (!plan_.remove(id, now()))
    return caf::make_error(errc::no_such_peer, id.brief());
  if (setup_.reputation && !plan_.is_trusted(id))
    send_to(this, setup_.reputation, keep_atom_v, id, false);
  std::erase_if(orders_->static_nodes, [&](const auto& x) { return x.id == id; });
  run();
  return store(removed_static_node{id});
}

caf::result<void> dialer::trust(const node_id& id) {
  auto answer = make_response_promise();
  auto on_trusted = [this, id, answer]() mutable {
    static_cast<void>(plan_.trust(id, now()));
    orders_->trusted.insert(id);
    keep(id);
    run();
    deliver(answer, caf::unit);
  };
  request_from(this, setup_.node, answer_limit, trust_atom_v, id)
    .then(on_trusted, [answer](caf::error& why) mutable { deliver(answer, std::move(why)); });
  return answer;
}

caf::result<void> dialer::untrust(const node_id& id) {
  auto answer = make_response_promise();
  auto on_done = [this, id, answer]() mutable {
    plan_.distrust(id, now());
    orders_->trusted.erase(id);
    if (setup_.reputation && !plan_.is_static(id))
      send_to(this, setup_.reputation, keep_atom_v, id, false);
    deliver(answer, caf::unit);
  };
  request_from(this, setup_.node, answer_limit, untrust_atom_v, id)
    .then(on_done, [answer](caf::error& why) mutable { deliver(answer, std::move(why)); });
  return answer;
}

dial_targets dialer::change(const dial_targets& to) {
  const auto before = targets_of(plan_.limits());
  set_targets(to);
  orders_->targets = to;
  run();
  return before;
}

void dialer::set_targets(const dial_targets& to) {
  auto limits = plan_.limits();
  limits.peers = to.peers;
  limits.kept_for_inbound = to.kept_for_inbound;
  limits.max_dialling = to.max_dialling;
  plan_.set_limits(limits);
}

caf::result<void> dialer::add_source(const candidate_source_actor& who, const std::string& name) {
  if (!who)
    return caf::make_error(caf::sec::invalid_argument, "a null handle cannot be a source");
  if (!begin_source(who, name))
    return caf::make_error(errc::list_full, std::string{to_string(dial_refusal::too_many_sources)});
  orders_->sources.push_back({who, name});
  run();
  return caf::unit;
}

/// Returns false if there are too many sources.
bool dialer::begin_source(const candidate_source_actor& who, const std::string& name) {
  const auto number = last_source_ + 1;
  if (!plan_.set_source(number, {.name = printable(name)}))
    return false;
  last_source_ = number;
  sources_.emplace(number, source{.actor = who});
  monitor(who); // One that has ended meanwhile is told of at once.
  return true;
}

explanation dialer::explain(const node_id& id) {
  const auto found = plan_.explain(id, now());
  return {.reason = found.reason,
          .since = found.since ? now() - *found.since : explanation::none,
          .until = found.until ? *found.until - now() : explanation::none,
          .why = found.why};
}

dialer_info dialer::tell() const {
  const auto& slots = plan_.slots();
  dialer_info out{.peers = slots.peers,
                  .dialled = slots.dialled,
                  .dialling = slots.dialling + slots.dialling_trusted,
                  .candidates = plan_.candidates(),
                  .own_link_is_up = link_is_up_,
                  .targets = targets_of(plan_.limits())};
  for (std::size_t i = 0; i < dial_refusals; ++i)
    out.refusals.push_back(plan_.refusals().of(static_cast<dial_refusal>(i)));
  return out;
}

/// Stores the change, and answers once that is done.
caf::result<void> dialer::store(store_change change) {
  if (!setup_.keeper)
    return caf::unit;
  auto answer = make_response_promise();
  request_from(this, setup_.keeper, answer_limit, write_atom_v, store_changes{{std::move(change)}})
    .then([answer]() mutable { deliver(answer, caf::unit); },
          [answer](caf::error& why) mutable { deliver(answer, std::move(why)); });
  return answer;
}

/// Tells the reputation that the node is only ever delayed.
void dialer::keep(const node_id& id) {
  if (setup_.reputation)
    send_to(this, setup_.reputation, keep_atom_v, id, true);
}

} // namespace

std::string to_string(const explanation& x) {
  const dial_explanation::time_point now{std::chrono::years{100}}; // Any time will do.
  dial_explanation out{.reason = x.reason, .why = x.why};
  if (x.since != explanation::none)
    out.since = now - std::min<settings::duration>(x.since, settings::forever);
  if (x.until != explanation::none)
    out.until = now + std::min<settings::duration>(x.until, settings::forever);
  return to_string(out, now);
}

dialer_actor spawn_dialer(caf::actor_system& system, dialer_config config) {
  must_know_types(system);
  return system.spawn<dialer>(std::move(config));
}

} // namespace devp2p
