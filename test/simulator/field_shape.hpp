// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/json_document.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace devp2p::simulator {

/// The values that may stand in a place of a file. `json_fields` notes them when the place is asked
/// for, so that the reader of a file is also the description of its format.
struct field_shape {
  enum class type : std::uint8_t {
    /// Asked for, but not yet as anything.
    unknown,
    /// Members of `fields`.
    object,
    /// Members of any name; `fields` has one of them.
    map,
    /// Values like the one in `element`.
    list,
    /// A list, or the only element of it.
    one_or_more,
    whole,
    number,
    text,
    flag,
    /// One of `words`.
    word,
    /// Some of `words`.
    words,
    numbers,
    pairs,
    /// A value that a variable can have.
    scalar,
    /// A node, and nodes, as `node_lists` reads them.
    node,
    nodes,
  };

  struct member;

  /// Returns the member, which is added if it is not there.
  field_shape& of(std::string_view name);

  type what = type::unknown;
  double least = 0;
  double most = 0;
  std::size_t max_count = 0;
  std::vector<std::string> words;
  /// The value that a missing field has.
  std::optional<json_value> otherwise;
  /// Whether it was missed when it was not there.
  bool required = false;
  /// The name of the member that may stand in its place.
  std::string instead;
  /// In the order in which they were asked for.
  std::list<member> fields;
  /// None or one.
  std::list<field_shape> element;
};

struct field_shape::member {
  std::string name;
  field_shape shape;
};

inline field_shape& field_shape::of(std::string_view name) {
  for (auto& x : fields)
    if (x.name == name)
      return x.shape;
  fields.push_back({std::string{name}, {}});
  return fields.back().shape;
}

} // namespace devp2p::simulator
