// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/page.hpp"

#include <nlohmann/json.hpp>

namespace devp2p::tool {

namespace {

/// Returns JSON that may stand in a page: no text in it ends the element around it. Text of remotes
/// and files may hold any bytes.
std::string embeddable(const nlohmann::ordered_json& what) {
  auto text = what.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size());
  for (auto x : text)
    x == '<' ? out.append("\\u003c") : out.append(1, x);
  return out;
}

} // namespace

std::string filled(std::string_view page, const nlohmann::ordered_json& figures) {
  constexpr std::string_view place = "@DATA@";
  std::string out{page};
  out.replace(out.find(place), place.size(), embeddable(figures));
  return out;
}

} // namespace devp2p::tool
