// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/simulation_output.hpp"

#include "devp2p/simulator/gossip_model.hpp"
#include "devp2p/simulator/program/decimal.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/seconds.hpp"
#include "devp2p/version.hpp"

#include <chrono>
#include <filesystem>
#include <iomanip>
#include <sstream>
#include <system_error>
#include <utility>

namespace devp2p::tool {

using json = nlohmann::ordered_json;

namespace {

double a_second(std::uint64_t what, caf::timespan in) {
  return in.count() > 0 ? static_cast<double>(what) / in_seconds(in) : 0;
}

/// Returns the times until 50, 90 and 100 % of the nodes had heard the rumour. A time is null if
/// they have not.
json spread(std::uint64_t rumour, const std::vector<caf::timespan>& times, std::size_t nodes) {
  json out{{"rumour", rumour}, {"heard_by", times.size()}};
  for (std::size_t percent : {50, 90, 100}) {
    auto wanted = (nodes * percent + 99) / 100;
    auto& place = out["seconds_to_" + std::to_string(percent)];
    if (wanted <= times.size())
      place = in_seconds(times[wanted - 1] - times.front());
  }
  return out;
}

json to_json(const std::vector<simulator::verdict>& all) {
  auto out = json::array();
  for (const auto& x : all) {
    out.push_back({{"that", x.what.name()}, {"holds", x.complaint.empty()}});
    if (x.complaint.empty())
      continue;
    out.back()["why"] = x.complaint;
    if (!x.nodes.empty())
      out.back()["nodes"] = x.nodes;
  }
  return out;
}

/// Reports the checks that have failed. Returns the exit status.
int tell(const std::vector<simulator::verdict>& all) {
  auto status = succeeded;
  for (const auto& x : all)
    if (!x.complaint.empty())
      status = fail(x.complaint, check_failed);
  return status;
}

} // namespace

simulation_output::simulation_output(const simulator::scenario& what, const std::string& title,
                                     std::string folder)
  : folder_(std::move(folder)),
    title_(title),
    nodes_(what.network.links.nodes),
    links_(what.network.links.links.size()),
    seed_(what.network.seed),
    fields_(what.fields),
    has_gossip_(simulator::offers_gossip(what)),
    judge_(what),
    has_checks_(!what.checks.empty()),
    observed_(what),
    observed_of_all_(what) {
  if (folder_.empty())
    return;
  schedule_ = what.schedule;
  report_.emplace(what, title);
  create_folder(folder_);
  events_.open(folder_ + "/events.jsonl");
  events_.check();
}

void simulation_output::add(const simulator::event& x) {
  if (!judge_.add(x))
    return;
  if (report_)
    events_ << to_json(x) << '\n';
  ++counts_[name_of(x)];
  if (x.reason)
    ++reasons_[to_string(*x.reason) + (x.remote_requested ? " (remote)" : " (self)")];
  observed_.add(x);
  observed_of_all_.add(x);
  auto is_rumour =
    has_gossip_ && x.what == simulator::event_kind::told && x.name == simulator::heard;
  auto is_news = is_rumour && hear(x);
  if (report_)
    report_->add(x, is_news);
}

/// A node that has crashed forgets the rumours that it knew, and may hear one again. Only the first
/// time counts. Another protocol may use the same word.
bool simulation_output::hear(const simulator::event& x) {
  auto number = parse_decimal(x.detail);
  if (!number)
    return false;
  auto& rumour = heard_[*number];
  rumour.by.resize(nodes_);
  if (rumour.by.at(x.node))
    return false;
  rumour.by[x.node] = true;
  rumour.when.push_back(x.when);
  return true;
}

void simulation_output::sample(const simulator::run& played) {
  judge_.pass(played.now());
  if (report_)
    report_->sample(played, judge_.stopped().value_or(played.now()));
}

void simulation_output::flush() {
  if (!report_)
    return;
  events_.flush();
  events_.check();
}

int simulation_output::finish(simulator::run& played, const stop_watch& stop) {
  observed_of_all_.conclude();
  const auto judged = should_stop() || played.done();
  auto verdicts = judged ? judge_.verdicts(played.now()) : std::vector<simulator::verdict>{};
  auto all = sum(played);
  all["checks"] = to_json(verdicts);
  const auto result = should_stop() ? sum_until_stop(all) : all;
  const auto printed = print(result.dump(2) + '\n', stop);
  std::string traced;
  if (report_) {
    events_.close();
    events_.check();
    write_sum(result);
    const auto end = judge_.stopped().value_or(played.now());
    const event_trace trace{folder_ + "/events.jsonl", verdicts, schedule_, end};
    write_trace(trace);
    if (!trace.empty())
      traced = folder_ + "/trace.txt tells what happened at " + trace.names();
    // The page has figures that are not known of that moment, but its time ends there.
    all["virtual_seconds"] = in_seconds(end);
    write_report(folder_, report_->page(played, all, {observed_, observed_of_all_}, trace, end));
  }
  if (has_checks_ && !judged)
    return fail("stopped before the end: the checks were not made");
  const auto told = tell(verdicts);
  if (!traced.empty())
    note(program_name() + ": " + traced);
  return printed == succeeded ? told : printed;
}

json simulation_output::conclude(const simulator::run& played) {
  observed_of_all_.conclude();
  auto all = sum(played);
  all["checks"] = to_json(judge_.verdicts(played.now()));
  return should_stop() ? sum_until_stop(std::move(all)) : all;
}

json simulation_output::sum(const simulator::run& played) const {
  std::ostringstream hash;
  hash << std::hex << std::setfill('0') << std::setw(16) << played.hash();
  auto now = played.now();
  auto traffic = played.traffic();
  json out{{"parameters", parameters()},
           {"seed", seed_},
           {"nodes", played.size()},
           {"links", links_},
           {"virtual_seconds", in_seconds(now)},
           {"partial", !played.done()},
           {"linked_at_end", played.linked()},
           {"hash", hash.str()},
           {"messages",
            {{"sent", traffic.sent},
             {"handled", traffic.handled},
             {"handled_per_second", a_second(traffic.handled, now)},
             {"payload_bytes", traffic.payload}}},
           {"bytes",
            {{"carried", traffic.carried}, {"carried_per_second", a_second(traffic.carried, now)}}},
           {"events", counts_},
           {"ends", reasons_}};
  if (auto observed = observed_.last(); !observed.empty())
    out["observations"] = std::move(observed);
  if (auto observed = observed_of_all_.last(); !observed.empty())
    out["network_observations"] = std::move(observed);
  if (has_gossip_)
    out["rumours"] = json::array();
  for (const auto& [rumour, heard] : heard_)
    out["rumours"].push_back(spread(rumour, heard.when, played.size()));
  return out;
}

/// The run goes on for a while after the moment at which it should have stopped, longer in several
/// processes than in one. So only what its events tell is known of that moment.
json simulation_output::sum_until_stop(json sum) const {
  sum["virtual_seconds"] = in_seconds(*judge_.stopped());
  sum["partial"] = true;
  for (const auto* name : {"linked_at_end", "hash", "messages", "bytes"})
    sum.erase(name);
  return sum;
}

json simulation_output::parameters() const {
  json out{{"program", program_name()}, {"version", DEVP2P_VERSION}, {"file", title_}};
  for (const auto& [name, text] : fields_) {
    auto value = json::parse(text, nullptr, false);
    out[name] = value.is_discarded() ? json(text) : std::move(value);
  }
  return out;
}

void simulation_output::write_trace(const event_trace& what) const {
  const auto name = folder_ + "/trace.txt";
  if (what.empty()) {
    std::error_code ignored;
    std::filesystem::remove(name, ignored);
    return;
  }
  output_file out{name};
  out << what.text();
  out.close();
  out.check();
}

void simulation_output::write_sum(const json& what) const {
  auto name = folder_ + "/summary.json";
  output_file out{name};
  out << what.dump(2) << '\n';
  out.close();
  out.check();
}

} // namespace devp2p::tool
