// SPDX-License-Identifier: BSL-1.0
#include "eth/status.hpp"

namespace devp2p::eth {

namespace {

std::optional<std::string> foreign(const remote_status& remote, const served_chain& served) {
  const auto& genesis = served.blocks.genesis().hash;
  if (remote.genesis != genesis)
    return "its genesis is " + to_hex(remote.genesis) + ", and ours " + to_hex(genesis);
  auto forks = served.forks.check(remote.forks, served.blocks.height());
  if (forks != compatibility::compatible)
    return "its fork id is " + to_hex(remote.forks.passed) + ", next " +
           std::to_string(remote.forks.next) + ": " + std::string{to_string(forks)};
  return std::nullopt;
}

} // namespace

remote_status read_status(const status_66& told) {
  return {told.version, told.network,          told.genesis,
          told.forks,   told.total_difficulty, {.latest_hash = told.head}};
}

remote_status read_status(const status_69& told) {
  return {told.version, told.network, told.genesis,
          told.forks,   std::nullopt, {told.earliest, told.latest, told.latest_hash}};
}

status_66 status_66_of(const served_chain& served, std::uint64_t version) {
  const auto& blocks = served.blocks;
  return {version,
          served.network,
          blocks.total_difficulty(),
          blocks.head().hash,
          blocks.genesis().hash,
          served.forks.id_at(blocks.height())};
}

status_69 status_69_of(const served_chain& served, std::uint64_t version) {
  const auto& blocks = served.blocks;
  return {version,
          served.network,
          blocks.genesis().hash,
          served.forks.id_at(blocks.height()),
          0,
          blocks.head().fields.number,
          blocks.head().hash};
}

status_66 visitors_answer(const status_66& told) {
  return {told.version, told.network, 0, told.genesis, told.genesis, told.forks};
}

status_69 visitors_answer(const status_69& told) {
  return {told.version, told.network, told.genesis, told.forks, 0, 0, told.genesis};
}

std::optional<std::string> refusal(const remote_status& remote, const served_chain* served,
                                   std::uint64_t version) {
  // In the order in which go-ethereum checks.
  if (served && remote.network != served->network)
    return "its network is " + std::to_string(remote.network) + ", and ours " +
           std::to_string(served->network);
  if (remote.version != version)
    return "its status is of version " + std::to_string(remote.version);
  if (auto why = served ? foreign(remote, *served) : std::nullopt)
    return why;
  return remote.total_difficulty ? std::nullopt : refusal(remote.blocks);
}

std::optional<std::string> refusal(const block_range_update& blocks) {
  if (blocks.earliest > blocks.latest)
    return "its first block comes after its last";
  if (blocks.latest_hash == hash{})
    return "its last block has no hash";
  return std::nullopt;
}

} // namespace devp2p::eth
