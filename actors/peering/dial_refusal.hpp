// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace devp2p {

/// The reason why a node is not dialled now.
enum class dial_refusal : std::uint8_t {
  /// The node is a peer.
  connected,
  /// The node is being dialled.
  dialling,
  /// The node is this one.
  self,
  /// The node was never named, or it was forgotten.
  unknown,
  /// The node is banned.
  banned,
  /// The node is tried again later, for the reason that is given.
  backing_off,
  /// The node was dialled, and is not dialled again so soon.
  recently_dialled,
  /// The endpoint of the node is not known.
  no_endpoint,
  /// The address is one that its teller may not name, or that no node can have.
  refused_address,
  /// The own link is down: nodes are only probed, one at a time.
  own_link_down,
  /// No place for a peer is free, or too many dials are under way.
  no_slot,
  /// Others are dialled before it.
  waiting_turn,
  /// The source holds as many candidates as it may.
  source_over_share,
  /// The number of sources is at its bound.
  too_many_sources,
  /// The number of static, or of trusted, nodes is at its bound.
  too_many_kept,
};

/// The number of reasons.
inline constexpr std::size_t dial_refusals = 15;

/// Returns the name of the reason, in lower case and with underscores, as for a metric's label.
[[nodiscard]] std::string_view name_of(dial_refusal x);
/// Returns the reason in words.
[[nodiscard]] std::string_view to_string(dial_refusal x);
/// Returns what has to happen before the node is dialled.
[[nodiscard]] std::string_view needed_after(dial_refusal x);

/// The number of refusals by reason.
class refusal_counts {
public:
  void add(dial_refusal x) { ++counts_[static_cast<std::size_t>(x)]; }
  [[nodiscard]] std::uint64_t of(dial_refusal x) const {
    return counts_[static_cast<std::size_t>(x)];
  }

  friend bool operator==(const refusal_counts&, const refusal_counts&) = default;

private:
  std::array<std::uint64_t, dial_refusals> counts_{};
};

/// The answer to the question why a node is not dialled.
struct dial_explanation {
  using time_point = std::chrono::steady_clock::time_point;

  dial_refusal reason = dial_refusal::unknown;
  /// The time since when that is so, if it has a beginning that is known.
  std::optional<time_point> since = {};
  /// The time until when that is so, if time alone ends it.
  std::optional<time_point> until = {};
  /// More about the reason, in the words of whoever has told it; may be empty.
  std::string why = {};

  friend bool operator==(const dial_explanation&, const dial_explanation&) = default;
};

/// Returns one line: the reason, since when, and what has to happen.
[[nodiscard]] std::string to_string(const dial_explanation& x, dial_explanation::time_point now);

} // namespace devp2p
