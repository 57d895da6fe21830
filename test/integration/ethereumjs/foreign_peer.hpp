// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "child_process.hpp"

#include "devp2p/messages/enode.hpp"

#include <nlohmann/json.hpp>

#include <deque>
#include <string>

namespace devp2p::test {

using json = nlohmann::json;

/// A peer of the foreign implementation: a process that runs peer.mjs. Its first lines describe the
/// commands and events.
///
/// Every wait is bounded. A wait in vain throws `std::runtime_error`, whose text contains all
/// events that the peer has sent instead.
class foreign_peer {
public:
  /// Throws `std::runtime_error` that names a missing requirement, unless such peers can be started
  /// here.
  static void check_installation();

  /// Starts the peer, and waits until it listens.
  explicit foreign_peer(const json& options);

  [[nodiscard]] const enode& url() const { return url_; }

  void tell(const json& command);
  void dial(const enode& whom);

  /// Takes the oldest event of that name and with these fields. Waits if there is none yet.
  json next(const std::string& event, const json& fields = json::object());

  /// Returns whether no such event has been read and not taken. Events that are still in transit
  /// are not seen: wait for a later one first.
  [[nodiscard]] bool has_no(const std::string& event) const;

private:
  bool take(const json& pattern, json& out);

  child_process process_;
  enode url_;
  std::deque<json> events_;
};

} // namespace devp2p::test
