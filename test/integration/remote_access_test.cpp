// SPDX-License-Identifier: BSL-1.0
//
// The processes that may connect to the actors of a process, and those that may not.
#include "devp2p/messages/caf.hpp"

#include "certificate_authority.hpp"
#include "participant.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <caf/io/middleman.hpp>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(remote_access_test)

namespace {

using namespace std::chrono_literals;

/// Long enough for a handshake, and short enough to wait for a failure.
constexpr auto a_while = 3s;

/// An actor system that authenticates others by certificates, if it has any.
struct process {
  explicit process(std::optional<certificates> certified = {})
    : process(middleman_options{.certified = std::move(certified)}) {}

  explicit process(middleman_options options) : settings(std::move(options)), system(settings) {}

  connected_config settings;
  caf::actor_system system;
};

/// A published node.
struct published {
  published(process& where, net::network& network, const std::string& host) {
    node = spawn_node(where.system, network, {crypto::private_key::generate()});
    port = value_of(publish(node, {host, 0}));
  }
  published(const published&) = delete;
  published& operator=(const published&) = delete;
  ~published() { caf::anon_send_exit(node, caf::exit_reason::user_shutdown); }

  /// Returns whether `who` can connect, and gets an answer.
  [[nodiscard]] bool answers(process& who) const {
    auto found = connect<node_actor>(who.system, {"127.0.0.1", port}, a_while);
    if (!found)
      return false;
    auto out = false;
    caf::scoped_actor self{who.system};
    request_from(self, *found, a_while, info_atom_v)
      .receive([&](const node_info&) { out = true; }, [](const caf::error&) {});
    return out;
  }

  node_actor node;
  std::uint16_t port = 0;
};

/// Two processes, of which the first has published a node.
struct two_processes {
  net::asio_network network;
  process here;
  process there;
  published node{here, network, "127.0.0.1"};
};

bool is_refused(const caf::error& why) {
  return why == errc::permission_denied;
}

} // namespace

BOOST_AUTO_TEST_SUITE(without_certificates)

BOOST_AUTO_TEST_CASE(actors_are_published_on_this_host_only) {
  net::asio_network network;
  process process;
  published node{process, network, "127.0.0.1"};
  for (const auto* host : {"0.0.0.0", "::", "192.0.2.1", "localhost", "127.example.org"})
    BOOST_TEST_CONTEXT(host) {
      auto port = publish(node.node, {host, 0});
      BOOST_REQUIRE(!port);
      BOOST_TEST(is_refused(port.error()));
      auto found = connect<node_actor>(process.system, {host, node.port});
      BOOST_REQUIRE(!found);
      BOOST_TEST(is_refused(found.error()));
    }
  BOOST_TEST(describe(publish(node.node, {"0.0.0.0", 30303}).error()) ==
             "permission denied: 0.0.0.0:30303 is not a loopback address, and without certificates "
             "actors stay on this host");
}

BOOST_AUTO_TEST_CASE(what_is_no_host_is_not_looked_up) {
  net::asio_network network;
  process process;
  published node{process, network, "127.0.0.1"};
  for (const auto& host : {std::string{}, std::string{"a b"}, std::string{"127.0.0.1\0", 10},
                           std::string{"127.0.0.1%lo"}, std::string{"0x7f.1"}})
    BOOST_TEST_CONTEXT(host) {
      auto port = publish(node.node, {host, 0});
      BOOST_REQUIRE(!port);
      BOOST_TEST((port.error() == errc::invalid_endpoint));
      auto found = connect<node_actor>(process.system, {host, node.port});
      BOOST_REQUIRE(!found);
      BOOST_TEST((found.error() == errc::invalid_endpoint));
    }
}

BOOST_FIXTURE_TEST_CASE(who_is_on_this_host_may_connect, two_processes) {
  BOOST_TEST(node.answers(there));
}

BOOST_FIXTURE_TEST_CASE(who_asks_for_another_kind_of_actor_is_told, two_processes) {
  auto found = connect<mapper_actor>(there.system, {"127.0.0.1", node.port}, a_while);
  BOOST_REQUIRE(!found);
  BOOST_TEST((found.error() == caf::sec::unexpected_actor_messaging_interface));
}

