// SPDX-License-Identifier: BSL-1.0
//
// Mistakes in protocols and their messages, each with what the compiler has to say of it. Compiled
// by refused.cmake, in no program.
#include "devp2p/actors/typed/members.hpp"
#include "devp2p/actors/typed/typed_protocol.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace devp2p::test {

using namespace std::chrono_literals;

struct say {
  std::string text;
  friend auto inspect(auto& f, say& x) { return inspect_fields(f, {"text"}, x.text); }
};

struct who {
  std::uint64_t id = 0;
  friend auto inspect(auto& f, who& x) { return inspect_fields(f, {"id"}, x.id); }
};

struct names {
  std::uint64_t id = 0;
  std::vector<std::string> all = {};
  friend auto inspect(auto& f, names& x) { return inspect_fields(f, {"id", "all"}, x.id, x.all); }
};

/// A message of another protocol.
struct wave {
  friend auto inspect(auto& f, wave&) { return inspect_fields(f); }
};

using chat = typed_protocol<"chat", 2, message<0, say>, request<1, who, message<2, names>>>;

// Refused: the protocol has no message of this type
void send(chat::handler_pointer self, const chat::channel& link) {
  link.send(self, wave{});
}

// Refused: the protocol has no message of this type
void send_all(const members<chat>& present) {
  present.send_all(wave{});
}

// Refused: the protocol has no request of this type
void ask(chat::handler_pointer self, const chat::channel& link) {
  link.request(self, 5s, say{}).then([](const say&) {}, [](const caf::error&) {});
}

// Refused: the first function of then() must take the answer
void hear(const chat::channel& link) {
  link.request(5s, who{}).then([](const say&) {}, [](const caf::error&) {});
}

// Refused: the behavior has no function for a message of the protocol
chat::behavior forget(chat::handler_pointer, const chat::channel&) {
  return {[](const say&) {}};
}

// Refused: a function of the behavior takes no message of the protocol
chat::behavior misunderstand(chat::handler_pointer, const chat::channel&) {
  return {[](const say&) {}, [](const who&) { return names{}; }, [](const wave&) {}};
}

// Refused: an object like one, that names the types that it takes, without auto
chat::behavior take_anything(chat::handler_pointer, const chat::channel&) {
  return {[](const say&) {}, [](const auto&) { return names{}; }};
}

// Refused: a function of the behavior must take its message by value or by reference to const
chat::behavior change(chat::handler_pointer, const chat::channel&) {
  return {[](say&) {}, [](const who&) { return names{}; }};
}

// Refused: and nothing else but a pending_answer
chat::behavior want_more(chat::handler_pointer, const chat::channel&) {
  return {[](const say&, int) {}, [](const who&) { return names{}; }};
}

void hear_them(const say&) {}

// Refused: a function of a behavior must be a lambda
chat::behavior point_to(chat::handler_pointer, const chat::channel&) {
  return {hear_them, [](const who&) { return names{}; }};
}

// Refused: a function of a behavior must be one that can be copied
chat::behavior own(chat::handler_pointer, const chat::channel&) {
  return {[mine = std::make_unique<int>(1)](const say&) {}, [](const who&) { return names{}; }};
}

// Refused: two functions of the behavior take the same message
chat::behavior repeat(chat::handler_pointer, const chat::channel&) {
  return {[](const say&) {}, [](const say&) {}, [](const who&) { return names{}; }};
}

// Refused: the function for a request must return the answer
chat::behavior answer(chat::handler_pointer, const chat::channel&) {
  return {[](const say&) {}, [](const who&) { return say{}; }};
}

/// An interface with two messages of its own.
using busy = chat::handler::extend<reacts_to<int>, replies_to<std::string>::with<int>>;

// Refused: the behavior has no function for a message that the handler's interface has beside
chat::behavior_of<busy> forget_own(busy::pointer, const chat::channel&) {
  return {[](const say&) {}, [](const who&) { return names{}; }, [](int) {}};
}

// Refused: a function of the behavior does not return what the handler's interface says
chat::behavior_of<busy> answer_own(busy::pointer, const chat::channel&) {
  return {[](const say&) {}, [](const who&) { return names{}; }, [](int) {},
          [](const std::string&) { return true; }};
}

