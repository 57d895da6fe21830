// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/read_window.hpp"
#include "devp2p/messages/errc.hpp"
#include "devp2p/messages/packet.hpp"
#include "devp2p/messages/route.hpp"
#include "devp2p/messages/session_counts.hpp"
#include "devp2p/messages/writer_place.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace devp2p {

/// The routes of one session, sorted by offset: their handlers, counters and windows, and which of
/// them stall. A value: its owner sends to the handlers. `Handler` is a handle that may be null.
template <class Handler>
class route_table {
public:
  struct entry {
    route where;
    /// Null if the handler has failed and none has taken its place.
    Handler handler = {};
    /// Belongs to the owner of the table.
    live_traffic* counts = nullptr;
    std::shared_ptr<read_window> window;
    /// If the window was full at the last ping interval: `given_back()` at that time.
    std::optional<std::uint64_t> given_back_full = {};
    /// The number of the message that the handler was busy with at the last ping interval.
    std::optional<std::uint32_t> busy_with = {};
    /// The number of consecutive intervals in which the handler has got no further.
    unsigned stalled_intervals = 0;
    /// The number of handlers that the protocol has lost.
    std::uint32_t restarts = 0;
  };

  void reserve(std::size_t count) { entries_.reserve(count); }
  void add(const route& where, std::shared_ptr<read_window>&& window,
           live_traffic* counts = nullptr) {
    entries_.push_back({.where = where, .counts = counts, .window = std::move(window)});
  }
  void clear() {
    paused_by_.reset();
    entries_.clear();
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] entry& operator[](std::size_t index) { return entries_[index]; }
  [[nodiscard]] const entry& operator[](std::size_t index) const { return entries_[index]; }
  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }

  /// Returns the index of the route with that message identifier.
  [[nodiscard]] std::optional<std::size_t> find(std::uint64_t id) const {
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (entries_[i].where.has(id))
        return i;
    return std::nullopt;
  }

  /// Returns the error by which all messages of this writer are refused, if any.
  [[nodiscard]] std::optional<errc> refuse(writer_place from) const {
    if (from.index >= entries_.size())
      return errc::invalid_message_code;
    if (from.restarts != entries_[from.index].restarts)
      return errc::handler_detached;
    return std::nullopt;
  }

  /// Returns the error by which this message is refused, if any. Precondition: there is such a
  /// route.
  [[nodiscard]] std::optional<errc> refuse(std::size_t index, const packet& message) const {
    const auto& from = entries_[index].where;
    if (message.code >= from.length)
      return errc::invalid_message_code;
    if (message.payload.size() > from.max_message_size)
      return errc::outgoing_message_too_large;
    return std::nullopt;
  }

  // Pauses.

  /// Records that reading stops until the window of that route has room.
  void pause_for(std::size_t index) { paused_by_ = static_cast<std::uint16_t>(index); }
  [[nodiscard]] bool is_paused() const { return paused_by_.has_value(); }
  /// Returns true iff reading is paused and may go on now.
  [[nodiscard]] bool may_go_on() const {
    return paused_by_ && !entries_[*paused_by_].window->must_wait();
  }
  /// Ends the pause if reading may go on.
  void go_on() {
    if (may_go_on())
      paused_by_.reset();
  }

  // Handlers that fail.

  /// Records that the handler of that route is given up. The old handler may be stuck in a call,
  /// and write when it returns: such writes are refused from now on. Payloads that it still holds
  /// do not count against the next one, which has the `next` window.
  void detach(std::size_t index, std::shared_ptr<read_window>&& next) {
    auto& from = entries_[index];
    from.handler = nullptr;
    ++from.restarts;
    from.window = std::move(next);
    from.given_back_full.reset();
    from.busy_with.reset();
    from.stalled_intervals = 0;
    if (paused_by_ == index)
      paused_by_.reset();
  }

  /// Records that a ping interval has passed for that route. Returns true iff its handler has
  /// stalled: for `patience` intervals the window was full and gave no memory back, or the handler
  /// was `busy_with` the message of that number. A handler that `writes` may wait itself.
  [[nodiscard]] bool on_interval(std::size_t index, bool writes,
                                 std::optional<std::uint32_t> busy_with, unsigned patience) {
    auto& watched = entries_[index];
    auto before = std::exchange(watched.given_back_full, std::nullopt);
    if (watched.window->is_full())
      watched.given_back_full = watched.window->given_back();
    auto is_full = before && watched.given_back_full == before;
    auto is_busy = busy_with && std::exchange(watched.busy_with, busy_with) == busy_with;
    auto stalls = (is_full || is_busy) && !writes;
    watched.stalled_intervals = stalls ? watched.stalled_intervals + 1 : 0;
    if (watched.stalled_intervals < patience)
      return false;
    watched.stalled_intervals = 0;
    return true;
  }

private:
  std::vector<entry> entries_;
  /// The route whose window was full when another message came.
  std::optional<std::uint16_t> paused_by_;
};

} // namespace devp2p
