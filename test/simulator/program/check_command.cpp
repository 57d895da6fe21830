// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/check_command.hpp"

#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/stop_watch.hpp"
#include "devp2p/simulator/scenario_schema.hpp"

#include <chrono>
#include <sstream>
#include <string>

namespace devp2p::tool {

namespace {

std::string how_many(std::size_t number, const std::string& what) {
  return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
}

std::string line_about(const simulator::scenario& x) {
  std::ostringstream out;
  out << how_many(x.network.links.nodes, "node") << ", "
      << how_many(x.network.links.links.size(), "link") << ", ";
  if (!x.network.nats.empty())
    out << how_many(x.network.nats.size(), "NAT") << ", ";
  out << how_many(x.schedule.size(), "step") << ", "
      << std::chrono::duration<double>{x.length}.count() << " virtual s; protocols:";
  for (const auto& y : x.protocols)
    out << ' ' << y.kind->name;
  out << "; checks:";
  for (const auto& y : x.checks)
    out << ' ' << y.name();
  if (x.checks.empty())
    out << " none";
  return out.str();
}

} // namespace

int run_check(const scenario_file& file, std::optional<std::uint64_t> seed) {
  auto what = file.read(seed);
  if (!what) {
    for (const auto& x : file.mistakes(seed))
      fail(x);
    return wrong_arguments;
  }
  return print(file.name() + ": " + line_about(*what) + '\n', stop_watch{});
}

int run_schema(const simulator::model& known) {
  return print(simulator::scenario_schema(known), stop_watch{});
}

} // namespace devp2p::tool
