// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/member_events.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/packet.hpp"
#include "devp2p/messages/random_source.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace devp2p {

/// The remotes with which a typed protocol runs now. A value that the protocol's handlers share
/// with whoever writes to all of them: copies are the same members. Each handler adds its session.
/// A message is encoded once, however many receive it.
///
/// Thread-safe. Nothing here waits for a remote: a message that a session refuses, because it has
/// just ended or its queue is full, is lost without a word.
template <class Protocol>
class members {
public:
  using channel = typename Protocol::channel;
  /// A message of any of the protocol's types, of which each is one: `send(id, say{"hello"})`.
  using message = typename Protocol::any_message;

  members() : all_(std::make_shared<state>()) {}

  /// Adds the session of the handler `self`, which leaves when the handler ends, or before by
  /// `leave`. To be called in a turn of the handler. If the session is here already, nothing
  /// happens. Another one with the same remote, whose handler has not ended yet, leaves.
  template <class Self>
  void join(Self* self, const channel& link) const {
    link.belong_to(self);
    if (all_->has(link))
      return;
    // A remote may have its session join and leave for as long as it likes.
    if (!all_->hears_of_end(self->id()))
      self->attach_functor([all = all_, link, handler = self->id()](const caf::error&) {
        all->forget(handler);
        all->remove(link);
      });
    all_->add(link, self->id());
  }

  /// Takes out a member whose session goes on. Returns false if it is none.
  bool leave(const node_id& id) const { return all_->take_out(id); }

  [[nodiscard]] std::size_t size() const {
    std::lock_guard guard{all_->mutex};
    return all_->sessions.size();
  }

  [[nodiscard]] std::vector<node_id> ids() const {
    std::vector<node_id> out;
    std::lock_guard guard{all_->mutex};
    out.reserve(all_->sessions.size());
    for (const auto& x : all_->sessions)
      out.push_back(x.remote());
    return out;
  }

  /// Returns the session with that member; `nullopt` if it is none.
  [[nodiscard]] std::optional<channel> find(const node_id& id) const {
    std::lock_guard guard{all_->mutex};
    auto* found = all_->find(id);
    return found ? std::optional{*found} : std::nullopt;
  }

  /// Returns the session with a member for which `test(session)` is true; `nullopt` if there is
  /// none. `test` must not use the members.
  template <class Test>
  [[nodiscard]] std::optional<channel> find_if(Test test) const {
    std::lock_guard guard{all_->mutex};
    for (const auto& x : all_->sessions)
      if (test(x))
        return x;
    return std::nullopt;
  }

  /// Writes to one member. Returns false if it is none, or its version lacks the message.
  bool send(const node_id& to, const message& what) const { return post(to, what); }

  /// Writes the messages to one member, in order and as one: cheaper than one by one. Those that
  /// its version lacks are left out. Returns false if there is none to write.
  bool send(const node_id& to, std::vector<message> what) const {
    return post(to, std::move(what));
  }

  /// Writes to all members but `except`. Returns the number of those it was written to.
  std::size_t send_all(const message& what, const std::optional<node_id>& except = {}) const {
    return post_all(what, except);
  }

  /// Writes the messages to each of them, as `send` does.
  std::size_t send_all(const std::vector<message>& what,
                       const std::optional<node_id>& except = {}) const {
    return post_all(what, except);
  }

  /// Writes to `count` members that chance chooses, or to all if there are no more. Returns the
  /// number of those it was written to.
  std::size_t send_some(std::size_t count, const message& what, random_source& random) const {
    std::size_t out = 0;
    std::lock_guard guard{all_->mutex};
    auto left = all_->sessions.size();
    for (auto i = all_->sessions.begin(); i != all_->sessions.end() && out < count; ++i, --left)
      if (draw(random) % left < count - out && post(*i, what))
        ++out;
    return out;
  }

