// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/disconnect_reason.hpp"

#include <caf/timespan.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace devp2p::simulator {

enum class event_kind : std::uint8_t {
  started,
  crashed,
  peer_added,
  peer_dropped,
  session_failed,
  /// No connection to `peer` came about, although both ends tried at the same time. `detail` says
  /// why.
  punch_failed,
  /// A protocol tells of an event of its own, which has a `name`; or a number of it is observed,
  /// which has a `name` and, unless it is gone, a `value`.
  told,
};

/// A whole number or a text that an event carries, with its name.
struct event_field {
  /// The maximum number of fields of an event, and of the bytes of their names and texts.
  static constexpr std::size_t max_fields = 16;
  static constexpr std::size_t max_name = 64;
  static constexpr std::size_t max_text = 1024;

  event_field() = default;
  event_field(std::string called, std::integral auto number)
    : name(std::move(called)),
      text(std::to_string(number)),
      is_number(true) {}
  event_field(std::string called, std::string value)
    : name(std::move(called)),
      text(std::move(value)) {}

  std::string name;
  /// The text, or the digits of the number.
  std::string text;
  bool is_number = false;

  friend bool operator==(const event_field&, const event_field&) = default;
};

/// An event at one node of a simulation.
struct event {
  /// The virtual time since the simulation began.
  caf::timespan when{0};
  std::size_t node = 0;
  event_kind what = event_kind::started;
  /// The name of the event, if a protocol tells of it.
  std::string name = {};
  /// The node at the other end, if it is known.
  std::optional<std::size_t> peer = std::nullopt;
  /// The reason for which a session ended.
  std::optional<disconnect_reason> reason = std::nullopt;
  /// Whether the remote gave the reason; otherwise this node found it.
  bool remote_requested = false;
  /// The number that was observed.
  std::optional<std::int64_t> value = std::nullopt;
  std::string detail = {};
  /// The numbers and texts that a protocol has told with it, in that order; no two have one name.
  std::vector<event_field> fields = {};

  /// Returns the field of that name: a number if `T` is an integer, or else, for `std::string`, a
  /// text. Returns `nullopt` if there is none, or if it is of the other kind or out of range.
  template <class T>
  [[nodiscard]] std::optional<T> get(std::string_view field) const {
    static_assert(std::integral<T> || std::is_same_v<T, std::string>);
    for (const auto& x : fields) {
      if (x.name != field || x.is_number != std::integral<T>)
        continue;
      if constexpr (std::integral<T>) {
        T out{};
        const auto* end = x.text.data() + x.text.size();
        auto [rest, error] = std::from_chars(x.text.data(), end, out);
        return error == std::errc{} && rest == end ? std::optional{out} : std::nullopt;
      } else {
        return x.text;
      }
    }
    return std::nullopt;
  }

  friend bool operator==(const event&, const event&) = default;
};

/// Returns why an event cannot have these fields, as the end of a sentence that begins with its
/// name; `nullopt` if it can.
[[nodiscard]] std::optional<std::string> refuse_fields(const std::vector<event_field>& fields);

[[nodiscard]] std::string to_string(event_kind what);

/// Returns what happened as one word: the name of the event, or of its kind.
[[nodiscard]] std::string name_of(const event& what);

/// Returns a line of JSON without its line end, the same on every platform. It has the fields `ns`,
/// `node`, `what`, and, if they are set, `peer`, `reason`, `by` (`"remote"` or `"self"`),
/// `value`, `detail` and `fields`, an object.
[[nodiscard]] std::string to_json(const event& what);

} // namespace devp2p::simulator
