// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/punching/puncher.hpp"

#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/punching/hole_keeper.hpp"
#include "devp2p/actors/punching/meeting_key.hpp"
#include "devp2p/actors/punching/simultaneous_open.hpp"
#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/actors/subscribers.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/traversal.hpp"
#include "devp2p/nat/address.hpp"

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace devp2p {

namespace {

/// Returns true iff the endpoints differ in IP version: a datagram from one never arrives at the
/// other.
bool differ_in_family(const endpoint& local, const endpoint& remote) {
  return nat::is_ipv6(local.host) != nat::is_ipv6(remote.host);
}

/// Forgets `gone`, and ends it if it still lives after `retire`.
template <class Map>
void dismiss(Map& from, const caf::actor_addr& gone) {
  std::erase_if(from, [&](const auto& x) {
    if (x.second.address() != gone)
      return false;
    caf::anon_send_exit(x.second, caf::exit_reason::user_shutdown);
    return true;
  });
}

/// Owns a hole keeper for each hole and a simultaneous open for each dial, by the remote's id.
class puncher : public pinned<puncher_self_actor::base> {
public:
  puncher(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
          std::shared_ptr<const puncher_config> setup);

  const char* name() const override { return "puncher"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<hole> punch(const node_id& remote);
  caf::result<connected_stream> dial(const node_id& remote);
  /// Returns the meeting key with `remote`, or an error if a hole or dial cannot begin.
  caf::expected<nat::meeting_key> prepare(const node_id& remote) const;
  caf::expected<hole_keeper_actor> spawn_keeper(const node_id& remote,
                                                const nat::meeting_key& with);
  void on_down(const caf::actor_addr& gone);

  net::network& network_;
  const std::shared_ptr<const puncher_config> setup_;
  std::map<node_id, hole_keeper_actor> holes_;
  std::map<node_id, simultaneous_open_actor> dials_;
  subscribers<hole_subscriber_actor> subscribers_;
  system_end system_end_;
};

puncher::puncher(caf::actor_config& config, std::shared_ptr<loop_unit> unit, net::network& network,
                 std::shared_ptr<const puncher_config> setup)
  : pinned(config, std::move(unit)),
    network_(network),
    setup_(std::move(setup)) {}

puncher::behavior_type puncher::make_behavior() {
  stay_alive();
  system_end_.watch(this);
  set_down_handler([this](const caf::down_msg& down) { on_down(down.source); });
  set_exit_handler([this](const caf::exit_msg&) { quit(caf::exit_reason::user_shutdown); });
  set_error_handler([](const caf::error&) {});
  return surviving<behavior_type>(
    this, [](auto&, const caf::error&) {},
    [this](punch_atom, const node_id& remote) { return punch(remote); },
    [this](dial_atom, const node_id& remote) { return dial(remote); },
    [this](close_atom, const node_id& remote) {
      if (auto found = holes_.find(remote); found != holes_.end()) {
        caf::anon_send_exit(found->second, caf::exit_reason::user_shutdown);
        holes_.erase(found); // New requests must not go to it.
      }
    },
    [this](info_atom) {
      std::vector<node_id> out;
      for (const auto& [id, keeper] : holes_)
        out.push_back(id);
      return out;
    },
    [this](subscribe_atom, const hole_subscriber_actor& who) {
      return answer_to(subscribers_.add(this, who));
    },
    [this](const hole_lost& what) { subscribers_.tell(what); });
}

caf::result<hole> puncher::punch(const node_id& remote) {
  auto found = holes_.find(remote);
  if (found == holes_.end()) {
    auto with = prepare(remote);
    if (!with)
      return with.error();
    auto keeper = spawn_keeper(remote, *with);
    if (!keeper)
      return keeper.error();
    found = holes_.emplace(remote, std::move(*keeper)).first;
  }
  return delegate_to(this, found->second, punch_atom_v);
}

/// Spawns a hole keeper. The keeper uses the application's random source; an exception from it
/// fails this hole only.
caf::expected<hole_keeper_actor> puncher::spawn_keeper(const node_id& remote,
                                                       const nat::meeting_key& with) {
  try {
    return spawn<hole_keeper, caf::monitored>(unit(), std::ref(network_), setup_, remote, with,
                                              puncher_self_actor{this});
  } catch (...) {
    return error_of(std::current_exception(), errc::callback_failed);
  }
}

caf::result<connected_stream> puncher::dial(const node_id& remote) {
  if (dials_.contains(remote))
    return caf::make_error(errc::already_connected, remote.brief());
  auto with = prepare(remote);
  if (!with)
    return with.error();
  auto dialer = spawn<simultaneous_open, caf::monitored>(unit(), std::ref(network_), setup_, *with,
                                                         puncher_self_actor{this});
  dials_.emplace(remote, dialer);
  return delegate_to(this, dialer, dial_atom_v);
}

caf::expected<nat::meeting_key> puncher::prepare(const node_id& remote) const {
  if (holes_.size() + dials_.size() >= puncher_config::max_paths)
    return caf::make_error(errc::too_many_pending);
  const auto& [first, second] = setup_->rendezvous;
  for (const auto& place : {first, second.value_or(first)})
    if (differ_in_family(setup_->local, place))
      return caf::make_error(errc::address_not_available,
                             setup_->local.host + " cannot reach " + to_string(place));
  auto with = meeting_key_with(setup_->key, remote);
  if (!with)
    return caf::make_error(with.error());
  return *with;
}

void puncher::on_down(const caf::actor_addr& gone) {
  if (system_end_.is(gone))
    return quit(caf::exit_reason::kill);
  dismiss(holes_, gone);
  dismiss(dials_, gone);
  subscribers_.remove(gone);
}

void puncher::on_exit() {
  for (auto& [id, keeper] : holes_)
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  for (auto& [id, dialer] : dials_)
    caf::anon_send_exit(dialer, caf::exit_reason::user_shutdown);
  holes_.clear();
  dials_.clear();
  subscribers_.clear(this);
  system_end_.forget();
}

} // namespace

puncher_actor spawn_puncher(caf::actor_system& system, net::network& network,
                            puncher_config config) {
  must_know_types(system);
  config.random = or_system_random(config.random);
  return spawn_on<puncher>(system, network,
                           std::make_shared<const puncher_config>(std::move(config)));
}

} // namespace devp2p
