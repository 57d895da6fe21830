// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/mapper_core.hpp"

#include "devp2p/actors/gateway_worker.hpp"
#include "devp2p/actors/surviving.hpp"
#include "devp2p/messages/bytes.hpp"
#include "devp2p/nat/router_watch.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace devp2p {

namespace {

using std::chrono::seconds;

/// The maximum time to wait for a worker's answer. Gateways have shorter limits of their own; this
/// one is for a gateway that has died.
constexpr seconds answer_limit{30};
/// The time after an exit message at which the mapper ends even if the router has not answered.
constexpr auto farewell_limit = std::chrono::milliseconds{1800};

/// The time that further news of the router waits after news was handled. It must not exceed five
/// seconds.
constexpr seconds deaf_for{2};

/// Returns the gateway's own text, or else the description of the error.
std::string detail_of(const caf::error& why) {
  const auto& context = why.context();
  return !context.empty() && context.match_element<std::string>(0) ? context.get_as<std::string>(0)
                                                                   : describe(why);
}

} // namespace

mapper_core::mapper_core(caf::actor_config& config, mapper_config setup)
  : mapper_core_actor::base(config),
    setup_(std::move(setup)) {}

mapper_core::behavior_type mapper_core::make_behavior() {
  alive_ = this;
  set_down_handler([this](const caf::down_msg& down) { subscribers_.remove(down.source); });
  set_exit_handler([this](const caf::exit_msg&) { shut_down(); });
  set_error_handler([](const caf::error&) {});
  auto blocks = false;
  for (const auto& x : setup_.gateways) {
    const auto detached = may_block(*x);
    blocks = blocks || detached;
    candidates_.push_back(
      {x, detached ? home_system().spawn<caf::detached>(gateway_worker, x, alive_, over_)
                   : home_system().spawn(gateway_worker, x, alive_, over_)});
  }
  if (blocks)
    survive([this](const caf::error& why) { tell_unwatched(why); }, [this] { watch(); });
  at_system_end_.call(home_system(), [this] { end_at_once(); });
  return surviving<behavior_type>(
    this, [](auto&, const caf::error&) {},
    // From users:
    [this](map_atom, local_port port) { return keep(port); },
    [this](unmap_atom, local_port port) { forget(port); }, //
    [this](info_atom) { return mapped(); },
    [this](subscribe_atom, const mapping_subscriber_actor& who) {
      return answer_to(subscribers_.add(this, who));
    },
    [this](router_atom) { on_news(); },
    [this](resume_atom) {
      heard_ = false;
      if (std::exchange(more_news_, false))
        on_news();
    },
    [this](tick_atom, local_port port, std::uint64_t tick) {
      auto i = ports_.find(port);
      if (i == ports_.end() || i->second.tick != tick)
        return;
      i->second.due = true;
      ask_next();
    },
    [this](find_atom, std::uint64_t round) {
      if (round == round_)
        search();
    },
    [this](close_atom) { quit(caf::exit_reason::user_shutdown); });
}

/// Spawns an actor that reports at once when the router has restarted or is another one.
void mapper_core::watch() {
  watching_ = std::make_shared<nat::interrupt>();
  home_system().spawn<caf::detached>([stop = watching_, self = alive_](caf::event_based_actor*) {
    nat::watch_router(*stop, [&] { caf::anon_send(self, router_atom::value); });
  });
}

void mapper_core::tell_unwatched(const caf::error& why) {
  if (setup_.log)
    setup_.log->warn(
      "the router is not watched: {}; its restart is noticed when a lease is renewed",
      describe(why));
}

void mapper_core::on_exit() {
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
  alive_ = nullptr;
}

// Looking for a gateway.

void mapper_core::search() {
  if (stopping_ || current_ || ports_.empty() || candidates_.empty())
    return;
  auto round = ++round_;
  found_.clear();
  failures_.clear();
  refusal_ = {};
  missing_ = candidates_.size();
  for (std::size_t i = 0; i < candidates_.size(); ++i)
    request(candidates_[i].worker, answer_limit, find_atom::value)
      .then([=, this](const std::string& name) { on_found(round, i, name); },
            [=, this](const caf::error& why) { on_not_found(round, why); });
}

void mapper_core::on_found(std::uint64_t round, std::size_t which, const std::string& name) {
  if (round != round_ || stopping_)
    return;
  --missing_;
  if (setup_.log)
    setup_.log->debug("found a gateway: {}", name);
  found_.push_back(which);
  if (!current_)
    use_next();
}

