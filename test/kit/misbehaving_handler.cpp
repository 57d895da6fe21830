// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/misbehaving_handler.hpp"

#include "devp2p/messages/caf.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <stdexcept>
#include <utility>

namespace devp2p::kit {

namespace {

using scripted_actor = handler_actor::extend<
  // From itself: it is time to misbehave.
  reacts_to<tick_atom>,
  // From itself: the delay of this reply is over.
  reacts_to<write_atom, packet>>;

struct scripted_state {
  static constexpr const char* name = "misbehaving";
  scripted_state() {} // Not an aggregate, or CAF builds it from `self`.

  handler_script script;
  channel link;
  std::shared_ptr<handler_life> life;
  /// The payloads that it keeps.
  std::vector<blob> hoard;

  [[nodiscard]] bool does(misbehaviour what) const {
    return life->misbehaved && script.what == what;
  }

  /// Whether the script waits for this message.
  [[nodiscard]] bool waits_for(std::size_t message) const {
    auto* when = std::get_if<at_message>(&script.when);
    return when != nullptr && !life->misbehaved && message >= when->number;
  }
};

using scripted_pointer = scripted_actor::stateful_pointer<scripted_state>;

void note(handler_life& life, const packet& what) {
  ++life.packet_count;
  if (life.packets.size() < handler_life::max_packets)
    life.packets.push_back({what.code, what.payload.size()});
  if (life.closed)
    ++life.packets_after_close;
}

void flood(scripted_pointer self) {
  const auto& script = state_of(self).script;
  packet drop{0, blob{bytes(script.message_size)}};
  for (std::size_t i = 0; i < script.messages; ++i)
    state_of(self).link.send(self, drop);
}

/// Does what the script says. Returns whether the current message is still to be handled.
bool misbehave(scripted_pointer self) {
  const auto& script = state_of(self).script;
  state_of(self).life->misbehaved = true;
  switch (script.what) {
  case misbehaviour::returns:
    self->quit();
    return false;
  case misbehaviour::quits:
    self->quit(script.error);
    return false;
  case misbehaviour::throws:
    throw std::runtime_error{"on purpose"};
  case misbehaviour::throws_oddly:
    throw "on purpose";
  case misbehaviour::is_killed:
    caf::anon_send_exit(self, caf::exit_reason::kill);
    return false;
  case misbehaviour::breaks_protocol:
    self->quit(caf::make_error(errc::rlp_truncated));
    return false;
  case misbehaviour::writes_unknown_code:
    state_of(self).link.send(self, {script.code, {}});
    return false;
  case misbehaviour::floods:
    flood(self);
    return false;
  case misbehaviour::echoes:
  case misbehaviour::hoards:
  case misbehaviour::stalls:
  case misbehaviour::is_stubborn:
  case misbehaviour::replies_late:
    break;
  }
  return true;
}

void on_packet(scripted_pointer self, const packet& what) {
  auto& state = state_of(self);
  if (state.does(misbehaviour::stalls)) {
    state.hoard.push_back(what.payload);
    return;
  }
  note(*state.life, what);
  if (state.waits_for(state.life->packet_count) && !misbehave(self))
    return;
  if (state.does(misbehaviour::hoards) || state.does(misbehaviour::stalls))
    state.hoard.push_back(what.payload);
  else if (state.does(misbehaviour::replies_late))
    send_later_to(self, state.script.delay, self, write_atom_v, what);
  else
    state.link.send(self, what);
}

/// Asks the writer, whose answer comes after all messages that it has delivered before.
void ask_whether_closed(scripted_pointer self) {
  auto on_refusal = [life = state_of(self).life](const caf::error&) { life->closed = true; };
  state_of(self).link.write(self, {}).then([] {}, on_refusal);
}

void on_exit_message(scripted_pointer self, const caf::exit_msg& told) {
  auto& state = state_of(self);
  state.life->told = told.reason;
  if (state.does(misbehaviour::is_stubborn))
    ask_whether_closed(self);
  else if (told.reason) // As an actor without an exit handler does.
    self->quit(told.reason);
}

/// Echoes, then does what the script says. Talks to its channel's writer. Ends as the script says,
/// when it is told to, or with an error of the writer.
scripted_actor::behavior_type scripted(scripted_pointer self, const handler_script& script,
                                       const channel& link,
                                       const std::shared_ptr<handler_life>& life) {
  state_of(self).script = script;
  state_of(self).link = link;
  state_of(self).life = life;
  self->attach_functor([life](const caf::error& why) {
    life->end = why;
    life->link.writer = nullptr;
  });
  self->set_exit_handler([self](const caf::exit_msg& told) { on_exit_message(self, told); });
  if (auto* when = std::get_if<after>(&script.when))
    send_later_to(self, when->delay, self, tick_atom_v);
  else if (std::holds_alternative<at_once>(script.when))
    misbehave(self);
  return {
    [self](const packet& what) { on_packet(self, what); },
    [self](tick_atom) { misbehave(self); },
    [self](write_atom, packet& reply) { state_of(self).link.send(self, std::move(reply)); },
  };
}

} // namespace

handler_factory misbehaving(handler_script script, std::shared_ptr<handler_record> record) {
  if (!record)
    record = std::make_shared<handler_record>();
  return [=](caf::actor_system& system, const channel& link) -> handler_actor {
    auto life = std::make_shared<handler_life>();
    life->link = link;
    ++record->spawned;
    if (record->lives.size() < handler_record::max_lives)
      record->lives.push_back(life);
    return system.spawn(scripted, script, link, life);
  };
}

} // namespace devp2p::kit
