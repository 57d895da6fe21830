// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/protocol.hpp"
#include "devp2p/actors/typed/any_message.hpp"
#include "devp2p/actors/typed/message_functions.hpp"
#include "devp2p/actors/typed/message_list.hpp"
#include "devp2p/actors/typed/typed_channel.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/interfaces.hpp"

#include <caf/abstract_actor.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace devp2p {

namespace detail {

/// A text as an argument of a template.
template <std::size_t N>
struct literal {
  char text[N];
  consteval literal(const char (&from)[N]) { std::copy_n(from, N, text); }
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

/// Whether what a handler's function returns is a behavior, and one of the pointer that it takes.
template <class Result, class Pointer, class Channel>
concept behavior_for = requires(const Result& returned, Pointer self, const Channel& link) {
  returned.of(self, link);
};

} // namespace detail

/// A sub-protocol whose messages are types. Its messages are RLP, as `net/rlp/shape.hpp` says.
///
///     struct say { std::string text; };                      // each with `inspect`
///     struct who { std::uint64_t id = 0; };
///     struct names { std::uint64_t id = 0; std::vector<std::string> all; };
///
///     using chat = typed_protocol<"chat", 2, message<0, say>, request<1, who, message<2, names>>>;
///
///     chat::behavior talk(chat::handler_pointer self, const chat::channel& link) {
///       link.send(self, say{"hello"});
///       link.request(self, 5s, who{}).then([](const names& x) {}, [](const caf::error& why) {});
///       return {[](const say& x) {}, [](const who&) { return names{.all = {"me"}}; }};
///     }
///
///     setup.protocols = chat::handled_by(talk);
///
/// A handler with a state takes a `chat::stateful_pointer<State>`. The state must declare a
/// constructor, be it `State() = default;`, as `handled_by` says. A class is a handler, too:
///
///     struct talker : chat::handler::base {
///       talker(caf::actor_config& config, const devp2p::channel& link)
///         : chat::handler::base(config), link(link) {}
///       behavior_type make_behavior() override {
///         link.send(this, say{"hello"});
///         chat::behavior out{[](const say& x) {}, [](const who&) { return names{}; }};
///         return out.of(this, link);
///       }
///       chat::channel link;
///     };
///
///     setup.protocols = chat::handled_by<talker>();
///     for (const auto& x : news::handled_by(report)) // A node may have several protocols.
///       setup.protocols.push_back(x);
///
/// A field that is an `rlp::bounded<std::vector<T>, 100>` has no more elements: a message with more
/// is refused before they are read.
///
/// Fields of the types `blob`, `rlp::raw` and `rlp::rest` may share the memory of the whole
/// message. As long as one is kept, all of it counts for the protocol's read window, and a handler
/// that fills the window so has stalled. `blob{x.view()}` is a copy to keep.
///
/// These types need not be known to CAF: they do not travel between actors. With CAF 0.17.6, a type
/// with a field that is an `std::optional` or an `std::variant` cannot: it does not compile as a
/// message of an actor. Send the parts of it, or a type of your own.
///
/// A remote's message that cannot be decoded, or that the protocol does not have, ends the session
/// as a breach of protocol, and no function of the handler sees it.
template <detail::literal Name, versions Versions, class... Messages>
class typed_protocol {
public:
  using messages = detail::message_list<
    typename detail::joined<typename detail::entries_of<Messages>::type...>::type>;

  static constexpr std::string_view name = Name.view();

  /// The interface of its handlers. An interface with more messages is an extension of this one.
  using handler = handler_actor::extend<
    // From a channel, or from itself at the deadline of a request: do this.
    reacts_to<detail::turn>>;
  using handler_pointer = typename handler::pointer;
  template <class State>
  using stateful_pointer = typename handler::template stateful_pointer<State>;
  using channel = typed_channel<messages>;
  using any_message = devp2p::any_message<messages>;

  /// The behavior of a handler with the interface `Handler`: one function for each message of the
  /// protocol, and for each of the interface's own. A function that answers a request returns the
  /// answer, or an `std::optional` of it without a value to leave the request unanswered; or it
  /// returns nothing and takes a `pending_answer`, too.
  template <class Handler>
  class behavior_of {
  public:
    template <class... Fs>
    behavior_of(Fs... functions) {
      // The checks explain a mistake, which would not compile here.
      if constexpr (std::min({true, detail::is_called<messages, handler, Handler, Fs>()...}))
        if constexpr (std::min({detail::suit<Fs...>(typename messages::entries{}),
                                detail::serve<handler, Fs...>(typename Handler::signatures{})}))
          make_with(functions...);
    }

    /// Returns the behavior of `self`, the handler of that session: what `make_behavior` of a class
    /// has to return.
    ///
    /// Replaces the exit handler of `self`, so that its requests end in its last turn. If another
    /// exit handler is set afterwards, they end after it, when the handler has ended.
    [[nodiscard]] typename Handler::behavior_type of(typename Handler::pointer self,
                                                     const channel& link) const {
      link.belong_to(self);
      return make_(self, link);
    }

    /// Explains what is missing in `make_behavior` of a class.
    operator typename Handler::behavior_type() const {
      static_assert(detail::is_no_message<Handler>,
                    "make_behavior must return what of(this, link) of the behavior does");
      throw std::logic_error{"the behavior belongs to no session"};
    }

