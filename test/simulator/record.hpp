// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/disconnect_reason.hpp"
#include "devp2p/messages/inspect.hpp"

#include <caf/timespan.hpp>

#include <algorithm>
#include <any>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// Values that people write as JSON objects: their fields by name, whatever their type.
namespace devp2p::simulator {

struct simulation_options;

/// A field that is the number of a node. It changes with the node's when a scenario shrinks.
struct node_number {
  std::size_t value = 0;

  constexpr node_number() = default;
  constexpr node_number(std::size_t x) : value(x) {}
  constexpr operator std::size_t() const { return value; }
};

/// A field that is a whole number from `Least` to `Most`. Without `Otherwise`, its value if it is
/// missing, it must be there.
template <std::uint64_t Least, std::uint64_t Most, std::uint64_t... Otherwise>
struct whole {
  static_assert(sizeof...(Otherwise) <= 1 && Least <= Most);

  std::uint64_t value = std::max({Least, Otherwise...});

  constexpr whole() = default;
  constexpr whole(std::uint64_t x) : value(x) {}
  constexpr operator std::uint64_t() const { return value; }
};

/// A field of a value: its name, and where it is. The types of fields, and how they are written:
///
/// | type | JSON |
/// |---|---|
/// | `node_number` | a whole number below that of the nodes |
/// | `std::vector<node_number>` | a list of them |
/// | `whole<Least, Most, Otherwise>` | a whole number in that range |
/// | `std::uint64_t` | a whole number up to 2^53 |
/// | `double`, `bool`, `std::string` | a number, `true` or `false`, a text |
/// | `caf::timespan` | seconds, up to the length of the scenario; by custom named `..._s` |
/// | `disconnect_reason` | its text |
/// | an enum with `words_of(E)`, a list of words in the order of its values | the word; the first
/// if it is missing |
///
/// All but those of which the table says otherwise must be there.
struct field {
  struct number {
    std::uint64_t* value;
    std::uint64_t least;
    std::uint64_t most;
    std::optional<std::uint64_t> otherwise;
  };
  struct choice {
    std::vector<std::string_view> words;
    std::size_t chosen;
    std::function<void(std::size_t)> choose;
  };

  std::string_view name;
  std::variant<node_number*, std::vector<node_number>*, number, double*, bool*, std::string*,
               caf::timespan*, disconnect_reason*, choice>
    place;
};

namespace detail {

template <class T>
concept worded = std::is_enum_v<T> && requires(T x) {
  words_of(x);
};

template <class T>
auto place_of(T& x) {
  if constexpr (worded<T>) {
    auto words = words_of(x);
    return field::choice{{words.begin(), words.end()},
                         static_cast<std::size_t>(x),
                         [&x](std::size_t chosen) { x = static_cast<T>(chosen); }};
  } else if constexpr (std::same_as<T, std::uint64_t>) {
    return field::number{&x, 0, std::uint64_t{1} << 53, std::nullopt};
  } else {
    return &x;
  }
}

template <std::uint64_t Least, std::uint64_t Most, std::uint64_t... Otherwise>
field::number place_of(whole<Least, Most, Otherwise...>& x) {
  if constexpr (sizeof...(Otherwise) == 0)
    return {&x.value, Least, Most, std::nullopt};
  else
    return {&x.value, Least, Most, x.value};
}

/// An inspector that collects the fields of a value.
struct field_collector {
  std::vector<field> all;

  template <class... Ts>
  void named_fields(const char* const (&names)[sizeof...(Ts)], Ts&... values) {
    auto name = std::begin(names);
    (all.push_back({*name++, place_of(values)}), ...);
  }
  void operator()() {}
};

/// A type that a scenario calls by its `name`, and whose fields `inspect` shows.
template <class T>
concept named_type = requires(T& x, field_collector& fields) {
  { T::name } -> std::convertible_to<std::string>;
  inspect(fields, x);
};

} // namespace detail

/// The name of a field, and what is wrong with it.
struct refusal {
  std::string field;
  std::string why;
};

/// A value of any type with a `name` and with an `inspect` that names its fields. A type may have a
/// member function that says why a network cannot have the value, if so:
///
///     std::optional<refusal> refuse(const simulation_options& network) const;
///
/// and a line about it, which editors show to those who write a scenario:
///
///     static constexpr auto about = "The node pays another.";
class any_record {
public:
  any_record(detail::named_type auto x) : any_record(x.name, std::move(x)) {}
  /// A value of a type that needs no `name`.
  template <class T>
  any_record(std::string name, T x)
    : name_(std::move(name)),
      value_(std::move(x)),
      erased_(&erased_for<T>) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  /// The line about it; empty if there is none.
  [[nodiscard]] std::string_view about() const { return erased_->about; }

  /// Returns the value, or null if it is of another type.
  template <class T>
  [[nodiscard]] const T* as() const {
    return std::any_cast<T>(&value_);
  }

  /// Returns the fields. They are part of this.
  [[nodiscard]] std::vector<field> fields() { return erased_->fields(value_); }

  [[nodiscard]] std::optional<refusal> refuse(const simulation_options& network) const {
    return erased_->refuse(value_, network);
  }

  /// Whether both have the same name, and fields of the same names and values.
  friend bool operator==(const any_record& a, const any_record& b);

private:
  struct functions {
    std::string_view about;
    std::vector<field> (*fields)(std::any&);
    std::optional<refusal> (*refuse)(const std::any&, const simulation_options&);
  };

  template <class T>
  static constexpr std::string_view about_of() {
    if constexpr (requires { T::about; })
      return T::about;
    else
      return {};
  }

  template <class T>
  static constexpr functions erased_for{
    about_of<T>(),
    [](std::any& value) {
      detail::field_collector out;
      inspect(out, *std::any_cast<T>(&value));
      return std::move(out.all);
    },
    [](const std::any& value, const simulation_options& network) -> std::optional<refusal> {
      if constexpr (requires(const T& x) { x.refuse(network); })
        return std::any_cast<T>(&value)->refuse(network);
      else
        return std::nullopt;
    }};

  std::string name_;
  std::any value_;
  const functions* erased_;
};

/// Returns the node that an action is about: the first of its fields that is a `node_number`.
[[nodiscard]] std::optional<std::size_t> node_of(const any_record& action);

} // namespace devp2p::simulator
