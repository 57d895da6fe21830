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

namespace devp2p::kit {

/// A JSON value that knows in which line of its text it stands: for files that people write.
struct json_value {
  using list = std::vector<json_value>;
  using object = std::vector<std::pair<std::string, json_value>>;

  /// Where its name stands, if it has one, and otherwise where it begins.
  std::size_t line = 1;
  /// A number is a `std::uint64_t` if it is a whole one that fits, exactly, however it is written.
  std::variant<std::nullptr_t, bool, std::uint64_t, double, std::string, list, object> content =
    nullptr;
  /// Where a list or an object ends.
  std::size_t last_line = 1;
};

/// How deep lists and objects may stand in each other.
inline constexpr std::size_t max_json_depth = 8;
/// Octets of a text.
inline constexpr std::size_t max_json_size = std::size_t{16} << 20;

/// Reads one value. An error is `LINE: what is wrong`.
[[nodiscard]] expected<json_value, std::string> read_json(std::string_view text);

} // namespace devp2p::kit