  private:
    template <class... Fs>
    void make_with(const Fs&... functions) {
      auto ours = detail::pick<detail::takes_message_of<messages>>(functions...);
      auto others = detail::pick<detail::takes_no_message_of<messages>>(functions...);
      make_ = [=](auto* self, const channel& link) { return made(self, link, ours, others); };
    }

    template <class... Ours, class... Others>
    static typename Handler::behavior_type made(typename Handler::pointer self, const channel& link,
                                                const std::tuple<Ours...>& ours,
                                                const std::tuple<Others...>& others) {
      return std::apply(
        [&](const Others&... x) {
          return typename Handler::behavior_type{
            detail::message_functions<messages, typename Handler::pointer, Ours...>{self, link,
                                                                                    ours},
            [](const detail::turn& work) { work(); }, x...};
        },
        others);
    }

    std::function<typename Handler::behavior_type(typename Handler::pointer, const channel&)> make_;
  };
  using behavior = behavior_of<handler>;

  /// Returns the protocol in each of its versions. `start(self, channel, extra...)` is called for
  /// each session and returns the handler's behavior; its handlers are placed as `handled_by` says.
  /// Like all these functions it throws `std::logic_error` if `id` is not the first field of a
  /// request or answer, as far as compilers do not see that.
  template <class Start, class... Extra>
  requires(!std::derived_from<Start, caf::abstract_actor>) static std::vector<protocol> handled_by(
    Start start, Extra... extra) {
    return in_all_versions(factory(std::move(start), std::move(extra)...));
  }

  /// Returns the protocol with handlers from elsewhere, as `handled_remotely` makes them, or
  /// `devp2p::handled_on_scheduler_by<Class>`.
  static std::vector<protocol> handled_by(const handler_factory& spawn) {
    return in_all_versions(spawn);
  }

  /// Returns what spawns the handlers of `handled_by`, for `host_handlers`. It serves all versions.
  /// For a class, `devp2p::handled_by<Class>` is the same.
  template <class Start, class... Extra>
  static handler_factory factory(Start start, Extra... extra) {
    return devp2p::handled_by(starter<Start, Extra...>{std::move(start)}, std::move(extra)...);
  }

  /// Returns the protocol with handlers of `Class`, constructed from `(config, link, extra...)`.
  /// `link` is a `devp2p::channel`, of which the class makes its own `channel`.
  template <std::derived_from<caf::abstract_actor> Class, class... Extra>
  static std::vector<protocol> handled_by(Extra... extra) {
    return in_all_versions(devp2p::handled_by<Class>(extra...));
  }

  /// Returns the same for handlers that wait or compute for long, as `handled_on_scheduler_by`.
  template <class Start, class... Extra>
  static std::vector<protocol> handled_on_scheduler_by(Start start, Extra... extra) {
    return in_all_versions(
      devp2p::handled_on_scheduler_by(starter<Start, Extra...>{start}, extra...));
  }

private:
  template <class Start, class... Extra>
  struct starter {
    static constexpr auto is_named = detail::names_parameters<Start>;
    static_assert(is_named, "the function of the handler must name the types that it takes, "
                            "without auto");
    using pointer = typename detail::first_parameter_or<Start, handler_pointer>::type;
    static constexpr auto is_callable =
      is_named && std::is_invocable_v<const Start&, pointer, const channel&, Extra&...>;
    static_assert(is_callable || !is_named,
                  "the function of the handler must take its pointer, the channel, and "
                  "what is given to handled_by beside it");
    static constexpr auto is_sound = [] {
      if constexpr (is_callable)
        return detail::behavior_for<
          std::invoke_result_t<const Start&, pointer, const channel&, Extra&...>, pointer, channel>;
      return false;
    }();
    static_assert(is_sound || !is_callable,
                  "the function of the handler must take the protocol's handler_pointer and return "
                  "its behavior, or the pointer of an interface H and behavior_of<H>");

    Start start;

    auto operator()(pointer self, const devp2p::channel& link, Extra... extra) const {
      if constexpr (is_sound) {
        channel typed{link};
        typed.belong_to(self);
        return start(self, typed, extra...).of(self, typed);
      } else {
        return typename std::remove_pointer_t<pointer>::behavior_type{};
      }
    }
  };

  static std::vector<protocol> in_all_versions(const handler_factory& spawn) {
    if (!messages::ids_are_first())
      throw std::logic_error{std::string{name} + ": the first field of a request and of its answer "
                                                 "must be id"};
    std::vector<protocol> out;
    for (auto version = Versions.first; version <= Versions.last; ++version) {
      protocol one;
      one.name = name;
      one.version = version;
      one.length = messages::length(version);
      one.spawn = spawn;
      out.push_back(std::move(one));
    }
    return out;
  }

  // The last of all, because clang looks at nothing that follows a failed check.
  static_assert(Versions.first <= Versions.last, "the first version must not come after the last");
  static_assert(messages::is_filled(Versions), "a protocol must have messages in each version");
  static_assert(messages::is_sound(Versions),
                "in each version, each code and each type must stand for one message");
  static_assert(messages::is_used(Versions),
                "each message must be in one of the protocol's versions");
};

} // namespace devp2p
