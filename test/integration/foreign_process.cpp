// SPDX-License-Identifier: BSL-1.0
#include "foreign_process.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace devp2p::test {

namespace {

const std::filesystem::path folder = DEVP2P_INTEGRATION_FOLDER;

/// Returns whether `event` has all fields of `pattern`.
bool matches(const json& event, const json& pattern) {
  auto equal = [&](const auto& field) {
    auto found = event.find(field.key());
    return found != event.end() && *found == field.value();
  };
  auto fields = pattern.items();
  return std::all_of(fields.begin(), fields.end(), equal);
}

} // namespace

void foreign_process::check_installation() {
  if (!std::filesystem::exists(folder / "node_modules/@ethereumjs/client"))
    throw std::runtime_error{
      "the foreign peers are not installed: run `npm ci --ignore-scripts` in " + folder.string()};
  try {
    child_process node{{"node", "--version"}};
  } catch (const std::system_error& e) {
    throw std::runtime_error{std::string{e.what()} + ": Node.js, 18 or later, must be installed"};
  }
}

foreign_process::foreign_process(const std::string& script, const json& options,
                                 std::chrono::seconds patience)
  : script_(script),
    patience_(patience),
    process_({"node", folder / script, options.dump()}) {}

void foreign_process::tell(const json& command) {
  if (!process_.write_line(command.dump(), std::chrono::steady_clock::now() + patience_))
    give_up("did not read " + command.dump());
}

json foreign_process::next(const std::string& event, const json& fields) {
  auto pattern = fields;
  pattern["event"] = event;
  auto deadline = std::chrono::steady_clock::now() + patience_;
  json out;
  while (!take(pattern, out)) {
    auto line = process_.read_line(deadline);
    if (!line)
      give_up("did not tell " + pattern.dump());
    events_.push_back(json::parse(*line));
  }
  return out;
}

bool foreign_process::has_no(const std::string& event) const {
  return std::none_of(events_.begin(), events_.end(),
                      [&](const json& x) { return x["event"] == event; });
}

bool foreign_process::take(const json& pattern, json& out) {
  auto found = std::find_if(events_.begin(), events_.end(),
                            [&](const json& x) { return matches(x, pattern); });
  if (found == events_.end())
    return false;
  out = std::move(*found);
  events_.erase(found);
  return true;
}

void foreign_process::give_up(const std::string& why) const {
  auto text = script_ + " " + why + "; it has told:";
  for (const auto& x : events_)
    text += "\n  " + x.dump();
  throw std::runtime_error{text};
}

} // namespace devp2p::test
