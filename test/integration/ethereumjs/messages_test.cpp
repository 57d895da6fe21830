// SPDX-License-Identifier: BSL-1.0
#include "encounter.hpp"

#include "devp2p/net/crypto/sha256.hpp"

#include <random>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(messages_test)

namespace {

/// A payload, and the instruction for peer.mjs to make the same.
struct sample {
  bytes payload;
  json recipe;
};

sample constant(std::size_t size, std::uint8_t byte) {
  return {bytes(size, byte), {{"size", size}, {"fill", byte}}};
}

/// Returns bytes that do not compress, from a generator that peer.mjs also has.
sample noise(std::size_t size, std::uint32_t seed) {
  std::linear_congruential_engine<std::uint32_t, 1664525, 1013904223, 0> generator{seed};
  bytes payload(size);
  for (auto& x : payload)
    x = static_cast<std::uint8_t>(generator() >> 24);
  return {std::move(payload), {{"size", size}, {"seed", seed}}};
}

std::vector<sample> samples() {
  std::vector<sample> out;
  std::uint32_t seed = 0;
  for (std::size_t size : {0u, 1u, 1024u, 1u << 20}) {
    out.push_back(constant(size, 0));
    out.push_back(constant(size, 0xff));
    out.push_back(noise(size, ++seed));
  }
  return out;
}

std::string digest(byte_view payload) {
  return to_hex(crypto::sha256(payload));
}

void have_them_send(encounter& both, const std::string& protocol, std::uint64_t code,
                    const sample& what) {
  json command{{"do", "send"}, {"protocol", protocol}, {"code", code}};
  command.update(what.recipe);
  both.theirs.tell(command);
}

/// Exchanges one message in each direction: the foreign peer sends it, and we return it.
void exchange(encounter& both, const std::string& protocol, std::uint64_t code,
              const sample& what) {
  have_them_send(both, protocol, code, what);
  auto received = both.ours.next_delivery();
  BOOST_TEST(received.protocol.name == protocol);
  BOOST_TEST(received.code == code);
  // Not compared by elements: a million differing ones in the output would not help.
  BOOST_TEST((received.payload == what.payload));
  BOOST_TEST(!both.ours.send(protocol, code, what.payload));
  auto seen = both.theirs.next("message");
  BOOST_TEST(seen["protocol"] == protocol);
  BOOST_TEST(seen["code"] == code);
  BOOST_TEST(seen["size"] == what.payload.size());
  BOOST_TEST(seen["sha256"] == digest(what.payload));
}

} // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(of_any_size_arrive_as_they_were_sent) {
  encounter both;
  for (auto who : both_ways) {
    both.connect(who);
    std::uint64_t total = 0;
    for (const auto& x : samples()) {
      BOOST_TEST_CONTEXT(to_string(who) << ", " << x.recipe) {
        exchange(both, "test", total % 8, x);
        total += x.payload.size();
      }
    }
    auto counts = both.ours.peers().at(0).protocols.at(0).counts;
    BOOST_TEST((counts == traffic{samples().size(), total, samples().size(), total}));
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(are_not_compressed_for_a_remote_of_version_4) {
  encounter both{their_test({{"hello", {{"version", 4}}}, {"trace", true}})};
  for (auto who : both_ways) {
    both.connect(who);
    BOOST_TEST(both.added.greeting.version == 4u);
    BOOST_TEST(both.connected["snappy"] == false);
    for (const auto& x : samples()) {
      BOOST_TEST_CONTEXT(to_string(who) << ", " << x.recipe) {
        exchange(both, "test", 7, x);
        auto frame = both.theirs.next("frame", {{"direction", "in"}, {"code", 23}});
        BOOST_TEST(frame["size"] == x.payload.size());
      }
    }
    both.theirs.tell({{"do", "ping"}});
    both.theirs.next("pong");
    both.ours.close(both.theirs.url().id, disconnect_reason::too_many_peers);
    BOOST_TEST(both.next_goodbye().second == "c104");
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(are_compressed_for_a_remote_of_version_5) {
  encounter both{their_test({{"trace", true}})};
  for (auto who : both_ways) {
    both.connect(who);
    auto what = constant(std::size_t{1} << 20, 0);
    exchange(both, "test", 7, what);
    auto frame = both.theirs.next("frame", {{"direction", "in"}, {"code", 23}});
    BOOST_TEST(frame["size"].get<std::size_t>() < what.payload.size() / 10);
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(keep_their_order) {
  encounter both;
  constexpr std::size_t count = 300;
  for (auto who : both_ways) {
    both.connect(who);
    for (std::uint32_t i = 0; i < count; ++i) {
      have_them_send(both, "test", i % 8, noise(i, i));
      BOOST_TEST_REQUIRE(!both.ours.send("test", i % 8, noise(i, i).payload));
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      BOOST_TEST_REQUIRE((both.ours.next_delivery().payload == noise(i, i).payload));
      BOOST_TEST_REQUIRE(both.theirs.next("message")["sha256"] == digest(noise(i, i).payload));
    }
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(of_several_protocols_find_their_handlers) {
  // Neither end lists them in the order of their names, in which the codes are assigned.
  const std::vector<offer> offers{
    {{"zzz", 1}, 21}, {{"only", 1}, 5}, {{"mid", 63}, 1}, {{"aaa", 2}, 3}};
  auto theirs = json::array(
    {offered("mid", 63, 1), offered("zzz", 1, 21), offered("abc", 1, 9), offered("aaa", 2, 3)});
  encounter both{{{"capabilities", theirs}, {"trace", true}}, {}, offers};
  for (auto who : both_ways) {
    both.connect(who);
    BOOST_TEST(both.connected["protocols"].size() == 3u);
    struct place {
      const char* protocol;
      std::uint64_t code;
      std::uint64_t identifier;
    };
    for (auto [protocol, code, identifier] :
         {place{"aaa", 0, 16}, place{"aaa", 2, 18}, place{"mid", 0, 19}, place{"zzz", 0, 20},
          place{"zzz", 20, 40}}) {
      exchange(both, protocol, code, noise(100, 1));
      both.theirs.next("frame", {{"direction", "in"}, {"code", identifier}});
      both.theirs.next("frame", {{"direction", "out"}, {"code", identifier}});
    }
    both.ours.close(both.theirs.url().id, disconnect_reason::requested);
    both.finish();
  }
}

BOOST_AUTO_TEST_CASE(may_be_sent_by_a_handler_as_soon_as_it_exists) {
  encounter both{their_test({{"echo", true}}), {}, {{{"test", 1}, 8, habit::greets}}};
  for (auto who : both_ways) {
    // The order of the two threads varies.
    for (int i = 0; i < 10; ++i) {
      both.connect(who);
      BOOST_TEST(both.theirs.next("message")["size"] == std::string{"greeting"}.size());
      BOOST_TEST((both.ours.next_delivery().payload.size() == std::string{"greeting"}.size()));
      both.ours.close(both.theirs.url().id, disconnect_reason::requested);
      both.finish();
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
