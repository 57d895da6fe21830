// SPDX-License-Identifier: BSL-1.0
#include "nat_command.hpp"

#include "reporter.hpp"
#include "runtime.hpp"

#include "devp2p/actors/mapper.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/capability.hpp"
#include "devp2p/nat/stun.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/status_line.hpp"
#include "devp2p/simulator/program/stop_signals.hpp"

#include <caf/send.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <future>
#include <iostream>
#include <optional>

namespace devp2p::tool {

namespace {

using json = nlohmann::ordered_json;
using namespace std::chrono_literals;

/// The first port to try. No program listens there: a connection while it is mapped is reset. Each
/// gateway gets its own port, because they may be one router, where unmapping a port removes it for
/// all.
constexpr std::uint16_t first_trial_port = 61897;

/// The result of trying one gateway.
struct gateway_trial {
  std::string name;
  std::string external;
  /// Whether it has mapped the port that was tried.
  bool maps = false;
  /// Why it has not; empty if it has.
  std::string error;
};

std::string text_of(const nat::failure& why) {
  return std::string{to_string(why.code)} + (why.detail.empty() ? "" : ": " + why.detail);
}

gateway_trial try_gateway(nat::gateway& gateway, std::uint16_t port) {
  gateway_trial out;
  auto granted = gateway.map({{transport::tcp, port}, {}, 2min, {}});
  out.name = gateway.name();
  out.maps = static_cast<bool>(granted);
  if (granted) {
    out.external = granted->external.host;
    gateway.unmap(*granted);
  } else {
    out.error = text_of(granted.error());
  }
  return out;
}

/// Waits for `work`, and shows on a terminal for how long.
template <class T>
T wait_for(std::future<T>& work, std::chrono::steady_clock::time_point begin) {
  const status_line line;
  while (work.wait_for(250ms) != std::future_status::ready) {
    auto seconds = std::chrono::duration<double>{std::chrono::steady_clock::now() - begin}.count();
    line.show("looking for gateways ... " + std::to_string(static_cast<int>(seconds)) + " s");
  }
  return work.get();
}

void print(const std::vector<gateway_trial>& all,
           const nat::outcome<nat::mapping_behaviour>& kind) {
  for (const auto& x : all)
    std::cout << printable(x.name) << ": "
              << (x.maps ? "maps ports; external address " + x.external : printable(x.error))
              << '\n';
  std::cout << "NAT: " << (kind ? to_string(*kind) : printable(text_of(kind.error()))) << std::endl;
}

void print_json(const std::vector<gateway_trial>& all,
                const nat::outcome<nat::mapping_behaviour>& kind) {
  json out{{"gateways", json::array()}, {"nat", nullptr}};
  for (const auto& x : all)
    out["gateways"].push_back({{"name", x.name},
                               {"maps", x.maps},
                               {"external", x.maps ? json(x.external) : json(nullptr)},
                               {"error", x.maps ? json(nullptr) : json(x.error)}});
  if (kind)
    out["nat"] = to_string(*kind);
  else
    out["nat_error"] = text_of(kind.error());
  std::cout << out.dump(-1, ' ', true, json::error_handler_t::replace) << std::endl;
}

} // namespace

int run_nat_probe(const probe_options& options) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::future<gateway_trial>> searches;
  auto port = first_trial_port;
  for (const auto& x : nat::gateways(options.nat))
    searches.push_back(
      std::async(std::launch::async, [x, port = port++] { return try_gateway(*x, port); }));
  auto kind = std::async(std::launch::async, [&] {
    return nat::observe_mapping(options.stun.empty() ? nat::public_stun_servers() : options.stun);
  });
  std::vector<gateway_trial> found;
  for (auto& x : searches)
    found.push_back(wait_for(x, begin));
  auto behaviour = wait_for(kind, begin);
  if (options.output == style::json)
    print_json(found, behaviour);
  else
    print(found, behaviour);
  auto any = std::any_of(found.begin(), found.end(), [](const gateway_trial& x) { return x.maps; });
  return any ? succeeded : failed;
}

int run_nat_map(const map_options& options) {
  stop_signals stop; // Before there are threads: each inherits the signals that it blocks.
  printer out{options.output, stop};
  auto status = [&] {
    runtime world;
    auto mapper = spawn_mapper(world.system, {.gateways = nat::gateways(options.nat)});
    mapper->attach_functor([&stop](const caf::error&) { stop.finish(); });
    const ended_with_scope ending{mapper};
    auto events = world.system.spawn(mapping_reporter, caf::actor_cast<caf::actor>(mapper), &out);
    anon_send_to(mapper, subscribe_atom_v, events);
    if (options.tcp)
      anon_send_to(mapper, map_atom_v, local_port{transport::tcp, options.port});
    if (options.udp)
      anon_send_to(mapper, map_atom_v, local_port{transport::udp, options.port});
    auto status = stop.wait() ? succeeded : fail("the mapper has failed");
    caf::anon_send_exit(mapper, caf::exit_reason::user_shutdown);
    stop.wait_until_finished();
    return status;
  }();
  return out.close(status);
}

} // namespace devp2p::tool
