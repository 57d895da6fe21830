// SPDX-License-Identifier: BSL-1.0
//
// The memory that the peer's session holds, as a part of its node's budget.
#include "devp2p/actors/peer.hpp"
#include "devp2p/messages/caf.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace devp2p {

namespace {

/// The account of a peer's session.
class peer_account final : public memory_account {
public:
  peer_account(std::shared_ptr<memory_budget> budget, caf::weak_actor_ptr owner)
    : memory_account(std::move(budget)),
      owner_(std::move(owner)) {}

  void wake() noexcept override {
    auto alive = owner_.lock();
    if (!alive)
      return;
    try {
      anon_send_to(caf::actor_cast<peer_actor>(alive), resume_atom_v);
    } catch (const std::bad_alloc&) {
      return; // Called when memory is released. The next interval checks again.
    }
  }

private:
  caf::weak_actor_ptr owner_;
};

std::string in_mib(std::size_t size) {
  constexpr std::size_t tenths = (std::size_t{1} << 20) / 10;
  return std::to_string(size / tenths / 10) + "." + std::to_string(size / tenths % 10) + " MiB";
}

} // namespace

std::shared_ptr<memory_account> peer::open_account() {
  return std::make_shared<peer_account>(node_->memory, caf::weak_actor_ptr{ctrl()});
}

/// Returns true iff nothing may be read now. A `resume_atom` then follows when something may.
bool peer::must_wait_for_memory() {
  if (!account_)
    return false;
  // A frame that is being read has its memory.
  if (intake_.may_read_frame())
    return false;
  auto more = intake_.growth();
  if (auto small = intake_.small_growth(); !account_->is_allowed(small))
    return must_wait_for(small);
  if (must_wait_for(more))
    return true;
  if (more > 0) {
    intake_.grant();
    account_->set_buffers(account_->buffers() + more);
  }
  return false;
}

/// Takes back the memory for a frame that does not come. Called when all that has come was read: it
/// is not the remote's fault if a rate or other sessions keep this one from reading.
void peer::take_back_memory() {
  if (!intake_.may_read_frame())
    return;
  intake_.take_back();
  account_->set_buffers(buffers());
}

/// Returns true iff the payload of a message that is in the intake must not be allocated now.
bool peer::must_wait_for_payload(std::size_t size) {
  if (size <= intake::large) {
    if (!account_->is_allowed(size))
      return must_wait_for(size);
    end_memory_wait();
    return false;
  }
  // A large frame has reserved as many bytes for its payload as it has itself.
  auto now = buffers();
  auto reserved = account_->buffers() - std::min(now, account_->buffers());
  if (size <= reserved)
    end_memory_wait();
  else if (must_wait_for(size - reserved))
    return true;
  account_->set_buffers(now);
  return false;
}

bool peer::must_wait_for(std::size_t more) {
  if (!account_->is_possible(more)) {
    fail(memory_exceeded());
    return true;
  }
  if (!account_->must_wait(more)) {
    memory_wait_ = nullptr;
    return false;
  }
  if (!memory_wait_) {
    memory_wait_ = std::make_unique<memory_wait>(clock().now());
    account_->call_in(clock().now());
  }
  if (!std::exchange(looks_for_memory_, true))
    send_later(memory_budget::look_interval, tick_atom_v, memory_look);
  return true;
}

/// Records that the session needs no memory that it has waited for.
void peer::end_memory_wait() {
  memory_wait_ = nullptr;
  account_->end_wait();
}

/// Takes in the message that waits for memory, if there is one and its time has come.
void peer::take_held_back() {
  if (held_back_ && life_.is(phase::running) && !routes_.is_paused()) {
    auto held = std::move(held_back_);
    take_in(held->index, held->what);
  }
}

/// Returns true iff a payload of that size may wait to be written, and be sealed.
bool peer::has_memory_for_write(std::size_t size) const {
  auto next = buffers() + outbox_.growth(size);
  auto more = next - std::min(next, account_->buffers());
  // While there is memory, small messages are recorded together at the end of the turn.
  if (more <= memory_budget::max_allowance && account_->is_allowed(more))
    return true;
  if (!account_->take(more, outbox_.frames_growth(size)))
    return false;
  account_->set_buffers(next);
  return true;
}

/// Returns true iff there is no memory for a goodbye: it would come after frames that the remote
/// does not take.
bool peer::must_end_at_once() const {
  return account_ && account_->is_scarce() && outbox_.held() > memory_budget::max_allowance;
}

/// Ends the session that holds most, if this one has waited too long. Called every
/// `memory_budget::look_interval` while it waits.
void peer::look_for_memory() {
  looks_for_memory_ = false;
  if (!memory_wait_)
    return;
  auto now = clock().now();
  account_->call_in(now);
  // A slow frame is no reason for others to end, and may not be the remote's fault.
  auto has_time = account_->is_greedy() || intake_.is_slow();
  switch (memory_wait_->on_look(now, account_->held(), has_time)) {
  case memory_wait::verdict::wait:
    break;
  case memory_wait::verdict::end_slow:
    account_->press_slow(now);
    break;
  case memory_wait::verdict::end_any:
    if (account_->press())
      return fail(memory_exceeded());
  }
  read_on(); // Looks again after another interval, if it still must wait.
}

caf::error peer::memory_exceeded() const {
  const auto& budget = account_->budget();
  return caf::make_error(errc::memory_budget_exceeded,
                         "it holds " + in_mib(account_->held()) + ", and all sessions hold " +
                           in_mib(budget.held()) + " of " + in_mib(budget.limit()));
}

} // namespace devp2p