// Refused: the function of the handler must name the types that it takes, without auto
auto unnamed = chat::handled_by([](auto, const auto&) -> chat::behavior {
  return {[](const say&) {}, [](const who&) { return names{}; }};
});

// Refused: the function of the handler must take its pointer, the channel, and what is given
chat::behavior greet(chat::handler_pointer, const chat::channel&, std::string) {
  return {[](const say&) {}, [](const who&) { return names{}; }};
}
auto offered = chat::handled_by(greet);

// Refused: the function of the handler must take the protocol's handler_pointer and return its
chat::behavior mistake(handler_actor::pointer, const chat::channel&) {
  return {[](const say&) {}, [](const who&) { return names{}; }};
}
auto mistaken = chat::handled_by(mistake);

// Refused: the function of a handler must take its pointer, devp2p::channel, and what is given
handler_actor::behavior_type swallow(handler_actor::pointer) {
  return {[](const packet&) {}};
}
auto swallowed = handled_by(swallow);

struct listener : chat::handler::base {
  listener(caf::actor_config& config, const chat::channel&) : chat::handler::base(config) {}
};

// Refused: the class of a handler must have a constructor that takes
auto listened = chat::handled_by<listener>();

/// Has no link to hand to its behavior.
struct forgetful : chat::handler::base {
  using chat::handler::base::base;
  // Refused: make_behavior must return what of(this, link) of the behavior does
  behavior_type make_behavior() override {
    return chat::behavior{[](const say&) {}, [](const who&) { return names{}; }};
  }
};

/// Has no id of its own.
struct when {
  friend auto inspect(auto& f, when&) { return inspect_fields(f); }
};
using clocks = typed_protocol<"clock", 1, request<0, when, message<1, names>>>;

// Refused: the first field of a request and of its answer must be std::uint64_t id
clocks::behavior tell(clocks::handler_pointer, const clocks::channel&) {
  return {[](const when&) { return names{}; }};
}

/// A request whose id comes too late.
struct where {
  std::string place;
  std::uint64_t id = 0;
  friend auto inspect(auto& f, where& x) {
    return inspect_fields(f, {"place", "id"}, x.place, x.id);
  }
};
using maps = typed_protocol<"map", 1, request<0, where, message<1, names>>>;

// Refused: the first field of a request and of its answer must be
maps::behavior find(maps::handler_pointer, const maps::channel&) {
  return {[](const where&) { return names{}; }};
}

/// The id is not on the wire.
struct whence {
  std::uint64_t id = 0;
  std::string place = {};
  friend auto inspect(auto& f, whence& x) { return inspect_fields(f, {"place"}, x.place); }
};
using routes = typed_protocol<"route", 1, request<0, who, message<1, whence>>>;

// Refused: the first field of a request and of its answer must be
routes::behavior lead(routes::handler_pointer, const routes::channel&) {
  return {[](const who&) { return whence{}; }};
}

/// A message with such a field.
template <class T>
struct holder {
  T content;
  friend auto inspect(auto& f, holder& x) { return inspect_fields(f, {"content"}, x.content); }
};
template <class T>
using holding = typed_protocol<"hold", 1, message<0, holder<T>>>;
template <class T>
typename holding<T>::behavior hold(typename holding<T>::handler_pointer self,
                                   const typename holding<T>::channel& link) {
  link.send(self, holder<T>{});
  return {[](const holder<T>&) {}};
}

// Refused: this type has no form in RLP
auto held_number = holding<int>::handled_by(hold<int>);
// Refused: this type has no form in RLP
auto held_flags = holding<std::vector<bool>>::handled_by(hold<std::vector<bool>>);
// Refused: this type has no form in RLP
auto held_gaps =
  holding<std::vector<std::optional<say>>>::handled_by(hold<std::vector<std::optional<say>>>);
// Refused: this type has no form in RLP
auto held_name = holding<const char*>::handled_by(hold<const char*>);

/// A field that may be missing is not the last.
struct gap {
  std::optional<std::string> first;
  std::string second;
  friend auto inspect(auto& f, gap& x) {
    return inspect_fields(f, {"first", "second"}, x.first, x.second);
  }
};

