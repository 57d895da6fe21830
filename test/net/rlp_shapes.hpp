// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/net/rlp/shape.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace devp2p::test {

/// Types of all shapes, as protocols may have them.

struct point {
  std::uint8_t x = 0;
  std::uint64_t y = 0;
  friend bool operator==(const point&, const point&) = default;
  friend auto inspect(auto& f, point& p) { return inspect_fields(f, {"x", "y"}, p.x, p.y); }
};

enum class colour : std::uint8_t { red, green };

struct everything {
  bool flag = false;
  std::uint64_t number = 0;
  uint256 large;
  colour hue = colour::red;
  std::string text;
  bytes octets;
  blob shared;
  byte_array<4> four{};
  node_id id;
  std::vector<point> points;
  std::vector<std::vector<std::string>> nested;
  std::array<std::uint16_t, 2> both{};
  std::pair<std::string, std::uint32_t> pair;
  rlp::raw item{blob{byte_view{std::array<std::uint8_t, 1>{0xc0}}}};

  friend bool operator==(const everything&, const everything&) = default;
  friend auto inspect(auto& f, everything& v) {
    return inspect_fields(f,
                          {"flag", "number", "large", "hue", "text", "octets", "shared", "four",
                           "id", "points", "nested", "both", "pair", "item"},
                          v.flag, v.number, v.large, v.hue, v.text, v.octets, v.shared, v.four,
                          v.id, v.points, v.nested, v.both, v.pair, v.item);
  }
};

/// With an `inspect` as CAF has it.
struct plain {
  std::string name;
  std::vector<std::uint64_t> numbers;
  friend bool operator==(const plain&, const plain&) = default;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, plain& p) {
    return f(caf::meta::type_name("plain"), p.name, p.numbers);
  }
};

struct nothing {
  friend bool operator==(const nothing&, const nothing&) = default;
  friend auto inspect(auto& f, nothing&) { return inspect_fields(f); }
};

struct grown {
  std::uint64_t first = 0;
  std::optional<std::string> second = {};
  std::optional<point> third = {};
  friend bool operator==(const grown&, const grown&) = default;
  friend auto inspect(auto& f, grown& v) {
    return inspect_fields(f, {"first", "second", "third"}, v.first, v.second, v.third);
  }
};

/// An empty list of one byte stands for 520 bytes of memory.
struct sparse {
  std::optional<std::array<std::uint64_t, 64>> some = {};
  friend bool operator==(const sparse&, const sparse&) = default;
  friend auto inspect(auto& f, sparse& v) { return inspect_fields(f, {"some"}, v.some); }
};

struct tolerant {
  std::uint64_t first = 0;
  rlp::rest more = {};
  friend bool operator==(const tolerant&, const tolerant&) = default;
  friend auto inspect(auto& f, tolerant& v) {
    return inspect_fields(f, {"first", "more"}, v.first, v.more);
  }
};

struct circle {
  static constexpr std::uint8_t tag = 1;
  std::uint64_t radius = 0;
  friend bool operator==(const circle&, const circle&) = default;
  friend auto inspect(auto& f, circle& v) { return inspect_fields(f, {"radius"}, v.radius); }
};

struct square {
  static constexpr std::uint8_t tag = 2;
  std::uint64_t side = 0;
  friend bool operator==(const square&, const square&) = default;
  friend auto inspect(auto& f, square& v) { return inspect_fields(f, {"side"}, v.side); }
};

using figure = std::variant<circle, square>;

/// As in Ethereum's GetBlockHeaders.
using origin = std::variant<byte_array<32>, std::uint64_t>;

struct drawing {
  std::vector<figure> figures;
  origin from;
  friend bool operator==(const drawing&, const drawing&) = default;
  friend auto inspect(auto& f, drawing& v) {
    return inspect_fields(f, {"figures", "from"}, v.figures, v.from);
  }
};

} // namespace devp2p::test
