// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace devp2p::simulator {

/// A JSON value and its place in the text, for files that people write.
struct json_value {
  using list = std::vector<json_value>;
  using object = std::vector<std::pair<std::string, json_value>>;

  /// The line of the value's name, if it has one; otherwise the line in which the value begins.
  std::size_t line = 1;
  /// A number that is whole and fits is an exact `std::uint64_t`, whatever its notation. Any other
  /// number is a `double`.
  std::variant<std::nullptr_t, bool, std::uint64_t, double, std::string, list, object> content =
    nullptr;
  /// The line in which a list or an object ends.
  std::size_t last_line = 1;
};

/// The maximum depth of lists and objects within each other.
inline constexpr std::size_t max_json_depth = 8;
/// The maximum size of a text, in bytes.
inline constexpr std::size_t max_json_size = std::size_t{16} << 20;

/// Reads one value. Comments, from `//` to the end of the line and from `/*` to `*/`, may stand
/// between its parts. An error is `LINE: what is wrong`.
[[nodiscard]] expected<json_value, std::string> read_json(std::string_view text);

} // namespace devp2p::simulator