BOOST_AUTO_TEST_CASE(nobody_cannot_be_published) {
  auto port = publish(node_actor{});
  BOOST_REQUIRE(!port);
  BOOST_TEST((port.error() == caf::sec::cannot_publish_invalid_actor));
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_cannot_be_published_at) {
  net::asio_network network;
  process process;
  published node{process, network, "127.0.0.1"};
  auto port = publish(node.node, {"127.0.0.1", node.port});
  BOOST_REQUIRE(!port);
  BOOST_TEST((port.error() == caf::sec::cannot_open_port));
}

BOOST_AUTO_TEST_CASE(who_has_published_nothing_says_so) {
  process here;
  process there;
  auto port = value_of(here.system.middleman().open(0, "127.0.0.1"));
  auto found = connect<node_actor>(there.system, {"127.0.0.1", port}, a_while);
  BOOST_REQUIRE(!found);
  BOOST_TEST((found.error() == caf::sec::no_actor_published_at_port));
}

BOOST_AUTO_TEST_CASE(where_nobody_answers_one_waits_no_longer_than_one_wants) {
  process process;
  asio::io_context context;
  asio::ip::tcp::acceptor mute{context, {asio::ip::address_v4::loopback(), 0}};
  auto begun = std::chrono::steady_clock::now();
  auto found =
    connect<node_actor>(process.system, {"127.0.0.1", mute.local_endpoint().port()}, 500ms);
  BOOST_REQUIRE(!found);
  BOOST_TEST((std::chrono::steady_clock::now() - begun >= 300ms));
  BOOST_TEST((std::chrono::steady_clock::now() - begun < patience));
}

