// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/errc.hpp"
#include "devp2p/nat/lease.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace devp2p {

/// Decides which of several gateways a mapper uses. In each round all gateways are looked for at
/// once. They are used in the order in which they were found, each until it is of no use. When all
/// have failed, the next round comes after a pause, which grows. A value: the caller passes the
/// time, and a random number from 0 to 1.
class gateway_search {
public:
  using duration = nat::lease::duration;
  using time_point = nat::lease::time_point;

  /// The failure of all gateways.
  struct failure {
    errc code;
    /// The texts of all of them.
    std::string text;
    /// The time until the next round.
    duration wait;
  };

  /// Begins a round of that number of gateways. Returns the round's number.
  std::uint64_t begin(std::size_t gateways);
  [[nodiscard]] std::uint64_t round() const { return round_; }
  /// Returns true iff not all gateways have answered in this round.
  [[nodiscard]] bool is_looking() const { return missing_ > 0; }

  /// Records that a gateway was found in this round.
  void on_found(std::size_t which);
  /// Records that a gateway was not found in this round.
  void on_not_found(errc code, const std::string& text);

  /// The index of the gateway in use, if there is one.
  [[nodiscard]] std::optional<std::size_t> current() const { return current_; }
  /// Takes the next gateway that was found into use, unless there is one. Returns true iff another
  /// one is now in use.
  bool use_next();
  /// Records that the gateway in use maps ports: earlier failures count no more.
  void on_success();
  /// Records that the gateway in use is of no use. `code` is zero if it is none of this library.
  void give_up(errc code, const std::string& text);

  /// Returns true iff there is no gateway to use or to wait for.
  [[nodiscard]] bool has_failed() const { return !current_ && found_.empty() && missing_ == 0; }
  /// Returns why no gateway is in use. Precondition: `has_failed()`.
  [[nodiscard]] failure on_failed(time_point now, double spread);

private:
  void note(const std::string& text);

  std::uint64_t round_ = 0;
  /// The number of gateways that have not answered yet in this round.
  std::size_t missing_ = 0;
  /// The gateways that were found and not used yet.
  std::deque<std::size_t> found_;
  std::optional<std::size_t> current_;
  /// The failures of the other gateways, as one text.
  std::string failures_;
  /// The error of the last gateway that was found and mapped no port, or that may well be there
  /// although it was not found. It says more than `errc::no_gateway` of the others.
  errc refusal_{};
  nat::lease patience_;
};

} // namespace devp2p
