// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/compare_command.hpp"

#include "devp2p/messages/capability.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/stop_watch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace devp2p::tool {

namespace {

using json = nlohmann::ordered_json;

/// The maximum size of a summary, and of a line of events.
constexpr std::size_t max_summary = std::size_t{64} << 20;
constexpr std::size_t max_line = std::size_t{1} << 20;
/// The maximum number of differences that are told.
constexpr std::size_t max_told = 100;

/// A folder that is not that of a run, as a line for a person.
struct no_run : std::runtime_error {
  using runtime_error::runtime_error;
};

std::ifstream open_file(const std::string& name) {
  errno = 0;
  std::ifstream out{name, std::ios::binary};
  // A directory can be opened, but not read.
  if (!out || out.peek() == std::ifstream::traits_type::eof())
    if (!out.is_open() || out.bad() || errno != 0)
      throw no_run{
        name + ": cannot be read: " + std::generic_category().message(errno != 0 ? errno : EIO) +
        "; --compare needs folders that --out has written"};
  out.clear();
  return out;
}

json read_summary(const std::string& folder) {
  const auto name = folder + "/summary.json";
  auto in = open_file(name);
  std::string text(max_summary + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto out = text.size() <= max_summary ? json::parse(text, nullptr, false) : json{};
  if (!out.is_object() || !out.contains("events") || !out.contains("seed"))
    throw no_run{name + ": is not the summary of a simulation"};
  return out;
}

/// Values by their names, in the order in which they stand.
class flat_values {
public:
  explicit flat_values(const json& summary) {
    for (const auto& [name, value] : summary.items())
      if (name == "checks" && value.is_array())
        add_checks(value);
      else if (name == "rumours" && value.is_array())
        add_rumours(value);
      else
        add(name, value);
  }

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Returns the value, or null if there is none of that name.
  [[nodiscard]] const json* find(const std::string& name) const {
    auto found = values_.find(name);
    return found != values_.end() ? &found->second : nullptr;
  }

private:
  void add(const std::string& name, const json& value) {
    if (!value.is_object())
      return put(name, value);
    for (const auto& [member, inner] : value.items())
      add(name + '.' + member, inner);
  }

  void add_checks(const json& all) {
    for (const auto& x : all) {
      auto name = "checks." + x.value("that", "");
      // A scenario may make the same check twice.
      for (std::size_t i = 2; values_.contains(name); ++i)
        name = "checks." + x.value("that", "") + " (" + std::to_string(i) + ")";
      put(name, x.value("holds", false) ? "holds" : x.value("why", "fails"));
    }
  }

  void add_rumours(const json& all) {
    for (const auto& x : all)
      for (const auto& [member, value] : x.items())
        if (member != "rumour")
          put("rumours." + x.at("rumour").dump() + '.' + member, value);
  }

  void put(const std::string& name, const json& value) {
    if (values_.try_emplace(name, value).second)
      names_.push_back(name);
  }

  std::vector<std::string> names_;
  std::map<std::string, json> values_;
};

struct difference {
  std::string what;
  /// Null pointers become null: a run that does not have the value.
  json first;
  json second;
};

std::vector<difference> compare(const flat_values& first, const flat_values& second) {
  std::vector<difference> out;
  auto value = [](const json* x) { return x ? *x : json(nullptr); };
  for (const auto& name : first.names()) {
    const auto* other = second.find(name);
    if (!other || *other != *first.find(name))
      out.push_back({name, *first.find(name), value(other)});
  }
  for (const auto& name : second.names())
    if (!first.find(name))
      out.push_back({name, nullptr, *second.find(name)});
  return out;
}

/// The events of a run, line by line.
class event_lines {
public:
  explicit event_lines(const std::string& folder)
    : name_(folder + "/events.jsonl"),
      in_(open_file(name_)),
      buffer_(max_line) {}

  /// Returns the next line; `nullopt` at the end.
  std::optional<std::string> next() {
    ++number_;
    in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    if (in_.bad() || (in_.fail() && !in_.eof()))
      throw no_run{name_ + ":" + std::to_string(number_) +
                   ": the line cannot be read, or is none "
                   "of events"};
    return in_.fail() ? std::nullopt : std::optional<std::string>{buffer_.data()};
  }

  [[nodiscard]] std::uint64_t number() const { return number_; }

private:
  std::string name_;
  std::ifstream in_;
  std::vector<char> buffer_;
  std::uint64_t number_ = 0;
};

/// The first line at which two runs have another event. A run that has ended has none.
struct divergence {
  std::uint64_t line = 0;
  std::optional<std::string> first;
  std::optional<std::string> second;
};

std::optional<divergence> first_divergence(const compare_options& options, const stop_watch& stop) {
  event_lines first{options.first};
  event_lines second{options.second};
  for (;;) {
    auto x = first.next();
    auto y = second.next();
    if (x != y)
      return divergence{first.number(), std::move(x), std::move(y)};
    if (!x)
      return std::nullopt;
    if (stop.stopped())
      throw std::runtime_error{"stopped before the events were compared"};
  }
}

json to_json(const std::optional<std::string>& event) {
  if (!event)
    return nullptr;
  auto out = json::parse(*event, nullptr, false);
  return out.is_discarded() ? json(*event) : out;
}

std::string as_json(const compare_options& options, const std::vector<difference>& found,
                    const std::optional<divergence>& apart) {
  json out{{"first", options.first},
           {"second", options.second},
           {"same", found.empty() && !apart},
           {"differences", json::array()},
           {"first_divergence", nullptr}};
  for (const auto& x : found)
    out["differences"].push_back({{"what", x.what}, {"first", x.first}, {"second", x.second}});
  if (apart)
    out["first_divergence"] = {
      {"line", apart->line}, {"first", to_json(apart->first)}, {"second", to_json(apart->second)}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

/// Returns a value as one short cell.
std::string cell(const json& x) {
  constexpr std::size_t longest = 60;
  auto text = x.is_null()     ? "-"
              : x.is_string() ? printable(x.get<std::string>())
                              : printable(x.dump(-1, ' ', false, json::error_handler_t::replace));
  return text.size() <= longest ? text : text.substr(0, longest - 3) + "...";
}

std::string as_table(const std::vector<difference>& found) {
  std::vector<std::array<std::string, 3>> rows{{"", "A", "B"}};
  for (std::size_t i = 0; i < found.size() && i < max_told; ++i)
    rows.push_back({printable(found[i].what), cell(found[i].first), cell(found[i].second)});
  std::array<std::size_t, 3> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  for (const auto& row : rows) {
    out += row[0] + std::string(widths[0] - row[0].size() + 2, ' ');
    out += row[1] + std::string(widths[1] - row[1].size() + 2, ' ') + row[2] + '\n';
  }
  if (found.size() > max_told)
    out += "and " + std::to_string(found.size() - max_told) + " more, which --json has\n";
  return out;
}

std::string as_text(const compare_options& options, const std::vector<difference>& found,
                    const std::optional<divergence>& apart) {
  auto out = "A: " + printable(options.first) + "\nB: " + printable(options.second) + "\n\n";
  out += found.empty() ? "The summaries are the same.\n" : as_table(found);
  if (!apart)
    return out + "\nThe events are the same.\n";
  auto line = [](const std::optional<std::string>& x) {
    return x ? to_json(x).dump(-1, ' ', true, json::error_handler_t::replace) : "no more events";
  };
  return out + "\nThe events are the same before line " + std::to_string(apart->line) +
         " of events.jsonl:\nA: " + line(apart->first) + "\nB: " + line(apart->second) + '\n';
}

} // namespace

int run_compare(const compare_options& options) {
  stop_watch stop;
  try {
    const auto found =
      compare(flat_values{read_summary(options.first)}, flat_values{read_summary(options.second)});
    const auto apart = first_divergence(options, stop);
    const auto printed =
      print(options.json ? as_json(options, found, apart) : as_text(options, found, apart), stop);
    return printed != succeeded || (found.empty() && !apart) ? printed : check_failed;
  } catch (const no_run& x) {
    return fail(x.what(), wrong_arguments);
  } catch (const json::exception&) {
    return fail("a summary.json of these is not the summary of a simulation", wrong_arguments);
  }
}

} // namespace devp2p::tool
