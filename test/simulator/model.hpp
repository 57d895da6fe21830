// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/check.hpp"
#include "devp2p/simulator/record.hpp"
#include "devp2p/simulator/simulated_protocol.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p::simulator {

/// A protocol of a scenario, with its settings.
struct offered_protocol {
  std::shared_ptr<const protocol_kind> kind;
  any_record settings;
};

/// What scenarios may name: protocols, their actions, and checks. A value. It knows at first the
/// checks of `namespace check`; faults, such as a crash, are known to all scenarios.
///
/// The functions that add throw `std::invalid_argument` for a name that is taken.
class model {
public:
  model();

  template <class State>
  model& add(const simulated_protocol<State>& x) {
    add_protocol(x.erased());
    return *this;
  }

  /// Adds a check, with the fields that it has before those of a scenario are read.
  model& add(any_check blank);

  /// The protocols, in the order in which nodes offer them. A scenario that names none has the
  /// first.
  [[nodiscard]] const std::vector<std::shared_ptr<const protocol_kind>>& protocols() const {
    return protocols_;
  }
  [[nodiscard]] const std::vector<any_check>& checks() const { return checks_; }

  /// Returns those of these protocols that there are, with their settings as they are at first.
  [[nodiscard]] std::vector<offered_protocol>
  offered(const std::vector<std::string_view>& names) const;

private:
  void add_protocol(const protocol_kind& x);

  std::vector<std::shared_ptr<const protocol_kind>> protocols_;
  std::vector<any_check> checks_;
};

} // namespace devp2p::simulator
