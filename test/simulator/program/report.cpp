// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/report.hpp"

#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/program/output_file.hpp"
#include "devp2p/simulator/program/page.hpp"
#include "devp2p/simulator/program/seconds.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

double milliseconds(std::chrono::nanoseconds x) {
  return std::chrono::duration<double, std::milli>(x).count();
}

/// Returns the name of a fault; empty if the action is no fault.
std::string name_of(const simulator::any_action& what) {
  if (std::holds_alternative<simulator::any_record>(what))
    return {};
  return std::visit(
    [](const auto& x) -> std::string {
      if constexpr (requires { x.name(); })
        return x.name();
      else
        return x.name;
    },
    what);
}

json write(const simulator::time_spent& x) {
  return {
    {"turns", x.turns}, {"ms", milliseconds(x.total)}, {"longest_ms", milliseconds(x.longest)}};
}

json write(const simulator::actor_times& times) {
  json kinds = json::array();
  for (const auto& [kind, spent] : times.by_kind) {
    kinds.push_back({{"kind", kind}});
    kinds.back().update(write(spent));
  }
  json slowest = json::array();
  for (const auto& x : times.slowest) {
    slowest.push_back({{"node", x.where.node}, {"protocol", x.where.protocol}});
    if (x.where.peer)
      slowest.back()["peer"] = *x.where.peer;
    slowest.back().update(write(x.spent));
  }
  return {{"kinds", std::move(kinds)}, {"slowest", std::move(slowest)}};
}

/// Returns JSON that may stand in a page: no text in it ends the element around it. Text of remotes
/// and files may hold any bytes.
std::string embeddable(const json& what) {
  auto text = what.dump(-1, ' ', true, json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size());
  for (auto x : text)
    x == '<' ? out.append("\\u003c") : out.append(1, x);
  return out;
}

} // namespace

report::report(const simulator::scenario& what, std::string title)
  : title_(std::move(title)),
    map_(what.network.links),
    rumours_(what.network.links.nodes) {
  add_marks(what);
}

void report::add(const simulator::event& x) {
  map_.add(x);
  switch (x.what) {
  case simulator::event_kind::started:
    ++up_;
    break;
  case simulator::event_kind::crashed:
    --up_;
    break;
  case simulator::event_kind::peer_dropped:
    ++series_.at(x.when).ended;
    add_end(x);
    break;
  case simulator::event_kind::session_failed:
  case simulator::event_kind::punch_failed:
    add_end(x);
    break;
  case simulator::event_kind::told:
    if (x.name == simulator::heard)
      rumours_.add(x);
    break;
  case simulator::event_kind::peer_added:
    break;
  }
}

void report::sample(const simulator::run& played) {
  auto now = played.traffic();
  auto& here = series_.at(played.now());
  here.messages += now.handled - before_.handled;
  here.carried += now.carried - before_.carried;
  here.linked = played.linked();
  here.up = up_;
  before_ = now;
}

std::string report::page(simulator::run& played, const json& summary) const {
  auto details = played.details();
  json data{{"title", title_},
            {"summary", summary},
            {"series", series()},
            {"marks", marks(played.now())},
            {"causes", causes()},
            {"map", map_.write(details.stalled)},
            {"rumours", rumours_.write()},
            {"times", write(details.times)}};
  constexpr std::string_view place = "@DATA@";
  std::string out{report_page()};
  out.replace(out.find(place), place.size(), embeddable(data));
  return out;
}

void report::bucket::merge(const bucket& next) {
  messages += next.messages;
  carried += next.carried;
  ended += next.ended;
  if (next.linked)
    linked = next.linked;
  if (next.up)
    up = next.up;
}

void report::add_marks(const simulator::scenario& what) {
  for (const auto& step : what.schedule) {
    auto name = name_of(step.what);
    if (name.empty())
      continue;
    auto place =
      what.length.count() > 0
        ? static_cast<std::size_t>(in_seconds(step.at) / in_seconds(what.length) * max_marks)
        : 0;
    auto& found = marks_[{place, std::move(name)}];
    if (found.count++ == 0)
      found.at = step.at;
  }
}

void report::add_end(const simulator::event& x) {
  auto is_punch = x.what == simulator::event_kind::punch_failed;
  auto who = is_punch || x.what == simulator::event_kind::session_failed ? "failed"
             : x.remote_requested                                        ? "remote"
                                                                         : "self";
  // The rest of the detail names addresses, which are different for each pair.
  auto detail = is_punch ? x.detail.substr(0, x.detail.find(": ")) : x.detail;
  cause key{x.reason ? to_string(*x.reason) : is_punch ? "not punched" : "", detail, who};
  if (causes_.size() >= max_causes && !causes_.contains(key))
    key = {"other", "", who};
  ++causes_[std::move(key)];
}

json report::series() const {
  json messages = json::array();
  json carried = json::array();
  json ended = json::array();
  json linked = json::array();
  json up = json::array();
  bucket last{.linked = 0, .up = 0};
  for (const auto& x : series_.buckets()) {
    last.merge(x);
    messages.push_back(x.messages);
    carried.push_back(x.carried);
    ended.push_back(x.ended);
    linked.push_back(*last.linked);
    up.push_back(*last.up);
  }
  return {{"seconds_each", in_seconds(series_.width())},
          {"messages", std::move(messages)},
          {"bytes", std::move(carried)},
          {"ended", std::move(ended)},
          {"linked", std::move(linked)},
          {"up", std::move(up)}};
}

json report::causes() const {
  json out = json::array();
  for (const auto& [key, count] : causes_) {
    const auto& [reason, detail, who] = key;
    out.push_back({{"reason", reason}, {"detail", detail}, {"by", who}, {"count", count}});
  }
  return out;
}

json report::marks(caf::timespan end) const {
  json out = json::array();
  for (const auto& [key, x] : marks_)
    if (x.at <= end)
      out.push_back({{"at", in_seconds(x.at)}, {"what", key.second}, {"count", x.count}});
  return out;
}

void write_report(const std::string& folder, const std::string& page) {
  auto name = folder + "/report.html";
  output_file out{name};
  out << page;
  out.close();
  out.check();
}

} // namespace devp2p::tool
