// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string_view>

namespace devp2p {

/// The children that are restarted when one of them is. The terms are those of Erlang/OTP
/// ("Supervisor Behaviour").
enum class restart_strategy : std::uint8_t {
  /// Restarts that child alone.
  one_for_one,
  /// Restarts all children: the others are stopped, and then all are started.
  one_for_all,
  /// Restarts that child and those that are started after it.
  rest_for_one,
};

/// Whether a child is restarted when it ends by itself.
enum class restart_type : std::uint8_t {
  /// Always.
  permanent,
  /// If it has failed.
  transient,
  /// Never, not even together with another child.
  temporary,
};

/// A child's state.
enum class child_state : std::uint8_t {
  /// The child is to be started: after a pause, or after other children have ended or are started.
  waiting,
  running,
  /// The child was asked to end, and has not ended yet.
  stopping,
  /// The child has ended, and is not restarted by itself.
  done,
};

[[nodiscard]] constexpr std::string_view to_string(child_state state) {
  switch (state) {
  case child_state::waiting:
    return "waiting";
  case child_state::running:
    return "running";
  case child_state::stopping:
    return "stopping";
  case child_state::done:
    return "done";
  }
  return "?";
}

} // namespace devp2p
