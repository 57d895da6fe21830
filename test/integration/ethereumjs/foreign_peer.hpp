// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "child_process.hpp"

#include "devp2p/messages/enode.hpp"

#include <nlohmann/json.hpp>

#include <deque>
#include <string>

namespace devp2p::test {

using json = nlohmann::json;

/// A peer of the foreign implementation: a process that runs peer.mjs, whose first lines say what
/// it can be told and what it tells.
///
/// Every wait is bounded. One that is in vain throws `std::runtime_error`, whose text has all that
/// the peer has told instead.
class foreign_peer {
public:
  /// Throws `std::runtime_error` with what is missing unless such peers can be started here.
  static void check_installation();

  /// Starts it and waits until it listens.
  explicit foreign_peer(const json& options);

  [[nodiscard]] const enode& url() const { return url_; }

  void tell(const json& command);
  void dial(const enode& whom);

  /// Takes the oldest event of that name, and with these fields, that has not been taken; waits if
  /// there is none yet.
  json next(const std::string& event, const json& fields = json::object());

  /// Whether no such event has been seen and not been taken. What is still on its way is not seen:
  /// wait for something later first.
  [[nodiscard]] bool has_no(const std::string& event) const;

private:
  bool take(const json& pattern, json& out);

  child_process process_;
  enode url_;
  std::deque<json> events_;
};

} // namespace devp2p::test
