// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/dial_refusal.hpp"

namespace devp2p {

namespace {

struct refusal_text {
  std::string_view name;
  std::string_view words;
  std::string_view needed;
};

/// In the order of the enumeration.
constexpr auto texts = std::to_array<refusal_text>({
  {"connected", "it is a peer", "nothing"},
  {"dialling", "it is being dialled", "that the dial succeeds"},
  {"self", "it is this node", "nothing: a node does not dial itself"},
  {"unknown", "it is not known", "that a source offers it, or that it is added"},
  {"banned", "it is banned", "that the ban ends or is lifted"},
  {"backing_off", "it is tried again later", "that the time is over"},
  {"recently_dialled", "it was dialled recently", "that the time is over"},
  {"no_endpoint", "its endpoint is not known", "that a source names its endpoint"},
  {"refused_address", "its address was refused", "that it is offered with another address"},
  {"own_link_down", "the own link is down", "that a probe reaches any node"},
  {"no_slot", "no place is free", "that a peer leaves, a dial fails or the limits rise"},
  {"waiting_turn", "it waits for its turn", "that those before it are dialled"},
  {"source_over_share", "its source has used its share of candidates",
   "that others of its source are forgotten, and that it is offered again"},
  {"too_many_sources", "there are too many sources", "that another source is forgotten"},
  {"too_many_kept", "there are too many static or trusted nodes", "that another is removed"},
});
static_assert(texts.size() == dial_refusals);

const refusal_text& text_of(dial_refusal x) {
  return texts[static_cast<std::size_t>(x)];
}

std::string seconds(std::chrono::nanoseconds x) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(x).count()) + " s";
}

} // namespace

std::string_view name_of(dial_refusal x) {
  return text_of(x).name;
}

std::string_view to_string(dial_refusal x) {
  return text_of(x).words;
}

std::string_view needed_after(dial_refusal x) {
  return text_of(x).needed;
}

std::string to_string(const dial_explanation& x, dial_explanation::time_point now) {
  std::string out{to_string(x.reason)};
  if (!x.why.empty())
    out += " (" + x.why + ")";
  if (x.since)
    out += ", since " + seconds(now - *x.since);
  if (x.until)
    return out + ", for another " +
           seconds(std::chrono::ceil<std::chrono::seconds>(*x.until - now));
  return out + "; needed: " + std::string{needed_after(x.reason)};
}

} // namespace devp2p
