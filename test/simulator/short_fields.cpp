// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/short_fields.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <variant>

namespace devp2p::simulator {

namespace {

constexpr std::size_t max_elements = 8;
constexpr std::size_t max_size = 200;

template <class T>
std::string dumped(const T& x) {
  return nlohmann::json(x).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

/// Writes a value. Stops soon after `out` is longer than a line may be.
class short_writer {
public:
  std::string write(const json_value& from) {
    add(from);
    if (out_.size() > max_size)
      out_.replace(max_size - 4, out_.npos, " ...");
    return std::move(out_);
  }

  void operator()(std::nullptr_t) { out_ += "null"; }
  void operator()(bool x) { out_ += x ? "true" : "false"; }
  void operator()(std::uint64_t x) { out_ += std::to_string(x); }
  void operator()(double x) { out_ += dumped(x); }
  void operator()(const std::string& x) { out_ += dumped(x.substr(0, max_size)); }
  void operator()(const json_value::list& all) {
    out_ += '[';
    for (std::size_t i = 0; i < all.size() && i < max_elements && out_.size() <= max_size; ++i) {
      out_ += i > 0 ? ", " : "";
      add(all[i]);
    }
    if (all.size() > max_elements)
      out_ += ", " + dumped("... " + std::to_string(all.size()) + " in all");
    out_ += ']';
  }
  void operator()(const json_value::object& all) {
    out_ += '{';
    for (std::size_t i = 0; i < all.size() && out_.size() <= max_size; ++i) {
      out_ += (i > 0 ? ", " : "") + dumped(all[i].first) + ": ";
      add(all[i].second);
    }
    out_ += '}';
  }

private:
  void add(const json_value& x) { std::visit(*this, x.content); }

  std::string out_;
};

} // namespace

std::vector<std::pair<std::string, std::string>> short_fields(const json_value& from) {
  std::vector<std::pair<std::string, std::string>> out;
  if (const auto* all = std::get_if<json_value::object>(&from.content))
    for (const auto& [name, value] : *all)
      if (name != "schedule" && name != "check")
        out.emplace_back(name, short_writer{}.write(value));
  return out;
}

} // namespace devp2p::simulator
