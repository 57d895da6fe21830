// SPDX-License-Identifier: BSL-1.0
#include "eth_lines.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>

namespace devp2p::tool {

namespace {

using json = nlohmann::ordered_json;

std::string line_of(const json& object) {
  // A client id may hold any bytes: invalid UTF-8, or escape sequences of a terminal.
  constexpr auto ascii_only = true;
  return object.dump(-1, ' ', ascii_only, json::error_handler_t::replace) + '\n';
}

/// `2020-09-13 12:26:40 UTC`, or the number of seconds if there is no such year.
std::string date_of(std::uint64_t seconds) {
  constexpr std::uint64_t year_10000 = 253'402'300'800;
  if (seconds >= year_10000)
    return std::to_string(seconds) + " s";
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  std::array<char, 32> out{};
  ::gmtime_r(&time, &parts);
  return {out.data(), std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

std::string protocol_of(const eth::remote_status& status) {
  return "eth/" + std::to_string(status.version);
}

/// Until eth/68 a status does not say which blocks there are.
bool has_range(const eth::remote_status& status) {
  return !status.total_difficulty;
}

std::string text_of(const peer_info& peer, const eth::remote_status& status,
                    const eth::sealed_header* head) {
  std::string out;
  auto add = [&](std::string_view name, const std::string& value) {
    out += std::string{name} + std::string(18 - name.size(), ' ') + value + '\n';
  };
  add("client", printable(peer.greeting.client_id));
  add("protocol", protocol_of(status));
  add("network", std::to_string(status.network));
  add("genesis", to_hex(status.genesis));
  add("fork id",
      to_hex(status.forks.passed) +
        (status.forks.next == 0 ? ", no next" : ", next " + std::to_string(status.forks.next)));
  if (status.total_difficulty)
    add("total difficulty", to_string(*status.total_difficulty));
  if (has_range(status))
    add("blocks",
        std::to_string(status.blocks.earliest) + " to " + std::to_string(status.blocks.latest));
  add("head", to_hex(status.blocks.latest_hash));
  if (head)
    add("head number", std::to_string(head->fields.number));
  add("head time",
      head ? date_of(head->fields.time) : "unknown: the node does not give the header");
  return out;
}

json json_of(const peer_info& peer, const eth::remote_status& status,
             const eth::sealed_header* head) {
  json out{{"event", "status"},
           {"client", peer.greeting.client_id},
           {"version", status.version},
           {"network", status.network},
           {"genesis", to_hex(status.genesis)},
           {"fork_hash", to_hex(status.forks.passed)},
           {"fork_next", status.forks.next}};
  if (status.total_difficulty)
    out["total_difficulty"] = to_string(*status.total_difficulty);
  if (has_range(status)) {
    out["earliest"] = status.blocks.earliest;
    out["latest"] = status.blocks.latest;
  }
  out["head"] = to_hex(status.blocks.latest_hash);
  out["head_number"] = head ? json(head->fields.number) : json(nullptr);
  out["head_time"] = head ? json(head->fields.time) : json(nullptr);
  return out;
}

json json_of(const eth::sealed_header& x) {
  const auto& fields = x.fields;
  json out{{"event", "header"},
           {"number", fields.number},
           {"hash", to_hex(x.hash)},
           {"parent", to_hex(fields.parent)},
           {"time", fields.time},
           {"difficulty", to_string(fields.difficulty)},
           {"gas_limit", fields.gas_limit},
           {"gas_used", fields.gas_used},
           {"coinbase", to_hex(fields.coinbase)},
           {"state", to_hex(fields.state)},
           {"transactions", to_hex(fields.transactions)},
           {"receipts", to_hex(fields.receipts)},
           {"extra", to_hex(fields.extra)}};
  if (fields.base_fee)
    out["base_fee"] = to_string(*fields.base_fee);
  return out;
}

} // namespace

std::string status_lines(style how, const peer_info& peer, const eth::remote_status& status,
                         const eth::sealed_header* head) {
  return how == style::json ? line_of(json_of(peer, status, head)) : text_of(peer, status, head);
}

std::string header_line(style how, const eth::sealed_header& header) {
  if (how == style::json)
    return line_of(json_of(header));
  return "header " + std::to_string(header.fields.number) + "  " + to_hex(header.hash) + "  " +
         date_of(header.fields.time) + '\n';
}

std::string verified_line(style how, const block_range& what) {
  if (how == style::json)
    return line_of({{"event", "verified"}, {"first", what.first}, {"last", what.last}});
  return "the headers " + std::to_string(what.first) + " to " + std::to_string(what.last) +
         " are one chain\n";
}

} // namespace devp2p::tool
