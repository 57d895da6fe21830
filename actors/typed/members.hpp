// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/member_events.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/packet.hpp"
#include "devp2p/messages/random_source.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
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

  members() : all_(std::make_shared<state>()) {}

  /// Adds the session of the handler `self`, which leaves when the handler ends, or before by
  /// `leave`. If it is here already, nothing happens. To be called in a turn of the handler.
  template <class Self>
  void join(Self* self, const channel& link) const {
    link.belong_to(self);
    if (all_->add(self->id(), link))
      self->attach_functor([all = all_, id = link.remote(),
                            handler = self->id()](const caf::error&) { all->remove(id, handler); });
  }

  /// Takes out a member whose session goes on. Returns false if it is none.
  bool leave(const node_id& id) const {
    std::lock_guard guard{all_->mutex};
    return all_->take_out(all_->sessions.find(id));
  }

  [[nodiscard]] std::size_t size() const {
    std::lock_guard guard{all_->mutex};
    return all_->sessions.size();
  }

  [[nodiscard]] std::vector<node_id> ids() const {
    std::vector<node_id> out;
    std::lock_guard guard{all_->mutex};
    out.reserve(all_->sessions.size());
    for (const auto& [id, x] : all_->sessions)
      out.push_back(id);
    return out;
  }

  /// Returns the session with that member; `nullopt` if it is none.
  [[nodiscard]] std::optional<channel> find(const node_id& id) const {
    return find_if([&](const channel& x) { return x.remote() == id; });
  }

  /// Returns the session with a member for which `test(session)` is true; `nullopt` if there is
  /// none. `test` must not use the members.
  template <class Test>
  [[nodiscard]] std::optional<channel> find_if(Test test) const {
    std::lock_guard guard{all_->mutex};
    for (const auto& [id, x] : all_->sessions)
      if (test(x.link))
        return x.link;
    return std::nullopt;
  }

  /// Writes to one member. Returns false if it is none, or its version lacks the message.
  template <class T>
  bool send(const node_id& to, const T& message) const {
    auto content = rlp::encode(message);
    std::lock_guard guard{all_->mutex};
    auto i = all_->sessions.find(to);
    return i != all_->sessions.end() && post<T>(i->second.link, content);
  }

  /// Writes to all members but `except`. Returns the number of those it was written to.
  template <class T>
  std::size_t send_all(const T& message, const std::optional<node_id>& except = {}) const {
    auto content = rlp::encode(message);
    std::size_t out = 0;
    std::lock_guard guard{all_->mutex};
    for (const auto& [id, x] : all_->sessions)
      if (id != except && post<T>(x.link, content))
        ++out;
    return out;
  }

  /// Writes to `count` members that chance chooses, or to all if there are no more. Returns the
  /// number of those it was written to.
  template <class T>
  std::size_t send_some(std::size_t count, const T& message, random_source& random) const {
    auto content = rlp::encode(message);
    std::size_t out = 0;
    std::lock_guard guard{all_->mutex};
    auto left = all_->sessions.size();
    for (auto i = all_->sessions.begin(); i != all_->sessions.end() && out < count; ++i, --left)
      if (draw(random) % left < count - out && post<T>(i->second.link, content))
        ++out;
    return out;
  }

  /// Sends `who` the comings and goings from now on, and the members of now as such that have just
  /// joined. Ends with `who`.
  void subscribe(const member_subscriber_actor& who) const {
    std::lock_guard guard{all_->mutex};
    for (const auto& [id, x] : all_->sessions)
      anon_send_to(who, member_joined{id, x.link.version()});
    all_->subscribers.push_back(caf::actor_cast<caf::weak_actor_ptr>(who));
  }

private:
  struct session {
    caf::actor_id handler;
    channel link;
  };

  struct state {
    std::mutex mutex;
    std::map<node_id, session> sessions;
    /// The handlers that tell of their end.
    std::set<caf::actor_id> handlers;
    std::vector<caf::weak_actor_ptr> subscribers;

    /// Returns whether the handler is yet to tell of its end.
    bool add(caf::actor_id handler, const channel& link) {
      std::lock_guard guard{mutex};
      auto [i, is_new] = sessions.insert_or_assign(link.remote(), session{handler, link});
      if (is_new)
        tell(member_joined{link.remote(), link.version()});
      return handlers.insert(handler).second;
    }

    /// Takes out the session of a handler that has ended. Another that has taken its place stays.
    void remove(const node_id& id, caf::actor_id handler) {
      std::lock_guard guard{mutex};
      handlers.erase(handler);
      auto i = sessions.find(id);
      if (i != sessions.end() && i->second.handler == handler)
        take_out(i);
    }

    bool take_out(typename std::map<node_id, session>::iterator i) {
      if (i == sessions.end())
        return false;
      auto id = i->first;
      sessions.erase(i);
      tell(member_left{id});
      return true;
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

  template <class T>
  static bool post(const channel& link, const blob& content) {
    auto code = Protocol::messages::template code_of<T>(link.version());
    if (code)
      link.link().post(packet{*code, content});
    return code.has_value();
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
