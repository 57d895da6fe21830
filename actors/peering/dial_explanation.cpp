// SPDX-License-Identifier: BSL-1.0
//
// Why a dial plan does not dial a node.
#include "devp2p/actors/peering/dial_plan.hpp"

#include <algorithm>

namespace devp2p {

/// Returns the reason why a node that is known is no peer. Allocates nothing.
dial_refusal dial_plan::state_of(const known_node& x, time_point now) const {
  if (peers_.contains(x.node.id))
    return dial_refusal::connected;
  if (dialling_.contains(x.node.id))
    return dial_refusal::dialling;
  if (!has_endpoint(x.node))
    return dial_refusal::no_endpoint;
  if (bans_.find(x.node.id, now) != nullptr)
    return dial_refusal::banned;
  if (x.back_off && x.back_off->until > std::max(now, x.redial_at))
    return dial_refusal::backing_off;
  if (x.redial_at > now)
    return dial_refusal::recently_dialled;
  if (!link_is_up_)
    return dial_refusal::own_link_down;
  auto open = is_trusted(x.node.id) ? slots_.open_trusted(limits_) : slots_.open(limits_);
  return open == 0 ? dial_refusal::no_slot : dial_refusal::waiting_turn;
}

dial_explanation dial_plan::explain(const node_id& id, time_point now) const {
  if (id == self_)
    return {dial_refusal::self};
  if (auto found = peers_.find(id); found != peers_.end())
    return {.reason = dial_refusal::connected,
            .since = found->second.since,
            .why = found->second.inbound ? "it has dialled us" : "we have dialled it"};
  if (auto found = dialling_.find(id); found != dialling_.end())
    return {.reason = dial_refusal::dialling, .since = found->second};
  auto which = find(id);
  return which ? explain_known(nodes_[*which], now) : explain_stranger(id, now);
}

dial_explanation dial_plan::explain_stranger(const node_id& id, time_point now) const {
  for (const auto* all : {&bans_, &refused_, &forgotten_})
    if (const auto* found = all->find(id, now)) {
      dial_explanation out{found->reason, found->since, found->until, found->why};
      // Time alone does not undo the refusal of an offer.
      if (all == &refused_)
        out.until.reset();
      return out;
    }
  return {};
}

dial_explanation dial_plan::explain_known(const known_node& x, time_point now) const {
  auto reason = state_of(x, now);
  switch (reason) {
  case dial_refusal::banned: {
    const auto& ban = *bans_.find(x.node.id, now);
    return {reason, ban.since, ban.until, ban.why};
  }
  case dial_refusal::backing_off:
    return {reason, x.back_off->since, x.back_off->until, x.back_off->why};
  case dial_refusal::recently_dialled:
    return {reason, x.dialled_at, x.redial_at};
  case dial_refusal::own_link_down:
    return {reason, link_since_};
  case dial_refusal::no_slot:
    return {.reason = reason, .since = x.ready_since, .why = std::string{shortage()}};
  case dial_refusal::waiting_turn:
    return {.reason = reason,
            .since = x.ready_since,
            .why = x.source ? name_of_source(*x.source) : std::string{}};
  default:
    return {reason};
  }
}

/// Returns what there is too little of for another dial.
std::string_view dial_plan::shortage() const {
  if (slots_.open_trusted(limits_) == 0)
    return "too many dials are under way";
  if (slots_.free(limits_) > 0)
    return "two dials for each free place are under way";
  return limits_.peers == 0 ? "no peers are wanted" : "all places for peers that we dial are taken";
}

std::string dial_plan::name_of_source(source_number source) const {
  auto found = terms_.find(source);
  if (found != terms_.end() && !found->second.name.empty())
    return found->second.name;
  return "source " + std::to_string(source);
}

} // namespace devp2p