  /// Sends `who` the comings and goings from now on, and the members of now as such that have just
  /// joined. Ends with `who`.
  void subscribe(const member_subscriber_actor& who) const {
    std::lock_guard guard{all_->mutex};
    for (const auto& x : all_->sessions)
      anon_send_to(who, member_joined{x.remote(), x.version()});
    all_->subscribers.push_back(caf::actor_cast<caf::weak_actor_ptr>(who));
  }

private:
  struct state {
    std::mutex mutex;
    /// In the order of their remotes' ids.
    std::vector<channel> sessions;
    /// The handlers that tell of their end, in the order of their ids.
    std::vector<caf::actor_id> handlers;
    std::vector<caf::weak_actor_ptr> subscribers;

    /// Returns the place of the session with that remote, be it there or not.
    auto place_of(const node_id& id) {
      return std::lower_bound(sessions.begin(), sessions.end(), id,
                              [](const channel& x, const node_id& y) { return x.remote() < y; });
    }

    /// Returns the session with that remote; null if there is none.
    channel* find(const node_id& id) {
      auto place = place_of(id);
      return place != sessions.end() && place->remote() == id ? &*place : nullptr;
    }

    bool has(const channel& link) {
      std::lock_guard guard{mutex};
      auto* found = find(link.remote());
      return found && *found == link;
    }

    bool hears_of_end(caf::actor_id handler) {
      std::lock_guard guard{mutex};
      return std::binary_search(handlers.begin(), handlers.end(), handler);
    }

    void forget(caf::actor_id handler) {
      std::lock_guard guard{mutex};
      std::erase(handlers, handler);
    }

    void add(const channel& link, caf::actor_id handler) {
      std::lock_guard guard{mutex};
      auto place = std::lower_bound(handlers.begin(), handlers.end(), handler);
      if (place == handlers.end() || *place != handler)
        handlers.insert(place, handler);
      if (auto* before = find(link.remote())) {
        tell(member_left{link.remote()});
        *before = link;
      } else {
        sessions.insert(place_of(link.remote()), link);
      }
      tell(member_joined{link.remote(), link.version()});
    }

    /// Another session that has taken its place stays.
    void remove(const channel& link) {
      std::lock_guard guard{mutex};
      if (auto place = place_of(link.remote()); place != sessions.end() && *place == link)
        take_out(place);
    }

    bool take_out(const node_id& id) {
      std::lock_guard guard{mutex};
      auto place = place_of(id);
      if (place == sessions.end() || place->remote() != id)
        return false;
      take_out(place);
      return true;
    }

    /// Precondition: the lock is held.
    void take_out(typename std::vector<channel>::iterator place) {
      tell(member_left{place->remote()}); // Comes first: it is repeated if memory runs out.
      sessions.erase(place);
    }

    template <class Event>
    void tell(const Event& what) {
      std::erase_if(subscribers, [&](const caf::weak_actor_ptr& x) {
        auto who = caf::actor_cast<member_subscriber_actor>(x);
        if (who)
          anon_send_to(who, what);
        return !who;
      });
    }
  };

  template <class What>
  bool post(const node_id& to, What&& what) const {
    std::lock_guard guard{all_->mutex};
    auto* found = all_->find(to);
    return found && post(*found, std::forward<What>(what));
  }

  template <class What>
  std::size_t post_all(const What& what, const std::optional<node_id>& except) const {
    std::size_t out = 0;
    std::lock_guard guard{all_->mutex};
    for (const auto& x : all_->sessions)
      if (x.remote() != except && post(x, what))
        ++out;
    return out;
  }

  static bool post(const channel& link, const message& what) {
    auto out = what.in(link.version());
    if (out)
      link.link().post(std::move(*out));
    return out.has_value();
  }

  static bool post(const channel& link, std::vector<message> what) {
    std::vector<packet> out;
    out.reserve(what.size());
    for (auto& x : what)
      if (auto one = std::move(x).in(link.version()))
        out.push_back(std::move(*one));
    if (out.empty())
      return false;
    link.link().post_all(std::move(out));
    return true;
  }

  static std::uint64_t draw(random_source& random) {
    byte_array<sizeof(std::uint64_t)> drawn{};
    random.fill(drawn);
    std::uint64_t out = 0;
    std::memcpy(&out, drawn.data(), sizeof out);
    return out;
  }

  std::shared_ptr<state> all_;
};

} // namespace devp2p
