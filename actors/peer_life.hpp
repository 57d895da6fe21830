// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <utility>

namespace devp2p {

/// The phases of a peer's life, from its handshake to the end of its stream, and what follows from
/// a failure in each of them. A value: its owner reports each event, and does what it returns.
class peer_life {
public:
  enum class phase : std::uint8_t {
    /// Our auth is still to be sent.
    dialling,
    /// Auth and ack are exchanged.
    handshake,
    /// The supervisor asks whether the remote is welcome; nothing is read.
    admission,
    /// Our Hello is sealed, and the remote's is awaited.
    greeting,
    /// The supervisor finds the handlers; nothing is read.
    matching,
    running,
    /// The session has failed. No data is read or written until the supervisor says how to end.
    failed,
    /// The last write is under way.
    closing,
    /// Writing is shut down. Incoming data is discarded until the remote closes.
    lingering,
    gone,
  };

  /// The consequence of a failure.
  enum class consequence : std::uint8_t {
    /// The supervisor must be told, which then says how to end.
    report,
    /// The peer must end now.
    finish,
  };

  explicit peer_life(phase first) : phase_(first) {}

  [[nodiscard]] bool is(phase x) const { return phase_ == x; }
  void enter(phase next) { phase_ = next; }

  /// Returns true iff messages of the remote are awaited.
  [[nodiscard]] bool is_reading() const {
    return phase_ == phase::handshake || phase_ == phase::greeting || phase_ == phase::running;
  }
  /// Returns true iff handlers may write: one that was spawned a moment ago may do so while the
  /// others are still being found.
  [[nodiscard]] bool takes_writes() const {
    return phase_ == phase::matching || phase_ == phase::running;
  }
  /// Returns true iff rates apply: neither to the last write, nor to reads after a failure.
  [[nodiscard]] bool is_held_back() const { return phase_ != phase::closing && !broken_; }
  /// Returns true iff the supervisor knows of a failure, or has begun the end.
  [[nodiscard]] bool has_failed() const { return phase_ >= phase::failed; }
  /// Returns true iff the peer is broken, and there was no memory to tell the supervisor.
  [[nodiscard]] bool is_lame() const { return broken_ && !has_failed() && !hears_out_; }
  /// Returns true iff a write has failed, and what the remote has sent before is still being read.
  [[nodiscard]] bool hears_out() const { return hears_out_ && !has_failed(); }
  /// Returns true iff no message can be sent to the remote any more.
  [[nodiscard]] bool is_broken() const { return broken_; }

  /// Records that nothing can be written any more. The remote may have sent the reason.
  void on_write_failure() { broken_ = hears_out_ = true; }

  /// Records that the network has failed.
  [[nodiscard]] consequence on_network_failure() {
    broken_ = true;
    return is_saying_goodbye() ? consequence::finish : consequence::report;
  }

  /// Records an exception, which may have left any part of the peer unfinished.
  [[nodiscard]] consequence on_exception() {
    broken_ = true;
    return phase_ > phase::failed || asked_to_close_ ? consequence::finish : consequence::report;
  }

  /// Records that the supervisor has asked for the end. Returns false if the end is under way.
  [[nodiscard]] bool on_close() {
    if (phase_ > phase::failed)
      return false;
    asked_to_close_ = true;
    return true;
  }

  /// Sets a deadline, in place of the last one, and returns its number, counted from 1.
  [[nodiscard]] std::uint64_t set_deadline() { return ++deadline_; }
  /// Returns true iff the peer must end because the deadline with that number has passed.
  [[nodiscard]] bool is_over_at(std::uint64_t deadline) const {
    return deadline == deadline_ && is_saying_goodbye();
  }

private:
  [[nodiscard]] bool is_saying_goodbye() const {
    return phase_ == phase::closing || phase_ == phase::lingering;
  }

  std::uint64_t deadline_ = 0;
  phase phase_;
  bool asked_to_close_ = false;
  bool broken_ = false;
  bool hears_out_ = false;
};

} // namespace devp2p