void mapper_core::on_not_found(std::uint64_t round, const caf::error& why) {
  if (round != round_ || stopping_)
    return;
  --missing_;
  failures_ += (failures_.empty() ? "" : "; ") + detail_of(why);
  // A gateway may well be there in spite of these errors.
  if (why == errc::too_many_files || why == errc::out_of_memory || why == errc::callback_failed)
    refusal_ = why;
  if (setup_.log)
    setup_.log->debug("found no gateway: {}", describe(why));
  if (!current_)
    use_next();
}

void mapper_core::use_next() {
  if (!found_.empty()) {
    current_ = found_.front();
    found_.pop_front();
    return ask_all();
  }
  if (missing_ == 0)
    fail_all();
}

/// Reports that no gateway maps the ports, and searches again after a pause.
void mapper_core::fail_all() {
  auto wait = patience_.on_failed(now(), chance());
  // The error of a gateway that was found says more than `errc::no_gateway` of the others.
  auto code = refusal_ && refusal_.category() == caf::atom("devp2p")
                ? static_cast<errc>(refusal_.code())
                : errc::no_gateway;
  auto why = caf::make_error(code, failures_);
  if (setup_.log)
    setup_.log->warn("no port is mapped: {}; trying again in {} s", describe(why),
                     std::chrono::ceil<seconds>(wait).count());
  for (const auto& [port, kept] : ports_)
    subscribers_.tell(mapping_failed{port, why, wait});
  delayed_send(this, wait, find_atom::value, round_);
}

// Ports.

caf::result<void> mapper_core::keep(local_port port) {
  if (stopping_)
    return caf::make_error(errc::shutting_down);
  if (port.number == 0 || port.protocol > transport::udp)
    return caf::make_error(errc::invalid_endpoint, "a port is of TCP or UDP, and not 0");
  if (ports_.size() >= max_ports && !ports_.contains(port))
    return caf::make_error(errc::gateway_refused,
                           "at most " + std::to_string(max_ports) + " ports are mapped");
  if (auto [i, fresh] = ports_.try_emplace(port); fresh) {
    i->second.due = true;
    if (current_)
      ask_next();
    else if (missing_ == 0)
      search();
  }
  return caf::unit;
}

void mapper_core::forget(local_port port) {
  auto i = ports_.find(port);
  if (i == ports_.end())
    return;
  // A mapping that is being asked for is removed when it is granted.
  if (i->second.mapping && current_) {
    subscribers_.tell(port_lost{*i->second.mapping, "not wanted any more"});
    anon_send(candidates_[*current_].worker, unmap_atom::value, *i->second.mapping);
  }
  ports_.erase(i);
}

/// Asks for the next port that is due, if the gateway has answered the previous request.
void mapper_core::ask_next() {
  if (!current_ || asking_ || stopping_)
    return;
  auto next =
    std::find_if(ports_.begin(), ports_.end(), [](const auto& x) { return x.second.due; });
  if (next == ports_.end())
    return;
  auto& [port, kept] = *next;
  kept.due = false;
  asking_ = port;
  port_mapping wish{port, kept.mapping ? kept.mapping->external : endpoint{}, setup_.lifetime, {}};
  request(candidates_[*current_].worker, answer_limit, map_atom::value, wish)
    .then([this, port = port](port_mapping& granted) { on_granted(port, std::move(granted)); },
          [this, port = port](const caf::error& why) { on_refused(port, why); });
}

void mapper_core::ask_all() {
  for (auto& [port, kept] : ports_)
    kept.due = true;
  ask_next();
}

void mapper_core::on_granted(local_port asked, port_mapping granted) {
  // The gateway has mapped another port. If that port is not one of ours, its mapping is removed.
  if (granted.internal != asked) {
    if (!ports_.contains(granted.internal))
      anon_send(candidates_[*current_].worker, unmap_atom::value, granted);
    return on_refused(asked,
                      caf::make_error(errc::gateway_failed, granted.gateway + " has mapped " +
                                                              to_string(granted.internal) +
                                                              " instead of " + to_string(asked)));
  }
  asking_.reset();
  auto i = ports_.find(asked);
  if (i == ports_.end() || stopping_) {
    anon_send(candidates_[*current_].worker, unmap_atom::value, granted);
    return ask_next();
  }
  auto& kept = i->second;
  patience_ = {};
  failures_.clear();
  see_to(granted.internal, kept.lease.on_granted(now(), granted.lifetime, chance()));
  auto before = std::exchange(kept.mapping, granted);
  ask_next();
  if (before && before->external == granted.external)
    return subscribers_.tell(port_renewed{granted});
  if (setup_.log)
    setup_.log->info("{} is reached at {}, by {}{}", to_string(granted.internal),
                     to_string(granted.external), granted.gateway,
                     granted.verified ? "" : "; this could not be verified");
  if (before)
    subscribers_.tell(external_changed{granted, before->external});
  else
    subscribers_.tell(port_mapped{granted});
}

