// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/event.hpp"
#include "devp2p/simulator/finding.hpp"
#include "devp2p/simulator/network_view.hpp"
#include "devp2p/simulator/record.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace devp2p::simulator {

struct scenario;

/// Watches the events of a run for one check.
class watcher {
public:
  virtual ~watcher() = default;

  /// Takes an event, which `seen` has taken before.
  virtual void add(const event& x, const network_view& seen) = 0;

  /// Returns what does not hold `now`; empty if the check holds.
  [[nodiscard]] virtual finding complaint(const network_view& seen, caf::timespan now) const = 0;
};

/// The time at which a check must hold.
enum class check_time : std::uint8_t {
  at_end,
  /// After each moment in which something happened. The run stops when the check does not hold.
  always,
};
inline constexpr auto at_end = check_time::at_end;
inline constexpr auto always = check_time::always;

/// A condition that a simulated network must meet. A value with a name and fields, as a scenario
/// has it, which can watch a run.
///
/// No check should fail only because an event came just before the end. So a failing scenario can
/// be made smaller without failing for another reason.
class any_check : public any_record {
public:
  using watch = std::function<std::unique_ptr<watcher>(const any_record& fields, const scenario&)>;

  /// `what.watch(scenario)` returns a pointer to a new `watcher`, to be used with that scenario,
  /// which outlives it. The check must hold at the time `what.time`, or at the end if the type has
  /// none.
  any_check(detail::named_type auto what)
    : any_check(what.name, time_of(what), what, [](const any_record& fields, const scenario& of) {
        return fields.as<decltype(what)>()->watch(of);
      }) {}
  template <class T>
  any_check(std::string name, check_time time, T fields, watch how)
    : any_record(std::move(name), std::move(fields)),
      time_(time),
      how_(std::move(how)) {}

  [[nodiscard]] check_time time() const { return time_; }

  [[nodiscard]] std::unique_ptr<watcher> watch_in(const scenario& of) const {
    return how_(*this, of);
  }

private:
  template <class T>
  static constexpr check_time time_of(const T&) {
    if constexpr (requires { T::time; })
      return T::time;
    else
      return at_end;
  }

  check_time time_;
  watch how_;
};

/// Returns a check without fields. `complaint(network)` returns what does not hold, empty if the
/// check holds, and depends on nothing but its argument.
[[nodiscard]] any_check
check_of_state(std::string name, check_time time,
               std::function<finding(const network_view& network)> complaint);

/// Says what is wrong with an event, after those before it; empty if nothing is. If it names no
/// nodes, those of the event are meant.
using event_judge = std::function<finding(const event& x, const network_view& network)>;

/// Returns a check without fields, which must always hold. `begin()` is called for each run, and
/// what it returns for each event of that run, which it may remember.
[[nodiscard]] any_check check_of_events(std::string name, std::function<event_judge()> begin);

/// The checks that every model knows.
namespace check {

/// Each link whose ends are both up runs at both ends. A link is exempt if the schedule still
/// stalls it or has altered its lines, or did something to it or to one of its ends less than
/// `within` ago.
struct all_linked {
  static constexpr auto name = "all_linked";
  caf::timespan within{0};

  [[nodiscard]] std::unique_ptr<watcher> watch(const scenario& of) const;
  friend auto inspect(auto& f, all_linked& x) { return inspect_fields(f, {"within_s"}, x.within); }
};

/// A number of occurrences that is allowed.
using limit = whole<0, std::uint64_t{1} << 53, 0>;

/// At most `most` sessions have failed before they ran; failed punches count as well.
struct few_failed {
  static constexpr auto name = "few_failed";
  limit most = {};

  [[nodiscard]] std::unique_ptr<watcher> watch(const scenario& of) const;
  friend auto inspect(auto& f, few_failed& x) { return inspect_fields(f, {"most"}, x.most); }
};

/// Nodes have seen at most `most` sessions end for `reason`.
struct few_ended {
  static constexpr auto name = "few_ended";
  limit most = {};
  disconnect_reason reason = {};

  [[nodiscard]] std::unique_ptr<watcher> watch(const scenario& of) const;
  friend auto inspect(auto& f, few_ended& x) {
    return inspect_fields(f, {"most", "reason"}, x.most, x.reason);
  }
};

} // namespace check

} // namespace devp2p::simulator
