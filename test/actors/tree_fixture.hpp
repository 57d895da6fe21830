// SPDX-License-Identifier: BSL-1.0
//
// Children of supervision trees that do what they are told, and a world for them.
#pragma once

#include "devp2p/actors/enduring.hpp"
#include "devp2p/actors/supervision_tree.hpp"
#include "devp2p/kit/seeded_random.hpp"
#include "devp2p/kit/world.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace devp2p::test {

/// A record of the children of a test.
struct child_diary {
  /// `+NAME` for each start, `-NAME` for each end.
  std::string entries;
  /// The children that run, by their names; several of one name are a fault.
  std::multimap<std::string, caf::actor_addr> running;

  std::string read() { return std::exchange(entries, {}); }
};

/// A child that ends as it is told to: `return`, `fail` or `throw`. A stubborn one does not listen
/// to exit messages.
class obedient_child : public enduring<caf::event_based_actor> {
public:
  obedient_child(caf::actor_config& config, std::string name, child_diary* diary, bool stubborn)
    : enduring(config),
      name_(std::move(name)),
      diary_(diary),
      stubborn_(stubborn) {
    diary_->entries += "+" + name_;
    diary_->running.emplace(name_, address());
  }

  const char* name() const override { return "obedient child"; }

  caf::behavior make_behavior() override {
    stay_alive();
    set_exception_handler(
      [](std::exception_ptr& thrown) { return error_of(thrown, errc::callback_failed); });
    if (stubborn_)
      set_exit_handler([](const caf::exit_msg&) {});
    return {[this](const std::string& order) {
      if (order == "return")
        quit();
      else if (order == "throw")
        throw std::runtime_error{"as it was told"};
      else
        quit(caf::make_error(errc::network_failure));
    }};
  }

  void on_exit() override {
    if (!diary_)
      return;
    std::erase_if(diary_->running, [this](const auto& x) { return x.second == address(); });
    auto* diary = std::exchange(diary_, nullptr);
    diary->entries += "-" + name_;
  }

private:
  std::string name_;
  child_diary* diary_;
  bool stubborn_;
};

/// Outlives the world.
struct tree_parts {
  child_diary diary;
  kit::seeded_random random{7};
};

struct tree_fixture : tree_parts {
  kit::world world;

  explicit tree_fixture(const kit::world_options& options = {}) : world(options) {}

  /// A child of that name. `and_then` is called with the handles of earlier ones at each start.
  child_spec child(std::string name, std::function<void(const earlier_children&)> and_then = {},
                   bool stubborn = false) {
    child_spec out{.name = name};
    out.start = [=, this](caf::actor_system& system, const earlier_children& earlier) {
      if (and_then)
        and_then(earlier);
      return system.spawn<obedient_child>(name, &diary, stubborn);
    };
    return out;
  }

  supervision_tree_config config(restart_strategy strategy, std::vector<child_spec> children) {
    return {.children = std::move(children),
            .strategy = strategy,
            .limits = {.intensity = 3},
            .random = &random};
  }

  supervision_tree_config abc(restart_strategy strategy) {
    return config(strategy, {child("a"), child("b"), child("c")});
  }

  supervision_tree_actor spawn(supervision_tree_config config) {
    auto out = world.adopt(spawn_supervision_tree(world.system(), std::move(config)));
    world.run();
    return out;
  }

  /// Tells the child of that name.
  void tell(const std::string& name, const std::string& order) {
    auto i = diary.running.find(name);
    if (i != diary.running.end())
      world.send(caf::actor_cast<caf::actor>(i->second), order);
  }

  static void stop(const supervision_tree_actor& tree) {
    caf::anon_send_exit(tree, caf::exit_reason::user_shutdown);
  }
};

} // namespace devp2p::test
