// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/census.hpp"

#include "devp2p/actors/thrown.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/attachable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

namespace devp2p::kit {

namespace {

/// Returns the actor that has a turn, or null if it is something else, such as a task of CAF's.
/// Cheaper than a dynamic cast, because it happens at each step of a simulation.
caf::scheduled_actor* actor_of(caf::resumable& next) {
  return next.subtype() == caf::resumable::scheduled_actor
           ? static_cast<caf::scheduled_actor*>(&next)
           : nullptr;
}

std::string title_of(const caf::scheduled_actor& who) {
  return std::string{who.name()} + " (actor " + std::to_string(who.id()) + ")";
}

/// CAF does not tell which exception handler an actor has, but lets derived classes see it.
struct with_handler : caf::scheduled_actor {
  static bool is_default(const caf::scheduled_actor& who) {
    const auto& handler = who.*(&with_handler::exception_handler_);
    auto* plain = handler.target<caf::error (*)(pointer, std::exception_ptr&)>();
    return plain && *plain == &default_exception_handler;
  }
};

/// Keeps `thrown`, and returns it as the error of `who`.
caf::error note(const caf::scheduled_actor& who, const std::exception_ptr& thrown,
                std::vector<std::string>& kept) {
  try {
    auto text = text_of(thrown);
    if (kept.size() < census::max_thrown)
      kept.push_back(title_of(who) + ": " + text);
    return caf::make_error(caf::sec::runtime_error, std::move(text));
  } catch (const std::bad_alloc&) {
    return caf::sec::runtime_error;
  }
}

} // namespace

/// An actor that lives. Belongs to the actor, which destroys it when it ends.
class census::member : public caf::attachable, public place {
public:
  member(place& all, const caf::scheduled_actor& who) : place(all), who(who) {}

  const caf::scheduled_actor& who;
};

/// An actor that has begun was met at its first turn: to look at its flags is cheaper than to look
/// for it, and happens at each step of a simulation.
void census::before_turn(caf::resumable& next) {
  auto* actor = actor_of(next);
  if (actor == nullptr)
    return;
  if (actor->getf(caf::abstract_actor::is_initialized_flag) && (!missed_any_ || contains(*actor)))
    return;
  try {
    meet(*actor);
  } catch (const std::bad_alloc&) { // A test may want it so. The next turn tries again.
    missed_any_ = true;
  }
}

bool census::contains(const caf::scheduled_actor& who) const {
  for (const auto* x = all_.after; x != &all_; x = x->after)
    if (&static_cast<const member*>(x)->who == &who)
      return true;
  return false;
}

void census::meet(caf::scheduled_actor& who) {
  if (with_handler::is_default(who))
    who.set_exception_handler([kept = thrown_](caf::scheduled_actor* self, std::exception_ptr& x) {
      return note(*self, x, *kept);
    });
  // Destroyed at once if the actor has ended already.
  who.attach(std::make_unique<member>(all_, who));
}

std::vector<std::string> census::living() const {
  std::vector<std::pair<caf::actor_id, std::string>> found;
  for (const auto* x = all_.after; x != &all_; x = x->after) {
    const auto& who = static_cast<const member*>(x)->who;
    found.emplace_back(who.id(), title_of(who));
  }
  std::sort(found.begin(), found.end());
  // An actor that could not begin at its first turn, for want of memory, was met twice.
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<std::string> out;
  for (auto& x : found)
    out.push_back(std::move(x.second));
  return out;
}

} // namespace devp2p::kit
