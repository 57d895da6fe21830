// SPDX-License-Identifier: BSL-1.0
#include "eth/fork_id.hpp"

#include "eth_vectors.hpp"

#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(fork_id_test)

namespace {

using eth::compatibility;

const json& fork_vectors() {
  return eth_vectors()["forkid"];
}

eth::fork_schedule schedule_named(const std::string& name) {
  const auto blocks_only = name == "mainnet_blocks_only";
  const auto& chain = fork_vectors()["chains"][blocks_only ? "mainnet" : name];
  return schedule_of(chain["genesis"], chain["forkBlocks"],
                     blocks_only ? json::array() : chain["forkTimes"]);
}

eth::chain_height height_of(const json& vector) {
  return {vector["head"], vector["time"]};
}

void check_id(const eth::fork_schedule& forks, const json& wanted) {
  auto id = forks.id_at(height_of(wanted));
  BOOST_TEST(to_hex(id.passed) == wanted["hash"].get<std::string>());
  BOOST_TEST(id.next == wanted["next"].get<std::uint64_t>());
}

} // namespace

BOOST_AUTO_TEST_CASE(the_id_at_each_height_is_that_of_other_clients) {
  std::size_t count = 0;
  for (const auto& [name, cases] : fork_vectors()["creation"].items())
    for (const auto& vector : cases)
      BOOST_TEST_CONTEXT(name << ": " << vector["what"]) {
        check_id(schedule_named(name), vector);
        ++count;
      }
  BOOST_TEST(count == 78u);
}

BOOST_AUTO_TEST_CASE(remotes_are_judged_as_other_clients_judge_them) {
  const std::map<std::string, compatibility> results{
    {"accept", compatibility::compatible},
    {"remote_stale", compatibility::remote_is_stale},
    {"local_incompatible_or_stale", compatibility::incompatible}};
  BOOST_TEST(fork_vectors()["validation"].size() == 45u);
  for (const auto& vector : fork_vectors()["validation"])
    BOOST_TEST_CONTEXT(vector.dump()) {
      eth::fork_id remote{octet_array<4>(vector["remoteHash"]), vector["remoteNext"]};
      auto result = schedule_named(vector["forks"]).check(remote, height_of(vector));
      BOOST_TEST(to_string(result) == to_string(results.at(vector["result"])));
    }
}

BOOST_AUTO_TEST_CASE(ids_are_encoded_with_the_zeros_of_their_checksum) {
  for (const auto& vector : fork_vectors()["encoding"]) {
    eth::fork_id id{octet_array<4>(vector["hash"]), vector["next"]};
    BOOST_TEST(to_hex(rlp::encode(id).view()) == vector["rlp"].get<std::string>());
    BOOST_TEST((*rlp::decode<eth::fork_id>(octets(vector["rlp"])) == id));
  }
}

BOOST_AUTO_TEST_CASE(a_fork_by_time_follows_those_by_number) {
  const auto& vector = fork_vectors()["eip6122_example"];
  const auto& forks = vector["forks"];
  auto schedule = schedule_of(vector["genesis"], json::array({forks[0]}), json::array({forks[1]}));
  BOOST_TEST(to_hex(schedule.id_at({2'000'000, forks[1]}).passed) ==
             vector["hash"].get<std::string>());
}

BOOST_AUTO_TEST_CASE(forks_at_the_genesis_do_not_count_and_equal_ones_count_once) {
  const std::uint64_t genesis = fork_vectors()["genesis_time_rule"]["genesisTime"];
  eth::fork_schedule few{{}, {7}, {genesis + 1}, genesis};
  eth::fork_schedule many{{}, {0, 7, 7}, {0, genesis - 1, genesis, genesis + 1}, genesis};
  for (std::uint64_t number : {0, 7})
    for (std::uint64_t time : {genesis, genesis + 1}) {
      eth::chain_height head{number, time};
      BOOST_TEST((few.id_at(head) == many.id_at(head)));
    }
}

BOOST_AUTO_TEST_CASE(our_own_chain_has_the_ids_that_another_client_told) {
  const auto& ours = eth_vectors()["ours"];
  auto forks =
    schedule_of(ours["genesis"], ours["forkBlocks"], ours["forkTimes"], ours["genesisTime"]);
  for (const auto& vector : ours["forkIds"])
    BOOST_TEST_CONTEXT(vector.dump()) {
      check_id(forks, vector);
    }
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
