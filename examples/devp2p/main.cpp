// SPDX-License-Identifier: BSL-1.0
//
// devp2p: makes keys, asks nodes who they are, and runs one node, or a simulation of thousands. See
// `devp2p --help`.
#include "eth_command.hpp"
#include "hello_command.hpp"
#include "key_command.hpp"
#include "nat_command.hpp"
#include "node_command.hpp"
#include "punch_command.hpp"

#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/simulator/program/arguments.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/guarded_main.hpp"
#include "devp2p/simulator/program/help_layout.hpp"
#include "devp2p/simulator/program/simulate_options.hpp"
#include "devp2p/simulator/standard_model.hpp"
#include "devp2p/version.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace devp2p {

// CLI11 finds these functions to read arguments of our types.
bool lexical_cast(const std::string& text, enode& out) {
  if (!tool::parse_argument(text, out) || crypto::is_public_key(out.id))
    return true;
  throw CLI::ConversionError(
    text + ": no node has this id: " + std::string{to_string(errc::invalid_public_key)});
}

namespace nat {
bool lexical_cast(const std::string& text, method& out) {
  return tool::parse_argument(text, out);
}
} // namespace nat

namespace tool {
namespace {

/// The maximum length of a client id in bytes. Some nodes do not read a Hello of more than 1024
/// bytes in all.
constexpr std::size_t max_client_id = 256;

void add_key_commands(CLI::App& app, command& chosen) {
  auto& key = *app.add_subcommand("key", "Create and show the keys that identify nodes");
  key.require_subcommand(0, 1);
  auto file = std::make_shared<std::string>();
  auto address = std::make_shared<endpoint>(endpoint{"127.0.0.1", 30303});

  auto& make =
    *key.add_subcommand("new", "Create a key file; an existing file is never overwritten");
  make.add_option("FILE", *file, "The file to create")->required()->type_name("");
  make.callback([=, &chosen] { chosen = [=] { return make_key(*file); }; });

  auto& show = *key.add_subcommand("show", "Print the node id and the enode URL of a key");
  show.add_option("FILE", *file, "The key file")->required()->type_name("");
  show.add_option("--host", address->host, "The host in the URL")
    ->type_name("HOST")
    ->capture_default_str();
  show.add_option("--port", address->port, "The TCP port in the URL")
    ->check(decimal())
    ->type_name("PORT")
    ->capture_default_str();
  show.callback([=, &chosen] {
    // Takes the form of a URL: an address in its canonical form, or a name.
    lexical_cast(to_string(*address), *address);
    chosen = [=] { return show_key(*file, *address); };
  });
}

void add_hello_command(CLI::App& app, command& chosen) {
  auto& hello = *app.add_subcommand("hello", "Ask a node for its Hello and print it as JSON");
  auto options = std::make_shared<hello_options>();
  hello.add_option("ENODE", options->remote, "The enode URL of the node")
    ->required()
    ->type_name("");
  hello.add_option("--key", options->key_file, "Our key file; without it, a new key is used")
    ->type_name("FILE");
  add_seconds(hello, "--timeout", options->timeout,
              "The time limit for connecting and for the answer");
  hello.callback([=, &chosen] { chosen = [=] { return run_hello(*options); }; });
}

void add_json(CLI::App& app, style& out, const std::string& help) {
  app.add_flag_callback(
    "--json", [&out] { out = style::json; }, help);
}

void add_eth_command(CLI::App& app, command& chosen) {
  auto& eth = *app.add_subcommand(
    "eth", "Ask a node about its Ethereum chain, and print its status and headers");
  auto options = std::make_shared<eth_options>();
  eth.add_option("ENODE", options->remote, "The enode URL of the node")->required()->type_name("");
  auto take = [options](const std::string& text) {
    options->headers = block_range::parse(text);
    if (!options->headers)
      throw CLI::ValidationError(
        "--headers", "must be FROM..TO, the numbers of two blocks, the lower one first");
  };
  eth
    .add_option_function<std::string>("--headers", take,
                                      "Also print the headers of these blocks, once their hashes "
                                      "and parents are verified")
    ->type_name("FROM..TO");
  add_json(eth, options->output, "Print each fact as a JSON object");
  eth.add_option("--key", options->key_file, "Our key file; without it, a new key is used")
    ->type_name("FILE");
  add_seconds(eth, "--timeout", options->timeout,
              "The time limit for the session, for the node's status, and for each answer");
  eth.callback([=, &chosen] { chosen = [=] { return run_eth(*options); }; });
}

CLI::Option* add_enodes(CLI::App& app, const std::string& name, std::vector<enode>& out,
                        const std::string& help) {
  return app.add_option(name, out, help + "; may be repeated")
    ->type_name("ENODE")
    ->allow_extra_args(false);
}

CLI::Option* add_nat(CLI::App& app, nat::method& out, const std::string& help) {
  return app
    .add_option("--nat", out,
                help + "any, upnp[:GATEWAY], pmp[:GATEWAY], pcp[:GATEWAY], extip:ADDRESS or "
                       "stun[:SERVER]")
    ->type_name("METHOD")
    ->default_str(to_string(out));
}

CLI::Option* add_places(CLI::App& app, const std::string& name, std::vector<endpoint>& out,
                        const std::string& help) {
  return app.add_option(name, out, help)
    ->required()
    ->type_name("ADDR:PORT")
    ->allow_extra_args(false);
}

void must_be_addresses(const std::string& name, const std::vector<endpoint>& all) {
  for (const auto& x : all)
    if (!x.is_address())
      throw CLI::ValidationError(name, "needs an IP address, not a name: " + to_string(x));
}

void add_punch_commands(CLI::App& nat, command& chosen) {
  auto& middle = *nat.add_subcommand(
    "rendezvous", "Introduce nodes behind NATs to each other until SIGINT or SIGTERM");
  auto place = std::make_shared<rendezvous_options>();
  add_places(
    middle, "--listen", place->listen,
    "An address to serve, by UDP and by TCP; give two, of different addresses of this host")
    ->expected(2);
  add_json(middle, place->output, "Print each event as a JSON object");
  middle.callback([=, &chosen] {
    must_be_addresses("--listen", place->listen);
    chosen = [=] { return run_rendezvous(*place); };
  });

  auto& punch = *nat.add_subcommand(
    "punch",
    "Open a connection to a node behind a NAT, which must do the same at about the same time");
  auto options = std::make_shared<punch_options>();
  auto take = [options](const std::string& text) {
    auto id = node_id::parse(text);
    if (!id)
      throw CLI::ValidationError("ID", "a node id has 128 hexadecimal digits");
    options->remote = *id;
  };
  punch.add_option_function<std::string>("ID", take, "The node id of the other node")
    ->required()
    ->type_name("");
  add_places(punch, "--rendezvous", options->rendezvous,
             "A rendezvous that both nodes use; give it twice to recognise symmetric NATs")
    ->expected(1, 2);
  punch
    .add_option("--key", options->key_file, "Our key file; the other node needs the id of this key")
    ->required()
    ->type_name("FILE");
  punch.add_flag("--session", options->session,
                 "Use TCP instead of UDP, and run a devp2p session on the connection; not between "
                 "two processes on one host");
  add_json(punch, options->output, "Print each event as a JSON object");
  punch.callback([=, &chosen] {
    must_be_addresses("--rendezvous", options->rendezvous);
    chosen = [=] { return run_punch(*options); };
  });
}

void add_nat_commands(CLI::App& app, command& chosen) {
  auto& nat =
    *app.add_subcommand("nat", "Examine the NAT in front of this host and get through it");
  nat.require_subcommand(0, 1);

  auto& probe = *nat.add_subcommand(
    "probe", "Find gateways, test what each one can do, and print the kind of NAT");
  auto seen = std::make_shared<probe_options>();
  add_nat(probe, seen->nat, "The gateways to test: none, ");
  probe
    .add_option(
      "--stun", seen->stun,
      "A STUN server to ask instead of the public ones; to find the kind of NAT, give two")
    ->type_name("HOST:PORT")
    ->allow_extra_args(false);
  add_json(probe, seen->output, "Print one JSON object");
  probe.callback([=, &chosen] { chosen = [=] { return run_nat_probe(*seen); }; });

  auto& map = *nat.add_subcommand("map", "Keep a port mapped until SIGINT or SIGTERM");
  auto options = std::make_shared<map_options>();
  map.add_option("--port", options->port, "The local port")
    ->required()
    ->check(decimal())
    ->check(between(1, 65535))
    ->type_name("PORT");
  auto take = [options](const std::string& which) {
    options->tcp = which != "udp";
    options->udp = which != "tcp";
  };
  map
    .add_option_function<std::string>("--protocol", take,
                                      "The transport of the port: tcp, udp or both")
    ->check(one_of({"tcp", "udp", "both"}))
    ->type_name("PROTOCOL")
    ->default_str("both");
  add_nat(map, options->nat, "How the port is mapped: ");
  add_json(map, options->output, "Print each event as a JSON object");
  map.callback([=, &chosen] {
    if (options->nat.how == nat::method::kind::none)
      throw CLI::ValidationError("--nat", "cannot be none, which maps no port");
    chosen = [=] { return run_nat_map(*options); };
  });
  add_punch_commands(nat, chosen);
}

void add_node_command(CLI::App& app, command& chosen) {
  auto& node = *app.add_subcommand("node", "Run a node until SIGINT or SIGTERM");
  auto options = std::make_shared<node_options>();
  auto& limits = options->limits;
  node
    .add_option("--listen", options->listen, "The address to listen at; port 0 picks a free port")
    ->type_name("ADDR:PORT")
    ->default_str(to_string(options->listen));
  node
    .add_option("--key", options->key_file,
                "The key file of the node; without it, a new key is used")
    ->type_name("FILE");
  add_enodes(node, "--dial", options->dial, "Dial this node");
  add_enodes(node, "--trust", options->trusted, "Admit this node even when --max-peers is reached");
  node.add_flag("--echo", options->echo,
                "Offer the protocol echo/1, which sends every message back");
  add_json(node, options->output, "Print each event as a JSON object");
  node.add_flag("--messages", limits.message_events, "Also print an event for each message");
  add_nat(node, options->nat, "How the port of the node is mapped: none, ");
  add_seconds(node, "--ping-interval", limits.ping_interval, "The time between two pings");
  node
    .add_option("--max-peers", limits.max_peers,
                "The maximum number of sessions; a third of them, at least one, is reserved for "
                "dialled nodes, so 1 admits no others")
    ->check(decimal())
    ->check(between(1, 100000))
    ->type_name("N")
    ->capture_default_str();
  auto is_short = [](const std::string& x) {
    return x.size() <= max_client_id
             ? ""
             : "must have at most " + std::to_string(max_client_id) + " bytes";
  };
  node.add_option("--client-id", limits.client_id, "The name that the node gives to other nodes")
    ->check(is_short)
    ->type_name("TEXT")
    ->capture_default_str();
  node
    .add_option("--log-level", options->log_level,
                "The least severe messages to log to stderr: trace, debug, info, warning, error or "
                "off")
    ->check(one_of({"trace", "debug", "info", "warning", "error", "off"}))
    ->type_name("LEVEL")
    ->capture_default_str();
  node.callback([=, &chosen] {
    if (!options->listen.is_address())
      throw CLI::ValidationError("--listen", "needs an IP address, not a name");
    chosen = [=] { return run_node(*options); };
  });
}

int run(int argc, char** argv) {
  CLI::App app{"Keys, nodes, NATs and simulations of devp2p, Ethereum's peer-to-peer network",
               "devp2p"};
  app.formatter(std::make_shared<help_layout>());
  app.set_version_flag("--version", "devp2p " DEVP2P_VERSION, "Print the version and exit");
  app.require_subcommand(0, 1);
  command chosen;
  add_key_commands(app, chosen);
  add_hello_command(app, chosen);
  add_eth_command(app, chosen);
  add_node_command(app, chosen);
  add_nat_commands(app, chosen);
  auto& simulate =
    *app.add_subcommand("simulate", "Run a scenario: a network of simulated nodes in virtual time");
  add_simulate_options(simulate, {simulator::standard_model(), {"devp2p", "simulate"}}, chosen);
  refuse_empty_values(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& x) {
    return app.exit(x);
  } catch (const CLI::ParseError& x) {
    return fail(x.what() + std::string{" (--help says more)"}, wrong_arguments);
  }
  // Checked here and not by the parser, which would not name a word that is no command.
  if (!chosen)
    return fail("no command was given (--help lists the commands)", wrong_arguments);
  return chosen();
}

} // namespace
} // namespace tool
} // namespace devp2p

int main(int argc, char** argv) {
  return devp2p::tool::guarded_main([=] { return devp2p::tool::run(argc, argv); });
}
