// SPDX-License-Identifier: BSL-1.0

// Goal: no text crashes the reader of scenarios, of our model or of a user's. An accepted scenario
// is within the bounds that scenario.md names, and reads back from its written form. A refusal is
// one line that says where.
//
// Method: the input is the text. Texts that would make a large network, or read another file, are
// left out: they are not what this is about. Written again, the scenario must read as one that is
// written the same way, unless its lists are too long for a file when they are written out.

#include "target.hpp"

#include "script.hpp"
#include "tally.hpp"

#include "devp2p/simulator/echo_model.hpp"
#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/json_document.hpp"
#include "devp2p/simulator/json_fields.hpp"
#include "devp2p/simulator/scenario.hpp"
#include "devp2p/simulator/scenario_values.hpp"
#include "devp2p/simulator/standard_model.hpp"

#include <string>
#include <string_view>

namespace devp2p::fuzz::scenario_target {

namespace {

/// The largest number that a topology may have. A grid has as many nodes as the product of two.
constexpr std::size_t most = 64;

/// Whether the topology names no file and has no larger number.
bool is_small(const simulator::json_value& topology) {
  const auto* members = std::get_if<simulator::json_value::object>(&topology.content);
  if (members == nullptr)
    return true;
  for (const auto& [name, value] : *members) {
    if (name == "file")
      return false;
    const auto* whole = std::get_if<std::uint64_t>(&value.content);
    const auto* real = std::get_if<double>(&value.content);
    if ((whole != nullptr && *whole > most) || (real != nullptr && *real > most))
      return false;
  }
  return true;
}

bool is_small_text(std::string_view text) {
  auto document = simulator::read_json(text);
  if (!document)
    return true;
  try {
    simulator::replace_variables(*document);
  } catch (const simulator::json_complaint&) {
    return true;
  }
  if (const auto* all = std::get_if<simulator::json_value::object>(&document->content))
    for (const auto& [name, value] : *all)
      if (name == "topology")
        return is_small(value);
  return true;
}

void check_error(std::string_view text) {
  require(text.starts_with("file:"));
  auto end = text.find(": ");
  require(end != text.npos && end > 5 && end + 2 < text.size());
  require(text.find_first_not_of("0123456789", 5) == end && text[5] != '0');
  require(text.find('\n') == text.npos);
}

void check_scenario(const simulator::scenario& x) {
  const auto nodes = x.network.links.nodes;
  // Texts that make a larger network are left out.
  require(nodes > 0 && nodes <= most * most);
  require(!x.protocols.empty());
  require(x.length.count() >= 0);
  require(x.schedule.size() <= simulator::max_steps);
  caf::timespan last{0};
  for (const auto& step : x.schedule) {
    require(step.at >= last);
    last = step.at;
    if (const auto* published = simulator::get_if<simulator::action::publish>(step.what))
      require(published->node < nodes && published->size <= simulator::max_rumour_size);
    if (const auto* asked = simulator::get_if<simulator::action::ask>(step.what))
      require(asked->from < nodes && asked->to < nodes &&
              asked->size <= simulator::max_rumour_size);
  }
}

void check_text(const simulator::model& known, std::string_view text) {
  auto found = simulator::read_scenario(known, text, "file", "/nonexistent");
  const auto mistakes = simulator::mistakes_in_scenario(known, text, "file", "/nonexistent");
  require(mistakes.empty() == static_cast<bool>(found));
  for (const auto& x : mistakes)
    check_error(x);
  if (!found) {
    require(mistakes.front() == found.error());
    return;
  }
  check_scenario(*found);
  auto written = simulator::write_scenario(*found);
  if (written.size() > simulator::max_json_size)
    return;
  // Times longer than three months may come back a little off, but only once.
  auto again = simulator::read_scenario(known, written, "file", "/nonexistent");
  require(static_cast<bool>(again));
  auto twice = simulator::write_scenario(*again);
  constexpr caf::timespan three_months = std::chrono::hours{24 * 90};
  require(found->length > three_months || twice == written);
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  if (!is_small_text(text))
    return 0;
  static const auto users = test::tally_model();
  check_text(simulator::standard_model(), text);
  check_text(users, text);
  return 0;
}

static const target registered{"scenario", run};

} // namespace devp2p::fuzz::scenario_target
