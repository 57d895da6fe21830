// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/mapper.hpp"

#include "devp2p/actors/debounce.hpp"
#include "devp2p/actors/gateway_search.hpp"
#include "devp2p/actors/gateway_worker.hpp"
#include "devp2p/actors/lasting.hpp"
#include "devp2p/actors/port_table.hpp"
#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/actors/spread.hpp"
#include "devp2p/actors/subscribers.hpp"
#include "devp2p/actors/surviving.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/settings.hpp"
#include "devp2p/messages/traversal.hpp"
#include "devp2p/nat/interrupt.hpp"
#include "devp2p/nat/router_watch.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <utility>

namespace devp2p {

namespace {

/// The maximum time to wait for a worker's answer. Gateways have shorter limits of their own; this
/// one is for a gateway that has died.
constexpr std::chrono::seconds answer_limit{30};
/// The time after an exit message at which the mapper ends even if the router has not answered.
constexpr std::chrono::milliseconds farewell_limit{1800};
/// The pause after news of the router was handled: a router may announce a restart all the time, or
/// in each answer. It must not exceed five seconds.
constexpr std::chrono::seconds news_pause{2};

/// Returns the gateway's own text, or else the description of the error.
std::string detail_of(const caf::error& why) {
  const auto& context = why.context();
  return !context.empty() && context.match_element<std::string>(0) ? context.get_as<std::string>(0)
                                                                   : describe(why);
}

auto in_seconds(nat::lease::duration x) {
  return std::chrono::ceil<std::chrono::seconds>(x).count();
}

/// Looks for a gateway, has it map ports, and keeps them mapped.
///
/// At any time, the mapper has one gateway, looks for one, or waits before it looks again. Each
/// gateway has a worker, which handles one request at a time.
class mapper : public lasting<mapper_self_actor::base> {
public:
  mapper(caf::actor_config& config, mapper_config setup)
    : lasting(config),
      setup_(std::move(setup)) {}

