// SPDX-License-Identifier: BSL-1.0

// Messages, headers, transactions and receipts as other clients write them.

#include "eth/body.hpp"
#include "eth/header.hpp"
#include "eth/protocol.hpp"
#include "eth/receipt.hpp"
#include "eth/transaction.hpp"
#include "eth/trie_root.hpp"

#include "eth_vectors.hpp"
#include "sample_chain.hpp"

#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(messages_test)

namespace {

using wire = eth::wire_protocol;

/// Returns the item as a `T`, which must be encoded as the same again.
template <class T>
T decoded(const json& text) {
  auto in = octets(text);
  auto out = rlp::decode<T>(in);
  BOOST_REQUIRE_MESSAGE(out, (out ? "" : out.error().text));
  BOOST_TEST(to_hex(rlp::encode(*out).view()) == to_hex(in));
  return *out;
}

/// Checks that each version of the vector has this message, that it has this code there, and that
/// its content is this.
template <class T>
T taken_as(const json& vector) {
  for (std::uint64_t version : vector["versions"])
    if (version <= 69)
      BOOST_TEST(wire::messages::code_of<T>(version).value() ==
                 vector["code"].get<std::uint64_t>());
  return decoded<T>(vector["rlp"]);
}

template <class T>
T request_taken_as(const json& vector) {
  auto out = taken_as<T>(vector);
  if (vector.contains("data"))
    BOOST_TEST(out.id == vector["data"]["RequestId"].get<std::uint64_t>());
  return out;
}

const std::map<std::string, std::function<void(const json&)>>& by_name() {
  using namespace eth;
  static const std::map<std::string, std::function<void(const json&)>> out{
    {"GetBlockHeaders", request_taken_as<get_block_headers>},
    {"BlockHeaders", request_taken_as<block_headers>},
    {"GetBlockBodies", request_taken_as<get_block_bodies>},
    {"BlockBodies", request_taken_as<block_bodies>},
    {"GetNodeData", request_taken_as<get_node_data>},
    {"NodeData", request_taken_as<node_data>},
    {"GetReceipts", request_taken_as<get_receipts>},
    {"Receipts", request_taken_as<receipts>},
    {"GetPooledTransactions", request_taken_as<get_pooled_transactions>},
    {"PooledTransactions", request_taken_as<pooled_transactions>},
  };
  return out;
}

/// Returns the message of that name of our own chain, in that version.
template <class T>
T ours(const std::string& name, std::uint64_t version) {
  for (const auto& vector : eth_vectors()["ours"]["messages"])
    if (vector["name"] == name &&
        std::count(vector["versions"].begin(), vector["versions"].end(), version) != 0)
      return request_taken_as<T>(vector);
  throw std::out_of_range{name};
}

const json& our_blocks() {
  return eth_vectors()["ours"]["blocks"];
}

std::vector<std::vector<rlp::raw>> lists_of(const eth::raw_list& all) {
  std::vector<std::vector<rlp::raw>> out;
  for (const auto& one : items_of(all))
    out.push_back(items_of(eth::raw_list{one}));
  return out;
}

// Transactions by their fields, in hexadecimal digits.

using texts = std::vector<std::string>;

const std::string account = "94" + std::string(40, '7');
const std::string hash_text = "a0" + std::string(64, '7');

std::string list_of(const texts& items) {
  std::vector<rlp::raw> all;
  for (const auto& one : items)
    all.push_back({blob{from_hex(one).value()}});
  return to_hex(rlp::encode(all).view());
}

texts fields_of(std::uint8_t type) {
  const std::string data = "83010203";
  const auto accesses = list_of({list_of({account, list_of({hash_text})})});
  const auto authorizations = list_of({list_of({"01", account, "80", "01", "02", "03"})});
  switch (type) {
  case 0:
    return {"01", "02", "03", account, "04", data, "1b", "05", "06"};
  case 1:
    return {"01", "80", "02", "03", account, "04", data, accesses, "01", "05", "06"};
  case 2:
    return {"01", "80", "02", "02", "03", account, "04", data, accesses, "01", "05", "06"};
  case 3:
    return {"01", "80", "02", "02", "03", account, "04", data, accesses, "07", list_of({hash_text}),
            "01", "05", "06"};
  default:
    return {"01", "80",     "02",           "02", "03", account, "04",
            data, accesses, authorizations, "01", "05", "06"};
  }
}

rlp::raw typed(std::uint8_t type, const std::string& list) {
  bytes content{type};
  const auto all = from_hex(list).value();
  content.insert(content.end(), all.begin(), all.end());
  return {rlp::encode(content)};
}

bool is_transaction(std::uint8_t type, const texts& fields) {
  const auto list = list_of(fields);
  return eth::transaction::read(type == 0 ? rlp::raw{blob{from_hex(list).value()}}
                                          : typed(type, list))
    .has_value();
}

/// The numbers of blobs, of commitments and of proofs.
using blob_counts = std::array<std::size_t, 3>;

/// Returns a transaction with a blob; `between` stands before that.
rlp::raw with_blobs_of(const texts& between, const blob_counts& of = {1, 1, 1}) {
  texts all{list_of(fields_of(3))};
  all.insert(all.end(), between.begin(), between.end());
  const auto point = "b0" + std::string(96, '7');
  all.push_back(list_of(texts(of[0], "ba020000" + std::string(2 * 131'072, '7'))));
  all.push_back(list_of(texts(of[1], point)));
  all.push_back(list_of(texts(of[2], point)));
  return typed(3, list_of(all));
}

} // namespace

BOOST_AUTO_TEST_CASE(the_messages_of_other_clients_are_taken_and_written_again) {
  BOOST_TEST(eth_vectors()["messages"].size() == 20u);
  for (const auto& vector : eth_vectors()["messages"])
    BOOST_TEST_CONTEXT(vector["name"] << " of " << vector["origin"]) {
      by_name().at(vector["name"])(vector);
    }
}

BOOST_AUTO_TEST_CASE(an_origin_is_a_hash_or_a_number) {
  const auto& vectors = eth_vectors()["messages"];
  auto by_hash = taken_as<eth::get_block_headers>(vectors[0]).query;
  BOOST_TEST(to_hex(std::get<eth::hash>(by_hash.origin)).ends_with("deadc0de"));
  auto by_number = taken_as<eth::get_block_headers>(vectors[1]).query;
  BOOST_TEST(std::get<std::uint64_t>(by_number.origin) == 9999u);
  BOOST_TEST(by_number.limit == 5u);
  BOOST_TEST(by_number.skip == 5u);
  BOOST_TEST(!by_number.reverse);
  // Nine bytes, and 31.
  BOOST_TEST(!rlp::decode<eth::header_query>(octets("cd89010000000000000000010180")));
  BOOST_TEST(!rlp::decode<eth::header_query>(octets("e39f" + std::string(62, '1') + "010180")));
}

BOOST_AUTO_TEST_CASE(statuses_are_taken_and_written_again) {
  for (const auto& vector : eth_vectors()["status"]) {
    if (vector["version"] == 69) {
      auto told = decoded<eth::status_69>(vector["rlp"]);
      BOOST_TEST(told.earliest == vector["earliest"].get<std::uint64_t>());
      BOOST_TEST(told.latest == vector["latest"].get<std::uint64_t>());
      BOOST_TEST(to_hex(told.latest_hash) == vector["latestHash"].get<std::string>());
    } else {
      auto told = decoded<eth::status_66>(vector["rlp"]);
      BOOST_TEST(told.version == vector["version"].get<std::uint64_t>());
      BOOST_TEST(told.network == vector["networkid"].get<std::uint64_t>());
      BOOST_TEST(to_string(told.total_difficulty) == vector["td"].get<std::string>());
      BOOST_TEST(to_hex(told.head) == vector["head"].get<std::string>());
      BOOST_TEST(to_hex(told.genesis) == vector["genesis"].get<std::string>());
      BOOST_TEST(to_hex(told.forks.passed) == vector["forkHash"].get<std::string>());
    }
  }
}

BOOST_AUTO_TEST_CASE(announcements_have_types_and_sizes_since_68) {
  std::size_t count = 0;
  for (const auto& vector : eth_vectors()["announcements"]) {
    const std::uint64_t version = vector["versions"][0];
    std::vector<eth::hash> hashes;
    if (version <= 67) {
      hashes = taken_as<eth::new_pooled_transaction_hashes_66>(vector).hashes;
    } else if (version <= 69) {
      auto all = taken_as<eth::new_pooled_transaction_hashes_68>(vector);
      BOOST_TEST(to_hex(all.types) == vector["types"].get<std::string>());
      const auto sizes = vector["sizes"].get<std::vector<std::uint64_t>>();
      BOOST_TEST((all.sizes == sizes));
      hashes = all.hashes;
    } else {
      continue;
    }
    BOOST_TEST(hashes.size() == vector["hashes"].size());
    ++count;
  }
  BOOST_TEST(count == 7u);
}

BOOST_AUTO_TEST_CASE(headers_of_each_fork_have_the_hash_of_their_encoding) {
  auto all = eth_vectors()["headers"];
  for (const auto& vector : eth_vectors()["ours"]["headers"])
    all.push_back(vector);
  BOOST_TEST(all.size() == 26u);
  for (const auto& vector : all)
    BOOST_TEST_CONTEXT(vector["hash"]) {
      auto header = taken(eth::read_header({blob{octets(vector["rlp"])}}));
      BOOST_TEST(to_hex(header.hash) == vector["hash"].get<std::string>());
      BOOST_TEST(header.fields.number == vector["number"].get<std::uint64_t>());
      BOOST_TEST((eth::seal(header.fields).hash == header.hash));
      BOOST_TEST(header.fields.base_fee.has_value() == (vector["fields"] >= 16));
      BOOST_TEST(header.fields.requests.has_value() == (vector["fields"] >= 21));
    }
}

BOOST_AUTO_TEST_CASE(transactions_of_each_type_have_the_hash_of_their_content) {
  auto bodies = items_of(ours<eth::block_bodies>("BlockBodies", 69).bodies);
  BOOST_REQUIRE(bodies.size() == our_blocks().size());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto all = taken(eth::read_body(bodies[i], 100)).transactions;
    BOOST_REQUIRE(all.size() == our_blocks()[i]["txHashes"].size());
    for (std::size_t k = 0; k < all.size(); ++k) {
      auto one = eth::transaction::read(all[k]);
      BOOST_REQUIRE(one.has_value());
      BOOST_TEST(to_hex(one->hash()) == our_blocks()[i]["txHashes"][k].get<std::string>());
      BOOST_TEST(one->type() == our_blocks()[i]["txTypes"][k].get<unsigned>());
    }
    auto root = eth::transactions_root(all);
    BOOST_TEST(to_hex(root.value()) == our_blocks()[i]["txRoot"].get<std::string>());
  }
}

BOOST_AUTO_TEST_CASE(the_hash_of_a_transaction_with_blobs_leaves_them_out) {
  // Blobs come with their commitments and proofs, and since EIP-7594 with a version.
  auto alone = eth::transaction::read(typed(3, list_of(fields_of(3))));
  BOOST_REQUIRE(alone.has_value());
  BOOST_TEST(!alone->has_blobs());
  for (const auto& [between, proofs] : std::map<texts, std::size_t>{{{}, 1}, {{"01"}, 128}}) {
    auto with_blobs = eth::transaction::read(with_blobs_of(between, {1, 1, proofs}));
    BOOST_REQUIRE(with_blobs.has_value());
    BOOST_TEST(with_blobs->has_blobs());
    BOOST_TEST((alone->hash() == with_blobs->hash()));
  }
}

BOOST_AUTO_TEST_CASE(a_transaction_has_as_many_fields_as_its_type) {
  const std::array<std::size_t, 5> counts{9, 11, 12, 14, 13};
  for (std::uint8_t type = 0; type < counts.size(); ++type) {
    const auto fields = fields_of(type);
    BOOST_TEST(fields.size() == counts[type]);
    BOOST_TEST(is_transaction(type, fields));
    for (std::size_t i = 0; i < fields.size(); ++i) {
      auto fewer = fields;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      BOOST_TEST(!is_transaction(type, fewer));
      for (const auto* junk : {"00", "8100", "c20102", "b7" /* cut off */}) {
        auto changed = fields;
        changed[i] = junk;
        // Any data will do that is whole.
        const auto is_data = fields[i] == "83010203";
        BOOST_TEST(is_transaction(type, changed) == (is_data && junk == std::string{"00"}));
      }
    }
    auto more = fields;
    more.push_back("80");
    BOOST_TEST(!is_transaction(type, more));
  }
}

BOOST_AUTO_TEST_CASE(a_contract_is_made_by_the_types_0_to_2) {
  for (std::uint8_t type = 0; type < 5; ++type) {
    auto fields = fields_of(type);
    std::replace(fields.begin(), fields.end(), account, std::string{"80"});
    BOOST_TEST(is_transaction(type, fields) == (type < 3));
  }
}

BOOST_AUTO_TEST_CASE(what_comes_with_blobs_is_blobs) {
  for (const auto& of :
       {blob_counts{0, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {2, 1, 1}, {1, 1, 2}})
    BOOST_TEST(!eth::transaction::read(with_blobs_of({}, of)).has_value());
  for (std::size_t proofs : {1, 127, 129})
    BOOST_TEST(!eth::transaction::read(with_blobs_of({"01"}, {1, 1, proofs})).has_value());
  BOOST_TEST(!eth::transaction::read(with_blobs_of({"02"}, {1, 1, 128})).has_value());
  BOOST_TEST(!eth::transaction::read(with_blobs_of({"01", "01"})).has_value());
  BOOST_TEST(!eth::transaction::read(with_blobs_of({"c0"})).has_value());
  const auto inner = list_of(fields_of(3));
  for (const auto& rest : std::vector<texts>{{},
                                             {"c0"},
                                             {"c0", "c0"},
                                             {"c0", "c0", "c0", "c0"},
                                             {"c101", "c0", "c0"},
                                             {"c0", "c101", "c0"},
                                             {"c0", "c0", "c101"},
                                             {"80", "c0", "c0"}}) {
    texts all{inner};
    all.insert(all.end(), rest.begin(), rest.end());
    BOOST_TEST(!eth::transaction::read(typed(3, list_of(all))).has_value());
  }
}

BOOST_AUTO_TEST_CASE(what_can_be_no_transaction_is_none) {
  for (const auto* text : {"80", "8180", "81c0", "8181", "c0", "827fc0",
                           "82"
                           "05c0"})
    BOOST_TEST(!eth::transaction::read({blob{octets(text)}}).has_value());
  BOOST_TEST(!eth::transaction::read(typed(0, list_of(fields_of(0)))).has_value());
  BOOST_TEST(!eth::transaction::read(typed(5, list_of(fields_of(4)))).has_value());
}

BOOST_AUTO_TEST_CASE(a_body_may_have_transactions_of_other_types) {
  BOOST_TEST(eth::transactions_root({{blob{octets("827ec0")}}}).has_value());
  for (const auto* text : {"80", "8180", "81c0"})
    BOOST_TEST(!eth::transactions_root({{blob{octets(text)}}}).has_value());
}

BOOST_AUTO_TEST_CASE(a_list_is_read_up_to_a_bound) {
  const eth::raw_list three{rlp::raw{blob{octets("c301c081")}}};
  BOOST_TEST(!three.items(9).has_value()); // The third is cut off.
  BOOST_TEST(!three.items(2).has_value());
  const eth::raw_list two{rlp::raw{blob{octets("c201c0")}}};
  BOOST_TEST(
    (two.items(2) == std::vector{rlp::raw{blob{octets("01")}}, rlp::raw{blob{octets("c0")}}}));
  BOOST_TEST(!two.items(1).has_value());
  BOOST_TEST(!eth::raw_list{rlp::raw{blob{octets("820102")}}}.items(9).has_value());
  BOOST_TEST(eth::raw_list{}.items(0)->empty());
}

BOOST_AUTO_TEST_CASE(a_header_is_no_place_for_much_data) {
  auto fields = sample_genesis().fields;
  fields.extra = bytes(102'400);
  const auto encoding = eth::seal(fields).encoding;
  BOOST_TEST(bool{eth::read_header(encoding)});
  auto items = items_of(eth::raw_list{encoding});
  items[12] = {rlp::encode(bytes(102'401))};
  auto header = eth::read_header({rlp::encode(items)});
  BOOST_REQUIRE(!header);
  BOOST_TEST(header.error() ==
             "a header makes no sense: extra: a string of more than 102400 bytes");
}

BOOST_AUTO_TEST_CASE(a_log_has_4_topics_at_most) {
  eth::receipt one{0, {1}, 21'000, {{{}, std::vector<eth::hash>(4), {}}}};
  // The bloom does not count how often a topic is there.
  const auto more = std::tuple{eth::log{}.address, std::vector<eth::hash>(5), bytes{}};
  for (std::uint64_t version : {68, 69}) {
    const auto encoding = eth::write_receipt(one, version);
    BOOST_TEST(bool{eth::read_receipt(encoding, version)});
    auto items = items_of(eth::raw_list{encoding});
    items[3] = {rlp::encode(std::vector{more})};
    auto receipt = eth::read_receipt({rlp::encode(items)}, version);
    BOOST_REQUIRE(!receipt);
    BOOST_TEST(receipt.error().find("logs[0].topics: a list of more than 4 elements") !=
               std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(receipts_of_both_forms_are_the_same_and_have_the_root_of_their_block) {
  auto with_bloom = lists_of(ours<eth::receipts>("Receipts", 68).blocks);
  auto without = lists_of(ours<eth::receipts>("Receipts", 69).blocks);
  BOOST_REQUIRE(with_bloom.size() == our_blocks().size());
  BOOST_REQUIRE(without.size() == our_blocks().size());
  for (std::size_t i = 0; i < without.size(); ++i) {
    BOOST_REQUIRE(with_bloom[i].size() == without[i].size());
    std::vector<eth::receipt> all;
    for (std::size_t k = 0; k < without[i].size(); ++k) {
      auto one = taken(eth::read_receipt(without[i][k], 69));
      BOOST_TEST((eth::write_receipt(one, 68) == with_bloom[i][k]));
      auto same = taken(eth::read_receipt(with_bloom[i][k], 68));
      BOOST_TEST((eth::write_receipt(same, 69) == without[i][k]));
      all.push_back(one);
    }
    BOOST_TEST(to_hex(eth::receipts_root(all)) ==
               our_blocks()[i]["receiptsRoot"].get<std::string>());
  }
}

BOOST_AUTO_TEST_CASE(receipts_of_other_clients_make_sense) {
  for (const auto& vector : eth_vectors()["messages"]) {
    if (vector["name"] != "Receipts")
      continue;
    for (std::uint64_t version : vector["versions"])
      for (const auto& block : lists_of(taken_as<eth::receipts>(vector).blocks))
        for (const auto& one : block)
          // The bloom of the EIP's receipt is not that of its logs.
          BOOST_TEST(bool{eth::read_receipt(one, version)} == (vector["origin"] != "EIP-2481"));
  }
}

BOOST_AUTO_TEST_CASE(roots_are_those_of_another_client) {
  // Roots of values of 1 to 40 sevens, by their number, as @ethereumjs/mpt 10 has them: small nodes
  // that stand in their parents, and indices of one, two and three bytes.
  const std::map<std::size_t, std::string> roots{
    {0, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"},
    {1, "6aad1d6cdb452aafcd150be0f297831223290252b10dfd9b9eb85f5751761b6b"},
    {2, "4c5b91a8af1dca049a4849176f8a68680ff4d32dc55d6576dd651b19d127a2fa"},
    {3, "55c122f9bc37cdca2c423abd946e15438333c71918c39e73a3667e685d67b8e4"},
    {16, "b5d08d4553948764e8830625041714970a015f0f14a14c4b4616e74230c853cf"},
    {17, "2037a1dd339c7cdb998f131947451162769ec0ca9b491b75769f356716d2221a"},
    {127, "52369809364e48c0099528375406a3820f7e8b4f5438ff01a58f24df1b3d13cf"},
    {128, "51b78513bfe91c12812966c34264f93fd27fe8b8da8583c9381bf2d009966ffe"},
    {129, "8b46f8cc27bf74e1490b93109a44fd35ec880b91a0978768658df68abaed6c91"},
    {256, "2ebf1276fe2a1f6a4b32866f880388043f0123112dc7b3e020da80d239429e57"},
    {257, "fd244e262606dd0f3a224059474ad3986f521e5626d9bda18dad024b35039a35"},
    {300, "e28e9a1a27c4b858aa1bdc0a0172332538c6c642491c8161b1adb8b0fd1ee3a3"}};
  for (const auto& [count, root] : roots) {
    const bytes sevens(40, 7);
    std::vector<byte_view> values;
    for (std::size_t i = 0; i < count; ++i)
      values.push_back(byte_view{sevens}.first(1 + i % 40));
    BOOST_TEST_CONTEXT(count) {
      BOOST_TEST(to_hex(eth::trie_root(values)) == root);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test
