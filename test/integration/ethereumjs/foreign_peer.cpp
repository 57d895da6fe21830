// SPDX-License-Identifier: BSL-1.0
#include "foreign_peer.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace devp2p::test {

namespace {

/// The limit of every wait, much longer than any operation takes, even on a busy machine.
constexpr auto patience = std::chrono::seconds{10};

const std::filesystem::path folder = DEVP2P_ETHEREUMJS;

std::vector<std::string> command_for(const json& options) {
  return {"node", folder / "peer.mjs", options.dump()};
}

/// Returns whether `event` has all fields of `pattern`.
bool matches(const json& event, const json& pattern) {
  auto equal = [&](const auto& field) {
    auto found = event.find(field.key());
    return found != event.end() && *found == field.value();
  };
  auto fields = pattern.items();
  return std::all_of(fields.begin(), fields.end(), equal);
}

[[noreturn]] void give_up(const std::string& why, const std::deque<json>& events) {
  auto text = "the foreign peer " + why + "; it has told:";
  for (const auto& x : events)
    text += "\n  " + x.dump();
  throw std::runtime_error{text};
}

} // namespace

void foreign_peer::check_installation() {
  if (!std::filesystem::exists(folder / "node_modules/@ethereumjs/devp2p"))
    throw std::runtime_error{
      "@ethereumjs/devp2p is not installed: run `npm ci --ignore-scripts` in " + folder.string()};
  try {
    child_process node{{"node", "--version"}};
  } catch (const std::system_error& e) {
    throw std::runtime_error{std::string{e.what()} + ": Node.js, 18 or later, must be installed"};
  }
}

foreign_peer::foreign_peer(const json& options) : process_(command_for(options)) {
  auto listening = next("listening");
  url_.id = node_id::parse(listening["id"].get<std::string>()).value();
  url_.address = {options.value("host", "127.0.0.1"), listening["port"].get<std::uint16_t>()};
  url_.discovery_port = url_.address.port;
}

void foreign_peer::tell(const json& command) {
  if (!process_.write_line(command.dump(), std::chrono::steady_clock::now() + patience))
    give_up("did not read " + command.dump(), events_);
}

void foreign_peer::dial(const enode& whom) {
  const auto& [host, port] = whom.address;
  tell({{"do", "dial"}, {"host", host}, {"port", port}, {"id", to_hex(whom.id.value)}});
}

json foreign_peer::next(const std::string& event, const json& fields) {
  auto pattern = fields;
  pattern["event"] = event;
  auto deadline = std::chrono::steady_clock::now() + patience;
  json out;
  while (!take(pattern, out)) {
    auto line = process_.read_line(deadline);
    if (!line)
      give_up("did not tell " + pattern.dump(), events_);
    events_.push_back(json::parse(*line));
  }
  return out;
}

bool foreign_peer::has_no(const std::string& event) const {
  return std::none_of(events_.begin(), events_.end(),
                      [&](const json& x) { return x["event"] == event; });
}

bool foreign_peer::take(const json& pattern, json& out) {
  auto found = std::find_if(events_.begin(), events_.end(),
                            [&](const json& x) { return matches(x, pattern); });
  if (found == events_.end())
    return false;
  out = std::move(*found);
  events_.erase(found);
  return true;
}

} // namespace devp2p::test
