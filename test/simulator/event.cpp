// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/event.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

namespace devp2p::simulator {

std::string to_string(event_kind what) {
  static constexpr std::array names = {
    "started", "crashed", "peer_added", "peer_dropped", "session_failed", "punch_failed", "told"};
  static_assert(names.size() == static_cast<std::size_t>(event_kind::told) + 1);
  auto number = static_cast<std::size_t>(what);
  return number < names.size() ? names[number] : "unknown";
}

std::string name_of(const event& what) {
  return what.what == event_kind::told ? what.name : to_string(what.what);
}

std::optional<std::string> refuse_fields(const std::vector<event_field>& fields) {
  auto at_most = [](std::size_t is, std::size_t most, const std::string& of) {
    return "with " + std::to_string(is) + of + "; there may be at most " + std::to_string(most);
  };
  if (fields.size() > event_field::max_fields)
    return at_most(fields.size(), event_field::max_fields, " fields");
  std::set<std::string_view> names;
  for (const auto& x : fields) {
    if (x.name.empty())
      return "with a field that has no name";
    if (x.name.size() > event_field::max_name)
      return at_most(x.name.size(), event_field::max_name, " bytes in the name of a field");
    if (x.text.size() > event_field::max_text)
      return at_most(x.text.size(), event_field::max_text, " bytes in the field " + x.name);
    if (!names.insert(x.name).second)
      return "with two fields called " + x.name;
  }
  return std::nullopt;
}

std::string to_json(const event& what) {
  using json = nlohmann::ordered_json;
  json out{{"ns", what.when.count()}, {"node", what.node}, {"what", name_of(what)}};
  if (what.peer)
    out["peer"] = *what.peer;
  if (what.reason) {
    out["reason"] = to_string(*what.reason);
    out["by"] = what.remote_requested ? "remote" : "self";
  }
  if (what.value)
    out["value"] = *what.value;
  if (!what.detail.empty())
    out["detail"] = what.detail;
  for (const auto& x : what.fields) {
    auto number = x.is_number ? json::parse(x.text, nullptr, false) : json{};
    out["fields"][x.name] = number.is_number_integer() ? std::move(number) : json(x.text);
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace devp2p::simulator
