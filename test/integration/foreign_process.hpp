// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "child_process.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <deque>
#include <string>

namespace devp2p::test {

using json = nlohmann::json;

/// A program of another implementation: Node.js runs one of the scripts beside this file, with the
/// packages that package.json lists. It takes commands and tells events, one JSON object a line;
/// the script's first lines describe them.
///
/// Every wait is bounded. A wait in vain throws `std::runtime_error`, whose text contains all
/// events that the process has told instead.
class foreign_process {
public:
  /// Throws `std::runtime_error` that names a missing requirement, unless such processes can be
  /// started here.
  static void check_installation();

  /// Starts `script`, a path from this folder. `patience` limits every wait for it.
  foreign_process(const std::string& script, const json& options, std::chrono::seconds patience);

  void tell(const json& command);

  /// Takes the oldest event of that name and with these fields. Waits if there is none yet.
  json next(const std::string& event, const json& fields = json::object());

  /// Returns whether no such event has been read and not taken. Events that are still in transit
  /// are not seen: wait for a later one first.
  [[nodiscard]] bool has_no(const std::string& event) const;

private:
  bool take(const json& pattern, json& out);
  [[noreturn]] void give_up(const std::string& why) const;

  std::string script_;
  std::chrono::seconds patience_;
  child_process process_;
  std::deque<json> events_;
};

} // namespace devp2p::test
