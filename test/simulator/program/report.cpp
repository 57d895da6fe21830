// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/report.hpp"

#include "devp2p/simulator/echo_model.hpp"
#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/program/output_file.hpp"
#include "devp2p/simulator/program/page.hpp"
#include "devp2p/simulator/program/seconds.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

double milliseconds(std::chrono::nanoseconds x) {
  return std::chrono::duration<double, std::milli>(x).count();
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

} // namespace

report::report(const simulator::scenario& what, std::string title)
  : title_(std::move(title)),
    checks_(what.checks),
    schedule_(what.schedule),
    map_(what.network.links),
    faults_(what),
    has_gossip_(offers_gossip(what)),
    rumours_(what.network.links.nodes) {}

void report::add(const simulator::event& x, bool is_news) {
  map_.add(x);
  table_.add(x);
  switch (x.what) {
  case simulator::event_kind::started:
    ++up_;
    alone_since_[x.node] = x.when;
    break;
  case simulator::event_kind::crashed:
    --up_;
    alone_since_.erase(x.node);
    break;
  case simulator::event_kind::peer_added:
    if (auto found = alone_since_.extract(x.node))
      until_first_session_.add(x.when - found.mapped());
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
    add_told(x, is_news);
    break;
  }
}

void report::sample(const simulator::run& played, caf::timespan when) {
  auto now = played.traffic();
  auto& here = series_.at(when);
  here.messages += now.handled - before_.handled;
  here.carried += now.carried - before_.carried;
  here.linked = played.linked();
  here.up = up_;
  before_ = now;
}

std::string report::page(simulator::run& played, const json& summary,
                         const observed_numbers& observed, const event_trace& trace,
                         caf::timespan end) const {
  auto details = played.details();
  json data{{"title", title_},
            {"summary", summary},
            {"checks", write_checks()},
            {"series", series()},
            {"faults", faults_.write(end)},
            {"observed", observed.of_nodes.write(end)},
            {"network_observed", observed.of_all.write(end)},
            {"trace", trace.write()},
            {"table", table_.write(schedule_, end)},
            {"causes", causes()},
            {"map", map_.write(details.stalled)},
            {"rumours", has_gossip_ ? rumours_.write() : json(nullptr)},
            {"delays", write_delays()},
            {"times", write(details.times)}};
  return filled(report_page(), data);
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

void report::add_told(const simulator::event& x, bool is_news) {
  if (is_news)
    rumours_.add(x);
  else if (x.name == simulator::echoed)
    if (std::int64_t ns = 0;
        std::from_chars(x.detail.data(), x.detail.data() + x.detail.size(), ns).ec == std::errc{})
      round_trips_.add(std::chrono::nanoseconds{ns});
}

json report::write_checks() const {
  auto out = json::array();
  for (const auto& x : checks_)
    out.push_back({{"that", x.name()},
                   {"always", x.time() == simulator::always},
                   {"text", simulator::write_check(x)}});
  return out;
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

json report::write_delays() const {
  return {{"first session", until_first_session_.write()},
          {"round trip", round_trips_.write()},
          {"rumour", has_gossip_ ? rumours_.ways().write() : delays{}.write()}};
}

void write_report(const std::string& folder, const std::string& page) {
  auto name = folder + "/report.html";
  output_file out{name};
  out << page;
  out.close();
  out.check();
}

} // namespace devp2p::tool
