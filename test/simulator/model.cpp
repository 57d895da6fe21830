// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/model.hpp"

#include "devp2p/simulator/actions.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace devp2p::simulator {

namespace {

/// The fields of a scenario, which no protocol may be called, because its settings would be one.
constexpr std::array fields_of_scenario = {
  "seed",     "topology",  "crypto",      "line",      "redial_after_s", "nats",
  "length_s", "check",     "flaky_links", "nemesis",   "byzantine",      "regions",
  "groups",   "variables", "churn",       "protocols", "$schema",        "schedule"};

template <class All>
bool contains(const All& all, std::string_view name) {
  return std::find(all.begin(), all.end(), name) != all.end();
}

[[noreturn]] void refuse(const std::string& what, const std::string& name) {
  throw std::invalid_argument{"there is " + what + " called " + name + " already"};
}

} // namespace

model::model() {
  add(check::all_linked{});
  add(check::few_failed{});
  add(check::few_ended{});
}

model& model::add(any_check blank) {
  for (const auto& x : checks_)
    if (x.name() == blank.name())
      refuse("a check", x.name());
  checks_.push_back(std::move(blank));
  return *this;
}

void model::add_protocol(const protocol_kind& x) {
  std::vector<std::string_view> actions{fault_names.begin(), fault_names.end()};
  for (const auto& other : protocols_) {
    if (other->name == x.name)
      refuse("a protocol", x.name);
    for (const auto& y : other->actions)
      actions.emplace_back(y.blank.name());
  }
  if (contains(fields_of_scenario, x.name))
    refuse("a field of scenarios", x.name);
  for (const auto& y : x.actions) {
    if (contains(actions, y.blank.name()))
      refuse("an action", y.blank.name());
    actions.emplace_back(y.blank.name());
    if (!node_of(y.blank))
      throw std::invalid_argument{"the action " + y.blank.name() + " names no node that does it"};
  }
  protocols_.push_back(std::make_shared<const protocol_kind>(x));
}

void model::add_observation(network_observation x) {
  for (const auto& other : observations_)
    if (other.name == x.name)
      refuse("an observation", x.name);
  if (observations_.size() == max_observations)
    throw std::invalid_argument{"at most " + std::to_string(max_observations) +
                                " numbers of the whole network can be observed"};
  observations_.push_back(std::move(x));
}

model& model::configure(std::function<void(caf::actor_system_config&)> change) {
  changes_.push_back(std::move(change));
  return *this;
}

std::function<void(caf::actor_system_config&)> model::configuration() const {
  return [changes = changes_](caf::actor_system_config& x) {
    for (const auto& change : changes)
      change(x);
  };
}

std::vector<offered_protocol> model::offered(const std::vector<std::string_view>& names) const {
  std::vector<offered_protocol> out;
  for (const auto& x : protocols_)
    if (contains(names, x->name))
      out.push_back({x, x->settings});
  return out;
}

} // namespace devp2p::simulator
