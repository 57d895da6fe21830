// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/surviving.hpp"
#include "devp2p/messages/info.hpp"

#include <caf/response_promise.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <map>
#include <utility>

namespace devp2p {

/// The actors that wait for an answer of a node, by what the answer depends on. `session_table`
/// knows the dials and sessions by the same numbers. To answer needs no memory but for the message.
class node_callers {
public:
  using dial_promise = caf::typed_response_promise<peer_info>;

  /// Returns the number of the next dial.
  std::uint64_t next_dial() { return next_dial_++; }

  // Each promise is made after its place: a promise for which there is no memory is never kept.

  /// A place for the promise to a caller that has dialled.
  using place = std::map<std::uint64_t, dial_promise>::node_type;
  [[nodiscard]] static place place_for(std::uint64_t dial) {
    std::map<std::uint64_t, dial_promise> out;
    out.try_emplace(dial);
    return out.extract(out.begin());
  }
  /// Adds the promise to a caller. Does not throw.
  void add(place where, const dial_promise& promise) {
    dials_.insert(std::move(where)).position->second = promise;
  }
  /// Removes and returns the promise; an empty one if there is none.
  dial_promise take_dial(std::uint64_t dial) { return take(dials_, dial); }

  /// Returns the place for the promise to a supervisor that has to wait before it may go on.
  caf::response_promise& held(std::uint64_t session) { return held_[session]; }
  /// Removes and returns the promise; an empty one if there is none.
  caf::response_promise take_held(std::uint64_t session) { return take(held_, session); }

  /// Returns a place for the promise to a caller that wants the session to end.
  caf::response_promise& closing(std::uint64_t session) {
    return closings_.emplace(session, caf::response_promise{})->second;
  }
  /// Answers all callers that wait for the end of the session.
  void on_closed(std::uint64_t session) {
    for (auto i = closings_.lower_bound(session); i != closings_.end() && i->first == session;) {
      auto caller = std::move(i->second);
      i = closings_.erase(i);
      deliver(std::move(caller), caf::unit);
    }
  }

  /// Answers all callers with `why`, as far as there is memory for that.
  void refuse_all(errc why) {
    auto refuse = [=](auto& all) {
      for (auto& x : all)
        deliver(std::move(x.second), caf::make_error(why));
      all.clear();
    };
    refuse(dials_);
    refuse(closings_);
    held_.clear(); // The supervisors notice the node's end.
  }

private:
  template <class Promise>
  static Promise take(std::map<std::uint64_t, Promise>& from, std::uint64_t number) {
    auto found = from.extract(number);
    return found ? std::move(found.mapped()) : Promise{};
  }

  std::uint64_t next_dial_ = 0;
  std::map<std::uint64_t, dial_promise> dials_;
  std::map<std::uint64_t, caf::response_promise> held_;
  std::multimap<std::uint64_t, caf::response_promise> closings_;
};

} // namespace devp2p