  const char* name() const override { return "mapper"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct candidate {
    std::shared_ptr<nat::gateway> gateway;
    gateway_actor worker;
  };

  // The gateway.
  void watch_router();
  void search();
  void on_found(std::uint64_t round, std::size_t which, const std::string& name);
  void on_not_found(std::uint64_t round, const caf::error& why);
  void use_next();
  void fail_all();
  void on_news();
  [[nodiscard]] const gateway_actor& current_worker() const {
    return candidates_[*search_.current()].worker;
  }

  // Ports.
  caf::result<void> keep(local_port port);
  void forget(local_port port);
  void ask_next();
  void ask_all();
  void on_granted(local_port asked, const port_mapping& granted);
  void on_refused(local_port port, const caf::error& why);
  void tick_after(nat::lease::duration wait, local_port port);
  void tell_mapped(const port_mapping& now, const std::optional<port_mapping>& before);
  void tell_lost(const port_mapping& lost, const std::string& why);

  // The end.
  void end_at_once();
  void shut_down();
  void on_taken_back();

  double spread();

  const mapper_config setup_;
  at_system_end at_system_end_;
  subscribers<mapping_subscriber_actor> subscribers_;
  std::vector<candidate> candidates_;
  /// True once the mapper has ended and waits for no answer. Shared with the workers.
  const std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
  /// Ends the actor that listens for the router's announcements; null if there is none.
  std::shared_ptr<nat::interrupt> watching_;
  /// Holds indices of `candidates_`.
  gateway_search search_;
  port_table ports_;
  debounce news_;
  bool stopping_ = false;
  std::size_t to_take_back_ = 0;
};

mapper::behavior_type mapper::make_behavior() {
  stay_alive();
  const mapper_self_actor self{this};
  set_down_handler([this](const caf::down_msg& down) { subscribers_.remove(down.source); });
  set_exit_handler([this](const caf::exit_msg&) { shut_down(); });
  set_error_handler([](const caf::error&) {});
  auto blocks = false;
  for (const auto& x : setup_.gateways) {
    const auto detached = may_block(*x);
    blocks = blocks || detached;
    candidates_.push_back({x, detached
                                ? home_system().spawn<caf::detached>(gateway_worker, x, self, over_)
                                : home_system().spawn(gateway_worker, x, self, over_)});
  }
  if (blocks)
    watch_router();
  at_system_end_.call(home_system(), [this] { end_at_once(); });
  return surviving<behavior_type>(
    this, [](auto&, const caf::error&) {},
    // From users:
    [this](map_atom, local_port port) { return keep(port); },
    [this](unmap_atom, local_port port) { forget(port); }, //
    [this](info_atom) { return ports_.mapped(); },
    [this](subscribe_atom, const mapping_subscriber_actor& who) {
      return answer_to(subscribers_.add(this, who));
    },
    [this](router_atom) { on_news(); },
    [this](resume_atom) {
      if (news_.on_pause_over())
        on_news();
    },
    [this](tick_atom, local_port port, std::uint64_t tick) {
      if (ports_.on_tick(port, tick))
        ask_next();
    },
    [this](find_atom, std::uint64_t round) {
      if (round == search_.round())
        search();
    },
    [this](close_atom) { quit(caf::exit_reason::user_shutdown); });
}

void mapper::on_exit() {
  at_system_end_.forget();
  if (watching_)
    watching_->raise();
  *over_ = true;
  for (auto& x : candidates_) {
    call_off(*x.gateway);
    caf::anon_send_exit(x.worker, caf::exit_reason::kill);
  }
  candidates_.clear();
  subscribers_.clear(this);
}

// The gateway.

/// Spawns an actor that reports at once when the router has restarted or is another one.
void mapper::watch_router() {
  auto on_failure = [this](const caf::error& why) {
    if (setup_.log)
      setup_.log->warn(
        "the router is not watched: {}; its restart is noticed when a lease is renewed",
        describe(why));
  };
  survive(on_failure, [this] {
    watching_ = std::make_shared<nat::interrupt>();
    home_system().spawn<caf::detached>(
      [stop = watching_, self = mapper_self_actor{this}](caf::event_based_actor*) {
        nat::watch_router(*stop, [&] { anon_send_to(self, router_atom_v); });
      });
  });
}

void mapper::search() {
  if (stopping_ || search_.current() || ports_.empty() || candidates_.empty())
    return;
  auto round = search_.begin(candidates_.size());
  for (std::size_t i = 0; i < candidates_.size(); ++i)
    request_from(this, candidates_[i].worker, answer_limit, find_atom_v)
      .then([=, this](const std::string& name) { on_found(round, i, name); },
            [=, this](const caf::error& why) { on_not_found(round, why); });
}

void mapper::on_found(std::uint64_t round, std::size_t which, const std::string& name) {
  if (round != search_.round() || stopping_)
    return;
  if (setup_.log)
    setup_.log->debug("found a gateway: {}", name);
  search_.on_found(which);
  use_next();
}

void mapper::on_not_found(std::uint64_t round, const caf::error& why) {
  if (round != search_.round() || stopping_)
    return;
  search_.on_not_found(errc_of(why).value_or(errc{}), detail_of(why));
  if (setup_.log)
    setup_.log->debug("found no gateway: {}", describe(why));
  use_next();
}

void mapper::use_next() {
  if (search_.use_next())
    ask_all();
  else if (search_.has_failed())
    fail_all();
}

/// Reports that no gateway maps the ports, and searches again after a pause.
void mapper::fail_all() {
  auto [code, text, wait] = search_.on_failed(clock().now(), spread());
  auto why = caf::make_error(code, text);
  if (setup_.log)
    setup_.log->warn("no port is mapped: {}; trying again in {} s", describe(why),
                     in_seconds(wait));
  for (auto port : ports_.ports())
    subscribers_.tell(mapping_failed{port, why, wait});
  send_later_to(this, wait, this, find_atom_v, search_.round());
}

/// Asks for all ports again, or searches again.
void mapper::on_news() {
  if (!news_.on_event())
    return;
  send_later_to(this, news_pause, this, resume_atom_v);
  if (search_.current())
    ask_all();
  else if (!search_.is_looking())
    search();
}

// Ports.

caf::result<void> mapper::keep(local_port port) {
  if (stopping_)
    return caf::make_error(errc::shutting_down);
  if (port.number == 0 || port.protocol > transport::udp)
    return caf::make_error(errc::invalid_endpoint, "a port is one of TCP or UDP, from 1 to 65535");
  if (ports_.is_full() && !ports_.contains(port))
    return caf::make_error(errc::gateway_refused, "at most " +
                                                    std::to_string(port_table::max_ports) +
                                                    " ports are mapped");
  if (ports_.add(port)) {
    if (search_.current())
      ask_next();
    else if (!search_.is_looking())
      search();
  }
  return caf::unit;
}

void mapper::forget(local_port port) {
  // A mapping that is being asked for is removed when it is granted.
  if (const auto* mapping = ports_.mapping_of(port); mapping && search_.current()) {
    subscribers_.tell(port_lost{*mapping, "not wanted any more"});
    anon_send_to(current_worker(), unmap_atom_v, *mapping);
  }
  ports_.remove(port);
}

/// Asks for the next port that is due, if the gateway has answered the previous request.
void mapper::ask_next() {
  if (!search_.current() || stopping_)
    return;
  auto wish = ports_.ask_next();
  if (!wish)
    return;
  wish->lifetime = setup_.lifetime;
  auto port = wish->internal;
  request_from(this, current_worker(), answer_limit, map_atom_v, *wish)
    .then([=, this](const port_mapping& granted) { on_granted(port, granted); },
          [=, this](const caf::error& why) { on_refused(port, why); });
}

void mapper::ask_all() {
  ports_.make_all_due();
  ask_next();
}

void mapper::on_granted(local_port asked, const port_mapping& granted) {
  // The gateway has mapped another port. If that port is not one of ours, its mapping is removed.
  if (granted.internal != asked) {
    if (!ports_.contains(granted.internal))
      anon_send_to(current_worker(), unmap_atom_v, granted);
    return on_refused(asked,
                      caf::make_error(errc::gateway_failed, granted.gateway + " has mapped " +
                                                              to_string(granted.internal) +
                                                              " instead of " + to_string(asked)));
  }
  ports_.end_asking();
  if (!ports_.contains(asked) || stopping_) {
    anon_send_to(current_worker(), unmap_atom_v, granted);
    return ask_next();
  }
  search_.on_success();
  auto [wait, before] = ports_.on_granted(granted, clock().now(), spread());
  tick_after(wait, asked);
  ask_next();
  tell_mapped(granted, before);
}

void mapper::on_refused(local_port port, const caf::error& why) {
  ports_.end_asking();
  if (!ports_.contains(port) || stopping_)
    return ask_next();
  auto [wait, lost] = ports_.on_refused(port, clock().now(), spread());
  if (lost)
    tell_lost(*lost, describe(why));
  if (ports_.is_exhausted()) {
    // Another gateway may map the ports.
    search_.give_up(errc_of(why).value_or(errc{}), detail_of(why));
    return use_next();
  }
  if (setup_.log)
    setup_.log->warn("{} is not mapped: {}; trying again in {} s", to_string(port), describe(why),
                     in_seconds(wait));
  subscribers_.tell(mapping_failed{port, why, wait});
  tick_after(wait, port);
  ask_next();
}

void mapper::tick_after(nat::lease::duration wait, local_port port) {
  send_later_to(this, wait, this, tick_atom_v, port, ports_.next_tick(port));
}

void mapper::tell_mapped(const port_mapping& now, const std::optional<port_mapping>& before) {
  if (before && before->external == now.external)
    return subscribers_.tell(port_renewed{now});
  if (setup_.log)
    setup_.log->info("{} is reached at {}, by {}{}", to_string(now.internal),
                     to_string(now.external), now.gateway,
                     now.verified ? "" : "; this could not be verified");
  if (before)
    subscribers_.tell(external_changed{now, before->external});
  else
    subscribers_.tell(port_mapped{now});
}

void mapper::tell_lost(const port_mapping& lost, const std::string& why) {
  if (setup_.log)
    setup_.log->warn("{} is not reached at {} any more: {}", to_string(lost.internal),
                     to_string(lost.external), why);
  subscribers_.tell(port_lost{lost, why});
}

/// Returns a random number from 0 up to but not including 1.
double mapper::spread() {
  try {
    return spread_by(*setup_.random);
  } catch (...) {
    return 0.5; // The number only spreads hosts over time; without it, no port may be lost.
  }
}

// The end.

/// Ends the mapper together with the actor system. The mappings stay: no actor would receive the
/// answers.
void mapper::end_at_once() {
  const caf::strong_actor_ptr alive{ctrl()}; // Keeps this actor until the function returns.
  // Closes the mailbox: last messages of the workers must not wait in it and keep them alive.
  cleanup(caf::exit_reason::kill, nullptr);
  on_exit();
}

void mapper::shut_down() {
  if (std::exchange(stopping_, true))
    return;
  for (auto& x : candidates_)
    call_off(*x.gateway);
  if (search_.current())
    for (const auto& [mapping, known] : ports_.take_back()) {
      ++to_take_back_;
      request_from(this, current_worker(), answer_limit, unmap_atom_v, mapping)
        .then([this] { on_taken_back(); }, [this](const caf::error&) { on_taken_back(); });
      if (known)
        subscribers_.tell(port_lost{mapping, "taken back"});
    }
  if (to_take_back_ == 0)
    return quit(caf::exit_reason::user_shutdown);
  send_later_to(this, farewell_limit, this, close_atom_v);
}

void mapper::on_taken_back() {
  if (--to_take_back_ == 0)
    quit(caf::exit_reason::user_shutdown);
}

} // namespace

void check_gateways(const std::vector<std::shared_ptr<nat::gateway>>& gateways) {
  for (std::size_t i = 0; i < gateways.size(); ++i)
    if (!gateways[i])
      throw std::invalid_argument{"gateways[" + std::to_string(i) + "] is null: remove it"};
}

mapper_actor spawn_mapper(caf::actor_system& system, mapper_config config) {
  check_gateways(config.gateways);
  must_know_types(system);
  config.random = or_system_random(config.random);
  config.lifetime = std::clamp(config.lifetime, settings::duration{0}, settings::forever);
  return system.spawn<mapper>(std::move(config));
}

} // namespace devp2p
