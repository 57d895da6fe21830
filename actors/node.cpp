// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/node.hpp"

#include "devp2p/actors/mapper.hpp"
#include "devp2p/actors/node_behavior.hpp"
#include "devp2p/actors/self_description.hpp"
#include "devp2p/actors/spawn_on.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace devp2p {

namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument{what};
}

/// RLPx, "Hello (0x00)": capability names have at most eight ASCII characters.
bool is_name(const std::string& x) {
  constexpr std::size_t longest = 8;
  return !x.empty() && x.size() <= longest &&
         std::all_of(x.begin(), x.end(), [](char c) { return c > ' ' && c <= '~'; });
}

/// Returns the largest number of identifiers that a session of these protocols may need: of the
/// protocols of one name, the one with the most messages counts. Returns `nullopt` if the number
/// passes 2^64.
std::optional<std::uint64_t> identifiers_of(const std::vector<protocol>& all) {
  std::map<std::string, std::uint64_t> by_name;
  for (const auto& x : all)
    by_name[x.name] = std::max(by_name[x.name], x.length);
  std::uint64_t out = p2p::base_length;
  for (const auto& [name, length] : by_name) {
    if (length > std::numeric_limits<std::uint64_t>::max() - out)
      return std::nullopt;
    out += length;
  }
  return out;
}

void check_protocols(const std::vector<protocol>& all) {
  std::set<capability> seen;
  for (const auto& x : all) {
    capability name{x.name, x.version};
    auto text = "protocol '" + printable(x.name) + "'";
    if (!is_name(x.name))
      refuse(text + ": a name has 1 to 8 visible ASCII characters");
    text = "protocol " + to_string(name);
    if (x.length == 0)
      refuse(text + " has length 0: it needs at least one message code");
    if (!x.spawn)
      refuse(text + " has no `spawn`: set it, as handled_by does");
    if (!seen.insert(name).second)
      refuse(text + " is listed twice");
  }
  if (!identifiers_of(all))
    refuse("the lengths of the protocols are too large: their sum exceeds 2^64 identifiers");
}

void check_hello(const node_config& config) {
  auto size = p2p::encode_hello(own_hello(config)).size();
  if (config.protocols.size() > p2p::max_capabilities || size > p2p::max_hello_size)
    refuse("too many protocols, or too long a client id: a Hello holds " +
           std::to_string(p2p::max_capabilities) + " protocols and " +
           std::to_string(p2p::max_hello_size) + " bytes, and ours has " +
           std::to_string(config.protocols.size()) + " and " + std::to_string(size));
  if (size > p2p::max_sent_hello_size && config.log)
    config.log->warn("our Hello has {} bytes, but some nodes read {} at most: offer fewer "
                     "protocols, or take a shorter client id",
                     size, p2p::max_sent_hello_size);
}

/// Refuses a time limit that would end whatever it is for at once.
void check_durations(const settings& limits) {
  auto check = [](std::string_view name, settings::duration given) {
    if (given < std::chrono::milliseconds{1})
      refuse("settings::" + std::string{name} + " is " + std::to_string(given.count()) +
             " ns: it must be 1 ms at least; settings::forever for no limit");
  };
  check("dial_timeout", limits.dial_timeout);
  check("handshake_timeout", limits.handshake_timeout);
  check("ping_interval", limits.ping_interval);
  check("write_timeout", limits.write_timeout);
}

/// Bounds all durations, so that sums of them do not overflow.
void bound_durations(node_config& config) {
  auto& limits = config.limits;
  for (auto* x : {&limits.dial_timeout, &limits.handshake_timeout, &limits.ping_interval,
                  &limits.write_timeout, &limits.disconnect_timeout, &limits.linger_timeout,
                  &limits.hold_timeout, &limits.handler_timeout})
    *x = std::clamp(*x, settings::duration{0}, settings::forever);
  for (auto& protocol : config.protocols)
    for (auto* x : {&protocol.supervised.period, &protocol.supervised.min_pause,
                    &protocol.supervised.max_pause})
      *x = std::clamp(*x, settings::duration{0}, settings::forever);
}

} // namespace

node_actor spawn_node(caf::actor_system& system, net::network& network, node_config config) {
  config.random = or_system_random(config.random);
  config.limits.max_missed_pings = std::max(config.limits.max_missed_pings, 1u);
  if (!config.memory)
    config.memory = std::make_shared<memory_budget>(config.limits.max_memory);
  must_know_types(system);
  check_durations(config.limits);
  bound_durations(config);
  check_protocols(config.protocols);
  check_hello(config);
  check_gateways(config.gateways);
  // Only a network that its user drives directly, as in simulations, has no loop.
  if (config.cleartext && network.loop())
    throw std::invalid_argument{"a node on a real network cannot have cleartext sessions: they are "
                                "for simulations only"};
  // Not in the shared object: the actor may hold the node.
  auto hook = std::exchange(config.admission.actor, nullptr);
  auto unit = unit_on(system, network, config.limits.hold_timeout);
  return system.spawn<node>(std::move(unit), std::ref(network),
                            std::make_shared<const node_config>(std::move(config)),
                            std::move(hook));
}

} // namespace devp2p