BOOST_AUTO_TEST_CASE(where_nobody_listens_one_is_told) {
  process process;
  auto found = connect<node_actor>(process.system, {"127.0.0.1", 1}, a_while);
  BOOST_REQUIRE(!found);
  BOOST_TEST((found.error() == caf::sec::cannot_connect_to_node));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(with_certificates)

BOOST_AUTO_TEST_CASE(who_has_one_of_the_same_authority_may_connect) {
  certificate_authority authority;
  net::asio_network network;
  process here{authority.certify("here")};
  process there{authority.certify("there")};
  published node{here, network, "0.0.0.0"};
  BOOST_TEST(node.answers(there));
}

BOOST_AUTO_TEST_CASE(a_key_may_be_encrypted) {
  certificate_authority authority;
  net::asio_network network;
  process here{authority.certify("here", "open sesame")};
  process there{authority.certify("there", "another")};
  published node{here, network, "0.0.0.0"};
  BOOST_TEST(node.answers(there));
}

BOOST_AUTO_TEST_CASE(strangers_may_not) {
  certificate_authority authority;
  certificate_authority foreign;
  net::asio_network network;
  process here{authority.certify("here")};
  published node{here, network, "0.0.0.0"};
  process without;
  BOOST_TEST(!node.answers(without));
  process other{foreign.certify("other")};
  BOOST_TEST(!node.answers(other));
  // An impostor trusts our authority, but has no certificate of it.
  auto half = foreign.certify("half");
  half.authorities = authority.certify("x").authorities;
  process impostor{half};
  BOOST_TEST(!node.answers(impostor));
  // Others can still connect.
  process friendly{authority.certify("friendly")};
  BOOST_TEST(node.answers(friendly));
}

BOOST_AUTO_TEST_CASE(nobody_connects_to_a_stranger) {
  certificate_authority authority;
  certificate_authority foreign;
  net::asio_network network;
  // The lure would accept our connection.
  auto lure = foreign.certify("lure");
  lure.authorities = authority.certify("x").authorities;
  process there{lure};
  published node{there, network, "127.0.0.1"};
  process here{authority.certify("here")};
  BOOST_TEST(!node.answers(here));
  // Our process does not connect to one without a certificate either.
  process bare;
  published open{bare, network, "127.0.0.1"};
  BOOST_TEST(!open.answers(here));
}

// Certificates are read for each connection.
BOOST_AUTO_TEST_CASE(one_that_is_gone_for_a_while_costs_nothing_but_who_came_meanwhile) {
  certificate_authority authority;
  net::asio_network network;
  auto ours = authority.certify("here");
  process here{ours};
  process there{authority.certify("there")};
  published node{here, network, "0.0.0.0"};
  std::filesystem::rename(ours.certificate, ours.certificate + ".away");
  BOOST_TEST(!node.answers(there));
  // Without its certificate, the process cannot connect to others either.
  auto found = connect<node_actor>(here.system, {"127.0.0.1", node.port}, a_while);
  BOOST_TEST(!found);
  std::filesystem::rename(ours.certificate + ".away", ours.certificate);
  BOOST_TEST(node.answers(there));
}

BOOST_AUTO_TEST_CASE(those_that_cannot_be_used_are_refused_at_once) {
  certificate_authority authority;
  auto good = authority.certify("good");
  auto other = authority.certify("other");
  auto refused = [](certificates what, const std::string& because) {
    caf::actor_system_config config;
    auto is_why = [&](const std::runtime_error& why) {
      return std::string{why.what()}.rfind(because, 0) == 0;
    };
    BOOST_CHECK_EXCEPTION(load_middleman(config, {.certified = what}), std::runtime_error, is_why);
  };
  refused({"nowhere", good.key, {}, good.authorities},
          "certificate 'nowhere' cannot be loaded: No such file or directory");
  refused({good.certificate, "nowhere", {}, good.authorities},
          "key 'nowhere' cannot be used: No such file or directory");
  refused({good.certificate, other.key, {}, good.authorities},
          "key '" + other.key + "' cannot be used: ");
  auto encrypted = authority.certify("encrypted", "open sesame");
  for (const auto* passphrase : {"", "close sesame"}) {
    encrypted.passphrase = passphrase;
    refused(encrypted, "key '" + encrypted.key + "' cannot be used: ");
  }
  refused({good.certificate, good.key, {}, "nowhere"},
          "authorities 'nowhere' cannot be loaded: No such file or directory");
  refused({good.certificate, good.key, {}, ""}, "authorities '' cannot be loaded: ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(timeouts_that_would_cut_every_connection_are_refused) {
  for (auto timeout : {1s, 2s}) {
    caf::actor_system_config config;
    BOOST_CHECK_THROW(
      load_middleman(config, {.heartbeat_interval = 2s, .connection_timeout = timeout}),
      std::runtime_error);
    BOOST_TEST(config.module_factories.empty());
  }
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_refused_and_said) {
  auto refused = [](const middleman_options& what, const std::string& because) {
    caf::actor_system_config config;
    auto is_why = [&](const std::runtime_error& why) {
      return std::string{why.what()}.rfind(because, 0) == 0;
    };
    BOOST_CHECK_EXCEPTION(load_middleman(config, what), std::runtime_error, is_why);
    BOOST_TEST(config.module_factories.empty());
  };
  for (auto x : {settings::duration{0}, settings::duration{-1s}, settings::duration::min()}) {
    refused({.heartbeat_interval = x}, "heartbeat_interval must be more than zero");
    refused({.handshake_timeout = x}, "handshake_timeout must be more than zero");
    refused({.connection_timeout = x}, "connection_timeout must be longer");
  }
  refused({.max_message_size = 0}, "max_message_size must be more than zero");
}

BOOST_AUTO_TEST_CASE(for_ever_is_as_long_as_it_says) {
  constexpr auto forever = settings::duration::max();
  const middleman_options options{
    .heartbeat_interval = 100ms, .connection_timeout = forever, .handshake_timeout = forever};
  net::asio_network network;
  process here{options};
  process there{options};
  published node{here, network, "127.0.0.1"};
  auto found = value_of(connect<node_actor>(there.system, {"127.0.0.1", node.port}, forever));
  caf::scoped_actor self{there.system};
  std::optional<caf::error> gone;
  self->monitor(found);
  // The wait lasts for several heartbeats.
  self->receive([&](caf::down_msg& down) { gone = down.reason; }, caf::after(1s) >> [] {});
  BOOST_TEST(!gone);
  BOOST_TEST(node.answers(there));
}

BOOST_FIXTURE_TEST_CASE(who_does_not_wait_is_not_connected, two_processes) {
  for (auto timeout : {settings::duration::min(), settings::duration{-1s}, settings::duration{0}}) {
    auto found = connect<node_actor>(there.system, {"127.0.0.1", node.port}, timeout);
    BOOST_TEST((found || found.error() == caf::sec::request_timeout));
  }
  BOOST_TEST(node.answers(there));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
