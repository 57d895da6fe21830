// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <caf/typed_actor.hpp>
#include <caf/typed_behavior.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace devp2p {

namespace detail {

template <class... Functions>
struct event_functions : Functions... {
  using Functions::operator()...;
};

template <class Message>
struct event_of;
template <class Event>
struct event_of<reacts_to<Event>> {
  using type = Event;
};

template <class Function, class... Messages>
constexpr bool
  takes_one_of = (std::is_invocable_v<Function&, const typename event_of<Messages>::type&> || ...);

template <class... Functions, class... Messages>
caf::typed_behavior<Messages...> as_behavior(event_functions<Functions...> functions,
                                             caf::typed_actor<Messages...>*) {
  static_assert((takes_one_of<Functions, Messages...> && ...),
                "a function takes no event of this subscriber");
  auto shared = std::make_shared<event_functions<Functions...>>(std::move(functions));
  return {[shared](const typename event_of<Messages>::type& event) {
    if constexpr (takes_one_of<event_functions<Functions...>, Messages>)
      (*shared)(event);
  }...};
}

} // namespace detail

/// Returns the behavior of a subscriber that handles the events for which there is a function, and
/// ignores the others. Each function takes one event by constant reference:
///
///     subscriber_actor::behavior_type greeter(subscriber_actor::pointer) {
///       return on_events([](const peer_added& x) { std::cout << "hello, " << x.peer.id.brief();
///       });
///     }
template <class Subscriber = subscriber_actor, class... Functions>
typename Subscriber::behavior_type on_events(Functions... functions) {
  return detail::as_behavior(detail::event_functions<Functions...>{std::move(functions)...},
                             static_cast<Subscriber*>(nullptr));
}

} // namespace devp2p
