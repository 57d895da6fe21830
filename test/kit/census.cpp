// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/census.hpp"

#include "devp2p/actors/thrown.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/actor_cast.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>

#include <algorithm>
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

void census::before_turn(caf::resumable& next) {
  auto* actor = actor_of(next);
  if (actor == nullptr || present_->contains(actor->id()))
    return;
  try {
    meet(*actor);
  } catch (const std::bad_alloc&) { // A test may want it so. The next turn tries again.
    present_->erase(actor->id());
  }
}

void census::meet(caf::scheduled_actor& who) {
  auto id = who.id();
  present_->emplace(id, &who);
  // Called at once if the actor has ended already.
  who.attach_functor([all = present_, id](const caf::error&) { all->erase(id); });
  if (!with_handler::is_default(who))
    return;
  who.set_exception_handler([kept = thrown_](caf::scheduled_actor* self, std::exception_ptr& x) {
    return note(*self, x, *kept);
  });
}

std::vector<std::string> census::living() const {
  std::vector<std::pair<caf::actor_id, std::string>> found;
  for (const auto& [id, who] : *present_)
    found.emplace_back(id, title_of(*who));
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (auto& x : found)
    out.push_back(std::move(x.second));
  return out;
}

} // namespace devp2p::kit
