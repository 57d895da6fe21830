// SPDX-License-Identifier: BSL-1.0
//
// devp2p: makes keys, asks nodes who they are, and runs one node, or a simulation of thousands. See
// `devp2p --help`.
#include "decimal.hpp"
#include "eth_command.hpp"
#include "failure.hpp"
#include "hello_command.hpp"
#include "help_layout.hpp"
#include "key_command.hpp"
#include "nat_command.hpp"
#include "node_command.hpp"
#include "provision.hpp"
#include "punch_command.hpp"
#include "search_command.hpp"
#include "shard_command.hpp"
#include "simulate_command.hpp"

#include "devp2p/net/crypto/secp256k1.hpp"
#include "devp2p/version.hpp"

#include <CLI/CLI.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <new>
#include <utility>

namespace devp2p {

namespace {

template <class T>
bool parse_argument(const std::string& text, T& out) {
  auto parsed = T::parse(text);
  if (!parsed)
    throw CLI::ConversionError(text + ": " + std::string{to_string(parsed.error())});
  out = *parsed;
  return true;
}

} // namespace

// CLI11 finds these functions to read arguments of our types.
bool lexical_cast(const std::string& text, enode& out) {
  if (!parse_argument(text, out) || crypto::is_public_key(out.id))
    return true;
  throw CLI::ConversionError(
    text + ": no node has this id: " + std::string{to_string(errc::invalid_public_key)});
}
bool lexical_cast(const std::string& text, endpoint& out) {
  return parse_argument(text, out);
}

namespace nat {
bool lexical_cast(const std::string& text, method& out) {
  return parse_argument(text, out);
}
} // namespace nat

namespace tool {
namespace {

/// The maximum length of a client id in bytes. Some nodes do not read a Hello of more than 1024
/// bytes in all.
constexpr std::size_t max_client_id = 256;

/// Checks for a whole number as people write it. CLI11 takes `010` for 8 and `0x10` for 16.
CLI::Validator decimal() {
  auto check = [](std::string& x) {
    return is_decimal(x) ? "" : "expected a whole number in decimal digits, got " + x;
  };
  return {check, ""};
}

/// Returns the number of seconds that `text` stands for. Throws `CLI::ValidationError` if it is not
/// between 0.001 and 86400.
double parse_seconds(const std::string& name, const std::string& text) {
  double out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() ||
      !(out >= 0.001 && out <= 86400)) // Also refuses NaN.
    throw CLI::ValidationError(name, "must be between 0.001 and 86400 seconds");
  return out;
}

/// Checks for a number of that range. The help says it in words.
template <class T>
CLI::Validator between(T least, T most) {
  return CLI::Range(least, most).description("");
}

/// Checks for one of these words. The help lists them.
CLI::Validator one_of(const std::vector<std::string>& words) {
  return CLI::IsMember(words).description("");
}

/// The command that the arguments ask for. Returns the exit status.
using command = std::function<int()>;

CLI::Option* add_seconds(CLI::App& app, const std::string& name, settings::duration& out,
                         const std::string& help) {
  using seconds = std::chrono::duration<double>;
  auto take = [name, &out](const std::string& text) {
    out = std::chrono::duration_cast<settings::duration>(seconds{parse_seconds(name, text)});
  };
  std::ostringstream usual;
  usual << std::chrono::duration_cast<seconds>(out).count();
  return app.add_option_function<std::string>(name, take, help)
    ->type_name("SECONDS")
    ->default_str(usual.str());
}

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

/// The parts of the help of `simulate`.
constexpr auto search_heading = "Search for a seed that fails, in one process";
constexpr auto shards_heading = "Several processes";
constexpr auto certificates_heading = "Certificates, for processes on several hosts; all or none";

void add_search_options(CLI::App& simulate, search_options& options) {
  auto take = [&options](const std::string& text) {
    options.seeds = seed_range::parse(text);
    if (!options.seeds)
      throw CLI::ValidationError("--seeds", "must be N or A..B, whole numbers up to 2^53");
  };
  simulate
    .add_option_function<std::string>("--seeds", take,
                                      "Run the scenario with the seeds 1 to N, or A to B, until "
                                      "a check of the file fails; not with --seed")
    ->type_name("N|A..B")
    ->group(search_heading)
    ->excludes("--seed");
  auto* shrink =
    simulate
      .add_flag("--shrink", options.shrink,
                "Print the smallest scenario that still fails; with --out, also write it to "
                "smallest.json")
      ->group(search_heading);
  add_seconds(simulate, "--shrink-time", options.shrink_time, "The time limit for --shrink")
    ->group(search_heading)
    ->needs(shrink);
}

void add_certificate_options(CLI::App& simulate, std::optional<certificates>& out) {
  auto add = [&](const char* name, std::string certificates::*member, const char* text) {
    return simulate
      .add_option_function<std::string>(
        name,
        [&out, member](const std::string& file) {
          if (!out)
            out.emplace();
          (*out).*member = file;
        },
        text)
      ->type_name("FILE")
      ->group(certificates_heading);
  };
  auto* certificate = add("--certificate", &certificates::certificate,
                          "The certificate that this process shows to the others, in PEM");
  auto* key = add("--key", &certificates::key, "The key of the certificate, in PEM");
  auto* authorities = add("--authorities", &certificates::authorities,
                          "The authorities that certify the others, in PEM");
  certificate->needs(key)->needs(authorities);
  key->needs(certificate);
  authorities->needs(certificate);
}

CLI::Option* add_endpoint(CLI::App& app, const std::string& name, std::optional<endpoint>& out,
                          const std::string& help) {
  return app
    .add_option_function<endpoint>(
      name, [&out](const endpoint& x) { out = x; }, help)
    ->type_name("HOST:PORT")
    ->group(shards_heading);
}

void add_shard_options(CLI::App& simulate, shard_options& options) {
  constexpr std::size_t most = 64;
  auto* shards = simulate
                   .add_option("--shards", options.count,
                               "Run the scenario in N processes on this host, 1 to 64; the outcome "
                               "is the same")
                   ->type_name("N")
                   ->group(shards_heading)
                   ->check(decimal())
                   ->check(between(std::size_t{1}, most))
                   ->excludes("--seeds")
                   ->excludes("--shrink");
  add_endpoint(simulate, "--listen", options.listen,
               "With --shards: start no process; wait at this address for those that are "
               "started by hand")
    ->needs(shards);
  auto* shard = simulate
                  .add_option("--shard", options.index,
                              "Run shard I, counted from 0, of the same file and seed; needs "
                              "--coordinator, and writes no --out")
                  ->type_name("I")
                  ->group(shards_heading)
                  ->check(decimal())
                  ->excludes(shards)
                  ->excludes("--seeds")
                  ->excludes("--shrink")
                  ->excludes("--out");
  auto* coordinator = add_endpoint(simulate, "--coordinator", options.coordinator,
                                   "With --shard: the address at which the process with --shards "
                                   "waits")
                        ->needs(shard);
  shard->needs(coordinator);
  // An option for processes, not for people: the help leaves it out.
  simulate.add_flag("--started", options.started)->needs(shard)->group("");
  add_certificate_options(simulate, options.certified);
}

void add_simulate_command(CLI::App& app, command& chosen) {
  auto& simulate =
    *app.add_subcommand("simulate", "Run a scenario: a network of simulated nodes in virtual time");
  auto shards = std::make_shared<shard_options>();
  auto searched = std::make_shared<search_options>();
  auto& options = shards->simulate;
  simulate.add_option("FILE", options.file, "The scenario file, in JSON")
    ->required()
    ->type_name("");
  simulate
    .add_option("--seed", options.seed, "The seed of the run, instead of the one in the file")
    ->type_name("N")
    ->check(decimal())
    ->check(between(std::uint64_t{0}, seed_range::most));
  simulate
    .add_option("--out", options.out,
                "The folder for events.jsonl (every event), summary.json and report.html; with "
                "--seeds, those of the run that failed")
    ->type_name("FOLDER");
  add_search_options(simulate, *searched);
  add_shard_options(simulate, *shards);
  simulate.callback([=, &chosen] {
    if (shards->certified && !shards->index && shards->count == 0)
      throw CLI::ValidationError("--certificate", "needs --shards or --shard");
    // A simulation takes as much memory as its file wants, in code that cannot go on without it.
    std::set_new_handler(fail_out_of_memory);
    if (shards->index) {
      chosen = [=] { return run_shard(*shards); };
    } else if (shards->count > 0) {
      chosen = [=] { return run_shards(*shards); };
    } else if (searched->seeds || searched->shrink) {
      searched->file = shards->simulate.file;
      searched->out = shards->simulate.out;
      if (auto seed = shards->simulate.seed)
        searched->seeds = seed_range{*seed, *seed};
      chosen = [=] { return run_search(*searched); };
    } else {
      chosen = [=] {
        const auto& [file, seed, out] = shards->simulate;
        return run_simulate(scenario_file{file}, seed, out);
      };
    }
  });
}

/// Refuses empty values: the value of a script's unset variable must not pass for an option that
/// was not given.
void refuse_empty_values(CLI::App& app) {
  for (auto* option : app.get_options())
    if (option->get_expected_max() > 0)
      option->check([](const std::string& x) { return x.empty() ? "the value is missing" : ""; });
  for (auto* command : app.get_subcommands({}))
    refuse_empty_values(*command);
}

/// Opens /dev/null for each standard descriptor that is missing. Otherwise a file opened later
/// would take its number, and lines for stdout would go into a key file or a socket. This stdout
/// cannot be written to.
void occupy_standard_descriptors() {
  constexpr std::pair<int, int> wanted[] = {
    {STDIN_FILENO, O_RDONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}};
  for (auto [descriptor, flags] : wanted)
    if (::fcntl(descriptor, F_GETFD) < 0)
      (void)::open("/dev/null", flags); // Takes the lowest number that is free: this one.
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
  add_simulate_command(app, chosen);
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
  using namespace devp2p::tool;
  occupy_standard_descriptors();
  share_scarce_memory();
  // A reader of stdout that has gone is an error like others, and reported.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto status = run(argc, argv);
    return std::cout.flush() ? status : fail("stdout cannot be written");
  } catch (const std::bad_alloc&) {
    return fail("out of memory");
  } catch (const std::exception& x) {
    // For example, the system has no thread or descriptor left.
    return fail(x.what());
  }
}
