// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/simulator/place.hpp"
#include "devp2p/simulator/record.hpp"

#include <any>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace devp2p::simulator {

namespace detail {

/// Returns what is observed, as all observations are kept.
inline std::optional<std::int64_t> numbered(std::integral auto x) {
  return static_cast<std::int64_t>(x);
}
template <std::integral T>
std::optional<std::int64_t> numbered(const std::optional<T>& x) {
  return x ? numbered(*x) : std::nullopt;
}

} // namespace detail

/// The settings of a protocol that has none.
struct no_settings {
  friend auto inspect(auto& f, no_settings&) { return inspect_fields(f); }
};

/// A protocol at a node: its versions, and the state of the node, on which actions work.
/// A state is a handle, such as that of an actor or a `std::shared_ptr`, and can be copied.
template <class State>
struct offer {
  offer(std::vector<protocol> all, State of_node)
    : protocols(std::move(all)),
      state(std::move(of_node)) {}
  offer(protocol one, State of_node) : protocols{std::move(one)}, state(std::move(of_node)) {}

  std::vector<protocol> protocols;
  State state;
};

/// The way in which a report shows a number that is observed of nodes.
enum class shown_as : std::uint8_t {
  each,
  /// Also its sum over all nodes, for a number of which that has a meaning.
  each_and_sum,
};

/// A protocol that scenarios may name, with its settings and its actions; the types of its states,
/// settings and actions are erased here.
struct protocol_kind {
  /// An action, and what it does to the state of the node that does it.
  struct action {
    /// An action of that type, as it is before its fields are read.
    any_record blank;
    std::function<void(const any_record& action, const std::any& state, const occasion& now)> act;
  };

  std::string name;
  /// The settings, as they are before their fields are read.
  any_record settings;
  /// Called whenever a node starts.
  std::function<offer<std::any>(const place&)> host;
  std::vector<action> actions = {};

  /// A number that is observed, and how it is read from the state of a node.
  struct observation {
    std::string name;
    std::function<std::optional<std::int64_t>(const std::any& state)> read;
    shown_as shown = shown_as::each;
  };
  std::vector<observation> observations = {};
};

/// Describes a protocol to a `model`:
///
///     struct wish { static constexpr auto name = "wish"; node_number node; … inspect … };
///
///     simulated_protocol chain{"chain", [](const place& where) {
///       auto ours = spawn_chain(where.system(), [=](auto height) { where.tell("grown"); });
///       return offer{chain_protocol(ours), ours};
///     }};
///     chain.action<wish>([](const wish& x, const chain_actor& ours) { anon_send_to(ours,
///     x.height); });
///
/// The function gets the node's place whenever a node starts, and returns an `offer`. An action is
/// done by the first node that it names, if that is up; its function may take an `occasion`, too.
template <class State>
class simulated_protocol {
public:
  template <class Host>
  simulated_protocol(std::string name, Host host)
    : kind_{.name = name,
            .settings = {name, no_settings{}},
            .host = [host = std::move(host)](const place& where) -> offer<std::any> {
              auto out = host(where);
              return {std::move(out.protocols), std::move(out.state)};
            }} {}

  /// Adds settings, which a scenario has in a field that is called like the protocol, and the
  /// function above gets by `place::settings`. A scenario without it has `T{}`.
  template <class T>
  simulated_protocol& settings() {
    kind_.settings = {kind_.name, T{}};
    return *this;
  }

  template <detail::named_type Action, class Act>
  simulated_protocol& action(Act act) {
    kind_.actions.push_back(
      {Action{},
       [act = std::move(act)](const any_record& what, const std::any& state, const occasion& now) {
         const auto& ours = *std::any_cast<State>(&state);
         if constexpr (std::is_invocable_v<const Act&, const Action&, const State&,
                                           const occasion&>)
           act(*what.as<Action>(), ours, now);
         else
           act(*what.as<Action>(), ours);
       }});
    return *this;
  }

  /// Observes a number of each node: `read(state)` returns a whole number, or an `std::optional` of
  /// one. It is called after each moment in which an actor of the protocol had a turn at that node:
  /// a handler, an actor that the function above has spawned, or one that these have. Each change
  /// is an event called `name`, with the number as its `value`.
  template <class Read>
  simulated_protocol& observe(std::string name, Read read, shown_as shown = shown_as::each) {
    kind_.observations.push_back({std::move(name),
                                  [read = std::move(read)](const std::any& state) {
                                    return detail::numbered(read(*std::any_cast<State>(&state)));
                                  },
                                  shown});
    return *this;
  }

  [[nodiscard]] const protocol_kind& erased() const { return kind_; }

private:
  protocol_kind kind_;
};

template <class Host>
simulated_protocol(std::string, Host)
  -> simulated_protocol<decltype(std::declval<Host&>()(std::declval<const place&>()).state)>;
template <class Host>
simulated_protocol(const char*, Host)
  -> simulated_protocol<decltype(std::declval<Host&>()(std::declval<const place&>()).state)>;

} // namespace devp2p::simulator
