// SPDX-License-Identifier: BSL-1.0
#include "exported_chain.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace devp2p::test {

namespace {

bytes content_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error{path + " is missing: the test ethereum_chain writes it"};
  return {std::istreambuf_iterator<char>{in}, {}};
}

eth::served_chain read(const std::string& folder, const nlohmann::json& facts) {
  auto blocks =
    eth::read_chain(content_of(folder + "/blocks.rlp"), content_of(folder + "/receipts.rlp"));
  if (!blocks)
    throw std::runtime_error{folder + "/blocks.rlp: " + blocks.error()};
  const auto& genesis = blocks->genesis();
  eth::fork_schedule forks{
    genesis.hash, facts.at("forks").get<std::vector<std::uint64_t>>(), {}, genesis.fields.time};
  return {facts.at("network").get<std::uint64_t>(), std::move(forks), std::move(*blocks)};
}

} // namespace

exported_chain::exported_chain()
  : folder(DEVP2P_ETHEREUM_CHAIN),
    facts(nlohmann::json::parse(content_of(folder + "/chain.json"))),
    served(read(folder, facts)) {}

eth::served_chain exported_chain::at_genesis() const {
  return {served.network, served.forks, eth::chain{served.blocks.genesis()}};
}

} // namespace devp2p::test
