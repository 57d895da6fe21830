// SPDX-License-Identifier: BSL-1.0
//
// Tests that values cross from one process to another by CAF's own serialiser.
#include "devp2p/messages/channel.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(serialisation_test)

namespace {

struct system_fixture {
  struct config : caf::actor_system_config {
    config() { add_types(*this); }
  };

  config settings;
  caf::actor_system system{settings};

  /// Returns `value` after its way through a message, so that its type must be known by name.
  template <class T>
  T sent(const T& value) {
    std::vector<char> wire;
    caf::binary_serializer sink{system, wire};
    BOOST_REQUIRE(!sink(caf::make_message(value)));
    caf::message out;
    caf::binary_deserializer source{system, wire};
    BOOST_REQUIRE(!source(out));
    BOOST_REQUIRE(out.match_elements<T>());
    return out.get_as<T>(0);
  }
};

peer_info some_peer() {
  peer_info out;
  out.id.value.fill(7);
  out.local = {"10.0.0.1", 30303};
  out.remote = {"::1", 1};
  out.inbound = true;
  out.greeting.client_id = "client/1";
  out.greeting.capabilities = {{"eth", 68}, {"snap", 1}};
  out.greeting.id.value.fill(8);
  out.ping = {std::chrono::milliseconds{3}, std::chrono::milliseconds{1},
              std::chrono::milliseconds{2}};
  out.memory = 65536;
  out.protocols = {{{"eth", 68}, {1, 2, 3, 4, 5}, 6, true, {{"head", "0x1"}}}};
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(values_cross_processes, system_fixture)

BOOST_AUTO_TEST_CASE(but_not_those_that_belong_to_one_process) {
  BOOST_TEST(knows<writer_actor>(settings));
  BOOST_TEST(!knows<handler_actor>(settings));
  BOOST_TEST(!knows<connected_stream>(settings));
}

BOOST_AUTO_TEST_CASE(packets_of_any_size) {
  for (std::size_t size : {0u, 1u, 1000u, 1000000u}) {
    packet value{42, blob{bytes(size, 0x5a)}};
    BOOST_TEST((sent(value) == value));
  }
}

BOOST_AUTO_TEST_CASE(holes_and_their_loss) {
  hole value{
    {}, {"0.0.0.0", 1}, {"198.51.100.1", 2}, {"2001:db8::1", 3}, std::chrono::nanoseconds{4}};
  value.peer.value.fill(7);
  BOOST_TEST((sent(value) == value));
  auto lost = sent(hole_lost{value, caf::make_error(errc::ping_timeout)});
  BOOST_TEST((lost.lost == value));
  BOOST_TEST((lost.why == errc::ping_timeout));
}

BOOST_AUTO_TEST_CASE(disconnect_reasons_known_or_not) {
  for (unsigned code = 0; code <= 0xff; ++code) {
    auto value = static_cast<disconnect_reason>(code);
    BOOST_TEST(to_string(sent(value)) == to_string(value));
  }
}

BOOST_AUTO_TEST_CASE(enodes) {
  auto value = *enode::parse("enode://" + std::string(128, 'b') + "@[::1]:1?discport=2");
  BOOST_TEST((sent(value) == value));
}

BOOST_AUTO_TEST_CASE(peers_and_nodes) {
  BOOST_TEST((sent(some_peer()) == some_peer()));
  std::vector<peer_info> many{some_peer(), peer_info{}};
  BOOST_TEST((sent(many) == many));
  node_info node;
  node.client_id = "client/1";
  node.listening = {*enode::parse("enode://" + std::string(128, 'b') + "@1.2.3.4:1")};
  node.memory = 1;
  node.max_memory = 2;
  node.protocols["eth"]["network"] = "1";
  node.connections = {3, 1, {{errc::dial_timeout, 2}, {errc::network_failure, 5}}};
  BOOST_TEST((sent(node) == node));
}

BOOST_AUTO_TEST_CASE(bans_strangers_and_limits) {
  for (const auto& text :
       {std::string{"10.0.0.0/8"}, std::string{"2001:db8::1"}, std::string(128, 'a')}) {
    ban what{*ban_subject::parse(text), std::chrono::seconds{3}, "spam"};
    BOOST_TEST((sent(what) == what));
    BOOST_TEST((sent(what.subject) == what.subject));
    BOOST_TEST((sent(std::vector{what}) == std::vector{what}));
  }
  node_limits limits{1, 2, 3, 4, node_limits::unchanged};
  BOOST_TEST((sent(limits) == limits));
  stranger who{*node_id::parse(std::string(128, 'b')), {"10.0.0.1", 1}};
  BOOST_TEST((sent(who) == who));
  BOOST_TEST((sent(verdict::admit) == verdict::admit));
}

BOOST_AUTO_TEST_CASE(events) {
  session_end end{disconnect_reason::useless_peer, true, false, "why"};
  BOOST_TEST((sent(peer_added{some_peer()}).peer == some_peer()));
  BOOST_TEST((sent(peer_dropped{{}, {"a", 1}, true, end}).end == end));
  peer_dropped over;
  over.lasted = std::chrono::hours{1};
  over.ping = some_peer().ping;
  over.protocols = some_peer().protocols;
  BOOST_TEST((sent(over).lasted == over.lasted));
  BOOST_TEST((sent(over).ping == over.ping));
  BOOST_TEST((sent(over).protocols == over.protocols));
  BOOST_TEST((sent(session_failed{{}, {"a", 1}, true, end}).end == end));
  BOOST_TEST(sent(message_event{{}, {"a", 1}, 2, 3, true}).size == 3u);
}

BOOST_AUTO_TEST_CASE(errors_with_what_they_were_told) {
  auto why = caf::make_error(errc::remote_disconnect, disconnect_reason::too_many_peers);
  BOOST_TEST((sent(why) == errc::remote_disconnect));
  BOOST_TEST(describe(sent(why)) == "the remote disconnected: too many peers");
  BOOST_TEST(system.render(why) == "the remote disconnected: too many peers");
}

BOOST_AUTO_TEST_CASE(errors_in_one_line_whatever_they_were_told) {
  auto why = caf::make_error(errc::handler_failed, std::string{"a\nb\x1b[31m \xff\0c", 10});
  for (const auto& said : {describe(why), system.render(why)})
    BOOST_TEST(said == R"(the handler failed: a\x0ab\x1b[31m \xff)");
  why = caf::make_error(errc::handler_failed, std::string(1'000'000, 'x'));
  BOOST_TEST(describe(why).size() < 3000u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(the_range_of_type_ids_is_kept) {
  BOOST_TEST(caf::id_block::devp2p::begin == first_type_id);
  BOOST_TEST(caf::id_block::devp2p::end <= end_type_id);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
