// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/check.hpp"
#include "devp2p/simulator/network_view.hpp"
#include "devp2p/simulator/record.hpp"
#include "devp2p/simulator/simulated_protocol.hpp"

#include <caf/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// A protocol of a scenario, with its settings.
struct offered_protocol {
  std::shared_ptr<const protocol_kind> kind;
  any_record settings;
};

/// A number that is observed of the whole network, and how it is read.
struct network_observation {
  std::string name;
  /// Depends on nothing but its argument.
  std::function<std::optional<std::int64_t>(const network_view& network)> read;
};

/// The words that scenarios may use: protocols, their actions, and checks. A value. It knows at
/// first the checks of `namespace check`; faults, such as a crash, are known to all scenarios.
///
/// The functions that add throw `std::invalid_argument` for a name that is taken.
class model {
public:
  /// The maximum number of observations of the whole network.
  static constexpr std::size_t max_observations = 16;

  model();

  template <class State>
  model& add(const simulated_protocol<State>& x) {
    add_protocol(x.erased());
    return *this;
  }

  /// Adds a check, with the fields that it has before those of a scenario are read.
  model& add(any_check blank);

  /// Adds a `check_of_state`.
  model& check(std::string name, check_time time,
               std::function<finding(const network_view& network)> complaint) {
    return add(check_of_state(std::move(name), time, std::move(complaint)));
  }
  /// Adds a check that holds as long as `holds(network)`; `sentence` says that it does not.
  model& check(std::string name, check_time time,
               std::function<bool(const network_view& network)> holds, std::string sentence) {
    return check(std::move(name), time,
                 [holds = std::move(holds),
                  sentence = std::move(sentence)](const network_view& network) -> finding {
                   return holds(network) ? finding{} : finding{sentence};
                 });
  }
  /// Adds a `check_of_events`.
  model& check_events(std::string name, std::function<event_judge()> begin) {
    return add(check_of_events(std::move(name), std::move(begin)));
  }

  /// Observes a number of the whole network: `read(network)` returns a whole number, or an
  /// `std::optional` of one, and depends on nothing but its argument. It is called after each
  /// moment in which something happened. For figures and charts: it is no event, and no check sees
  /// it.
  template <class Read>
  model& observe(std::string name, Read read) {
    add_observation({std::move(name), [read = std::move(read)](const network_view& network) {
                       return detail::numbered(read(network));
                     }});
    return *this;
  }

  /// Changes the configuration of the actor system of each run before it begins, after earlier
  /// calls have. It adds message types of your own, which your actors send each other in a node:
  ///
  ///     mine.configure([](caf::actor_system_config& x) { add_blocks<caf::id_block::mine>(x); });
  ///
  /// With several processes it is called in each of them.
  model& configure(std::function<void(caf::actor_system_config&)> change);
  /// Returns a function that makes all of these changes.
  [[nodiscard]] std::function<void(caf::actor_system_config&)> configuration() const;

  /// The protocols, in the order in which nodes offer them. A scenario that names none has the
  /// first.
  [[nodiscard]] const std::vector<std::shared_ptr<const protocol_kind>>& protocols() const {
    return protocols_;
  }
  [[nodiscard]] const std::vector<any_check>& checks() const { return checks_; }
  [[nodiscard]] const std::vector<network_observation>& observations() const {
    return observations_;
  }

  /// Returns those of these protocols that there are, with their settings as they are at first.
  [[nodiscard]] std::vector<offered_protocol>
  offered(const std::vector<std::string_view>& names) const;

private:
  void add_protocol(const protocol_kind& x);
  void add_observation(network_observation x);

  std::vector<std::shared_ptr<const protocol_kind>> protocols_;
  std::vector<any_check> checks_;
  std::vector<network_observation> observations_;
  std::vector<std::function<void(caf::actor_system_config&)>> changes_;
};

} // namespace devp2p::simulator
