// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/current_child.hpp"
#include "devp2p/actors/restart_strategy.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/settings.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace devp2p {

/// The children that are started before another one, and their handles at that time.
class earlier_children {
public:
  struct child {
    std::string_view name;
    /// Null if it does not run.
    caf::strong_actor_ptr handle;
  };

  explicit earlier_children(std::span<const child> all) : all_(all) {}

  /// Returns the handle of the child of that name. It is null if that child does not run: because
  /// it has ended and is not restarted, or, with `one_for_one`, because it is being restarted.
  /// `Handle` is the type of the child's handle, which is not checked. Throws
  /// `std::invalid_argument` if no such child comes earlier.
  template <class Handle>
  [[nodiscard]] Handle get(std::string_view name) const {
    for (const auto& x : all_)
      if (x.name == name)
        return caf::actor_cast<Handle>(x.handle);
    throw std::invalid_argument{"no earlier child is called " + std::string{name}};
  }

private:
  std::span<const child> all_;
};

/// A function that spawns a child: `Handle start(caf::actor_system&)`, or with a second parameter,
/// `const earlier_children&`. `Handle` is any handle of an actor, or a `caf::expected` of one.
class child_start {
public:
  child_start() = default;

  template <class Function>
  requires(!std::same_as<std::remove_cvref_t<Function>, child_start>) child_start(Function start) {
    if constexpr (std::invocable<Function&, caf::actor_system&, const earlier_children&>)
      start_ = [start = std::move(start)](caf::actor_system& system,
                                          const earlier_children& earlier) {
        return erased(start(system, earlier));
      };
    else
      start_ = [start = std::move(start)](caf::actor_system& system, const earlier_children&) {
        return erased(start(system));
      };
  }

  explicit operator bool() const { return static_cast<bool>(start_); }

  [[nodiscard]] caf::expected<caf::strong_actor_ptr>
  operator()(caf::actor_system& system, const earlier_children& earlier) const {
    return start_(system, earlier);
  }

private:
  using erased_handle = caf::expected<caf::strong_actor_ptr>;

  template <class Handle>
  static erased_handle erased(Handle handle) {
    return caf::actor_cast<caf::strong_actor_ptr>(std::move(handle));
  }
  template <class Handle>
  static erased_handle erased(caf::expected<Handle> outcome) {
    if (!outcome)
      return std::move(outcome.error());
    return erased(std::move(*outcome));
  }

  std::function<erased_handle(caf::actor_system&, const earlier_children&)> start_;
};

/// A child of a supervision tree. The terms are those of Erlang/OTP ("Supervisor Behaviour").
struct child_spec {
  /// The name, which no other child of the tree has.
  std::string name = {};
  /// Spawns it, at first and at each restart. Runs in a turn of the tree, so it must not wait. If
  /// it throws, or returns an error or a null handle, the child has failed.
  child_start start = {};
  /// Whether it is restarted when it ends by itself. It has failed unless it quits without an
  /// error or with `caf::exit_reason::user_shutdown`. A temporary child is tried to be started only
  /// once.
  restart_type restart = restart_type::permanent;
  /// The time to end in, once it was sent an exit message with `user_shutdown`. After that it is
  /// killed. With zero it is killed at once, and with `settings::forever` it is waited for.
  settings::duration shutdown = std::chrono::seconds{5};
  /// Always has the handle of the child that runs; see `current_child`.
  child_place place = {};
};

} // namespace devp2p
