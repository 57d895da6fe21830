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

/// CAF tells nobody which exception handler an actor has, but lets derived classes see it.
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
  if (!actor)
    return;
  auto id = static_cast<std::size_t>(actor->id());
  if (id < known_.size() && known_[id])
    return;
  if (id >= known_.size())
    known_.resize(std::max(id + 1, 2 * known_.size()));
  known_[id] = true;
  meet(*actor);
}

void census::meet(caf::scheduled_actor& who) {
  if (present_.size() >= enough_) {
    // Those that have ended without a turn, because nobody could reach them any more.
    std::erase_if(present_, [](const auto& x) { return !x.second.lock(); });
    enough_ = std::max(enough_, 2 * present_.size());
  }
  present_.emplace(who.id(), who.ctrl());
  if (!with_handler::is_default(who))
    return;
  who.set_exception_handler([kept = thrown_](caf::scheduled_actor* self, std::exception_ptr& x) {
    return note(*self, x, *kept);
  });
}

void census::after_last_turn(caf::resumable& done) {
  if (auto* actor = actor_of(done))
    present_.erase(actor->id());
}

std::vector<std::string> census::living() const {
  std::vector<std::pair<caf::actor_id, std::string>> found;
  for (const auto& [id, who] : present_) {
    auto alive = who.lock();
    if (!alive)
      continue;
    // None else was met.
    auto& actor = *static_cast<caf::scheduled_actor*>(alive->get());
    if (!actor.getf(caf::abstract_actor::is_terminated_flag))
      found.emplace_back(id, title_of(actor));
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (auto& x : found)
    out.push_back(std::move(x.second));
  return out;
}

} // namespace devp2p::kit
