// SPDX-License-Identifier: BSL-1.0
//
// Mistakes in protocols and their messages, each with what the compiler has to say of it. Compiled
// by refused.cmake, in no program.
#include "devp2p/actors/typed/members.hpp"
#include "devp2p/actors/typed/typed_protocol.hpp"

#include <chrono>
#include <cstdint>
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

// Refused: a function of a behavior must name the types that it takes, without auto
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

// Refused: two functions of the behavior take the same message
chat::behavior repeat(chat::handler_pointer, const chat::channel&) {
  return {[](const say&) {}, [](const say&) {}, [](const who&) { return names{}; }};
}

// Refused: the function for a request must return the answer
chat::behavior answer(chat::handler_pointer, const chat::channel&) {
  return {[](const say&) {}, [](const who&) { return say{}; }};
}

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

/// Has no id of its own.
struct when {
  friend auto inspect(auto& f, when&) { return inspect_fields(f); }
};
using clocks = typed_protocol<"clock", 1, request<0, when, message<1, names>>>;

// Refused: the first field of a request and of its answer must be std::uint64_t id
clocks::behavior tell(clocks::handler_pointer, const clocks::channel&) {
  return {[](const when&) { return names{}; }};
}

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

// Refused: a variant inside a variant
auto nested = rlp::decode<std::variant<std::variant<say, blob>, std::uint64_t>>(blob{});

// Refused: an alternative of a variant is never chosen
auto alike = rlp::decode<std::variant<say, names>>(blob{});

} // namespace devp2p::test