// Refused: fields that may be missing in RLP must be the last
auto held_gap = holding<gap>::handled_by(hold<gap>);

/// Would be read into a copy.
struct copied {
  std::string text;
  friend auto inspect(auto& f, copied x) { return inspect_fields(f, {"text"}, x.text); }
};

// Refused: inspect must take the value by reference
auto held_copy = holding<copied>::handled_by(hold<copied>);

/// A type whose encoder would be a copy.
struct by_value {
  std::string text;
  friend auto inspect(auto f, by_value& x) { return inspect_fields(f, {"text"}, x.text); }
};

// Refused: it needs inspect, or to be another type
auto held_value = holding<by_value>::handled_by(hold<by_value>);

struct made_of_number {
  explicit made_of_number(std::uint64_t x) : number(x) {}
  std::uint64_t number;
  friend auto inspect(auto& f, made_of_number& x) {
    return inspect_fields(f, {"number"}, x.number);
  }
};

// Refused: a message must have a constructor without arguments
using unmade = typed_protocol<"made", 1, message<0, made_of_number>>;
unmade::behavior make(unmade::handler_pointer, const unmade::channel&) {
  return {[](const made_of_number&) {}};
}

// Refused: what follows name and versions of a typed_protocol must be a message
using bare = typed_protocol<"bare", 1, message<0, say>, wave>;
auto bare_name = bare::name;

// Refused: a request with a message as its answer
using bare_answer = typed_protocol<"bare", 1, message<0, say>, request<1, who, names>>;
auto bare_answer_name = bare_answer::name;

// Refused: a protocol must have messages in each version
using silent = typed_protocol<"silent", 1>;
auto silent_name = silent::name;

// Refused: the first version must not come after the last
using backward = typed_protocol<"back", versions{2, 1}>;
auto backward_name = backward::name;

// Refused: in each version, each code and each type must stand for one message
using twice = typed_protocol<"twice", 1, message<0, say>, message<1, say>>;
auto twice_name = twice::name;

// Refused: in each version, each code and each type must stand for one message
using echo = typed_protocol<"echo", 1, request<0, who, message<1, who>>>;
auto echo_name = echo::name;

// Refused: in each version, each code and each type must stand for one message
using shared = typed_protocol<"shared", 1, request<0, who, message<1, names>>,
                              request<2, whence, message<3, names>>>;
auto shared_name = shared::name;

// Refused: in each version, each code and each type must stand for one message
using doubled = typed_protocol<"doubled", 1, message<0, say>, message<0, wave>>;
auto doubled_name = doubled::name;

// Refused: each message must be in one of the protocol's versions
using late = typed_protocol<"late", versions{1, 2}, message<0, say>, since<3, message<1, wave>>>;
auto late_name = late::name;

// CAF would make it of the pointer to the actor, if g++ lets it.
struct made_of_self {
  bool open = false;
};

// Refused by gcc: the state of a handler must declare a constructor
chat::behavior remember(chat::stateful_pointer<made_of_self>, const chat::channel&) {
  return {[](const say&) {}, [](const who&) { return names{}; }};
}
auto remembered = chat::handled_by(remember);

struct nameless {
  std::string first;
  std::string second;
  friend auto inspect(auto& f, nameless& x) {
    return inspect_fields(f, {"first"}, x.first, x.second);
  }
};

// Refused: inspect_fields must be given one name for each field
auto nameless_bytes = rlp::encode(nameless{});

struct uninspected {
  std::string text;
};

// Refused: this type has no form in RLP
auto uninspected_bytes = rlp::encode(uninspected{});

/// A remote may send numbers that it cannot have.
enum size { small, large };

// Refused: it needs inspect, or to be another type
auto sized = rlp::decode<size>(blob{});

// Refused: rlp::bounded is for std::vector, std::string, bytes and blob
auto bounded = rlp::encode(rlp::bounded<std::array<std::uint8_t, 4>, 2>{});

// Refused: a variant inside a variant
auto nested = rlp::decode<std::variant<std::variant<say, blob>, std::uint64_t>>(blob{});

// Refused: an alternative of a variant is never chosen
auto alike = rlp::decode<std::variant<say, names>>(blob{});

} // namespace devp2p::test