void mapper_core::on_refused(local_port port, const caf::error& why) {
  asking_.reset();
  auto i = ports_.find(port);
  if (i == ports_.end() || stopping_)
    return ask_next();
  auto& kept = i->second;
  auto wait = kept.lease.on_failed(now(), chance());
  if (kept.mapping && !kept.lease.holds(now()))
    lose(*i, describe(why));
  if (is_of_no_use()) {
    // Another gateway may map the ports.
    failures_ += (failures_.empty() ? "" : "; ") + detail_of(why);
    refusal_ = why;
    current_.reset();
    return use_next();
  }
  if (setup_.log)
    setup_.log->warn("{} is not mapped: {}; trying again in {} s", to_string(port), describe(why),
                     std::chrono::ceil<seconds>(wait).count());
  subscribers_.tell(mapping_failed{port, why, wait});
  see_to(port, wait);
  ask_next();
}

void mapper_core::see_to(local_port port, nat::lease::duration after) {
  delayed_send(this, after, tick_atom::value, port, ++ports_[port].tick);
}

void mapper_core::lose(ports::value_type& which, const std::string& why) {
  auto& [port, kept] = which;
  if (setup_.log)
    setup_.log->warn("{} is not reached at {} any more: {}", to_string(port),
                     to_string(kept.mapping->external), why);
  subscribers_.tell(port_lost{*kept.mapping, why});
  kept.mapping.reset();
  kept.lease.on_lost();
}

std::vector<port_mapping> mapper_core::mapped() const {
  std::vector<port_mapping> out;
  for (const auto& [port, kept] : ports_)
    if (kept.mapping)
      out.push_back(*kept.mapping);
  return out;
}

/// Returns whether the current gateway maps no port, and is not to be asked for any other.
bool mapper_core::is_of_no_use() const {
  return std::none_of(ports_.begin(), ports_.end(),
                      [](const auto& x) { return x.second.mapping || x.second.due; });
}

double mapper_core::chance() {
  byte_array<2> octets{};
  try {
    setup_.random->fill(octets);
  } catch (...) {
    return 0.5; // The number only spreads hosts over time; without it, no port may be lost.
  }
  return (octets[0] * 256 + octets[1]) / 65536.0;
}

/// Asks for all ports again, or searches again, at most once in `deaf_for`: a router may announce a
/// restart all the time, or in each answer.
void mapper_core::on_news() {
  if (std::exchange(heard_, true)) {
    more_news_ = true;
    return;
  }
  delayed_send(this, deaf_for, resume_atom::value);
  if (current_)
    ask_all();
  else if (missing_ == 0)
    search();
}

// The end.

/// Ends the mapper together with the actor system. The mappings stay: no actor would receive the
/// answers.
void mapper_core::end_at_once() {
  const caf::strong_actor_ptr alive{ctrl()}; // Keeps this actor until the function returns.
  // Closes the mailbox: last messages of the workers must not wait in it and keep them alive.
  cleanup(caf::exit_reason::kill, nullptr);
  on_exit();
}

void mapper_core::shut_down() {
  if (std::exchange(stopping_, true))
    return;
  for (auto& x : candidates_)
    call_off(*x.gateway);
  for (auto& [port, kept] : ports_) {
    if (!current_ || (!kept.mapping && asking_ != port))
      continue;
    // A request that was called off may have been granted all the same. Its external port then has
    // the number of the internal one, which was asked for.
    auto taken = kept.mapping.value_or(port_mapping{port, {"", port.number}, {}, {}});
    ++to_take_back_;
    request(candidates_[*current_].worker, answer_limit, unmap_atom::value, taken)
      .then([this] { on_taken_back(); }, [this](const caf::error&) { on_taken_back(); });
    if (kept.mapping)
      subscribers_.tell(port_lost{*kept.mapping, "taken back"});
  }
  if (to_take_back_ == 0)
    return quit(caf::exit_reason::user_shutdown);
  delayed_send(this, farewell_limit, close_atom::value);
}

void mapper_core::on_taken_back() {
  if (--to_take_back_ == 0)
    quit(caf::exit_reason::user_shutdown);
}

} // namespace devp2p
