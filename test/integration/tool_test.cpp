// SPDX-License-Identifier: BSL-1.0
#include "tool.hpp"

#include "devp2p/version.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_test)

namespace {

bool is_one_line(const tool& x) {
  return x.errors().size() == 1;
}

mode_t mode_of(const std::string& path) {
  struct stat out {};
  BOOST_REQUIRE(::stat(path.c_str(), &out) == 0);
  return out.st_mode & 07777;
}

struct key_fixture {
  scratch_directory directory;
  std::string path = directory / "key";
  tool made{{"key", "new", path}};
  key_fixture() { BOOST_REQUIRE(made.status() == 0); }
};

/// The enode URL that `key show` prints.
enode shown(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"key", "show"});
  tool show{std::move(arguments)};
  auto lines = show.rest();
  BOOST_REQUIRE(show.status() == 0);
  BOOST_REQUIRE(lines.size() == 2u);
  auto url = enode::parse(lines[1].substr(lines[1].find("enode:")));
  BOOST_REQUIRE(bool{url});
  BOOST_TEST(lines[0] == "id     " + to_string(url->id));
  return *url;
}

void check_refusal(std::vector<std::string> arguments, int status) {
  tool run{arguments};
  BOOST_TEST_CONTEXT("devp2p " << json(arguments).dump()) {
    BOOST_TEST(run.rest().empty());
    BOOST_TEST(run.status() == status);
    BOOST_TEST(is_one_line(run));
  }
}

constexpr auto some_url = "enode://"
                          "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                          "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
                          "@127.0.0.1:1";

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_key_file, key_fixture)

BOOST_AUTO_TEST_CASE(is_for_its_owner_alone) {
  BOOST_TEST(mode_of(path) == 0600u);
}

BOOST_AUTO_TEST_CASE(holds_64_digits_and_a_newline) {
  auto lines = lines_of(path);
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].size() == 64u);
  BOOST_TEST(lines[0].find_first_not_of("0123456789abcdef") == std::string::npos);
  BOOST_TEST(std::filesystem::file_size(path) == 65u);
}

BOOST_AUTO_TEST_CASE(is_never_overwritten) {
  auto before = lines_of(path);
  check_refusal({"key", "new", path}, 1);
  BOOST_TEST((lines_of(path) == before));
}

BOOST_AUTO_TEST_CASE(gives_the_same_id_each_time) {
  auto printed = made.rest();
  BOOST_REQUIRE(printed.size() == 1u);
  auto usual = shown({path});
  BOOST_TEST(printed[0] == "id     " + to_string(usual.id));
  BOOST_TEST(to_string(usual.address) == "127.0.0.1:30303");
  auto other = shown({path, "--host", "2001:DB8::1", "--port", "7"});
  BOOST_TEST(to_string(other.address) == "[2001:db8::1]:7");
  BOOST_TEST((other.id == usual.id));
}

BOOST_AUTO_TEST_CASE(is_refused_if_it_holds_something_else) {
  auto digits = lines_of(path)[0];
  // A string that is no number from 1 to the order of the curve less one.
  std::string zeros(64, '0');
  for (const auto& content : {std::string{}, std::string{"\n"}, digits.substr(2), digits + "00",
                              "0x" + digits, digits.substr(1) + 'g', zeros}) {
    auto bad = directory / "bad";
    std::ofstream{bad} << content << '\n';
    check_refusal({"key", "show", bad}, 1);
  }
  check_refusal({"key", "show", directory / "missing"}, 1);
  check_refusal({"key", "show", directory / "."}, 1);
}

BOOST_AUTO_TEST_CASE(is_told_if_others_may_open_it) {
  tool_node node;
  using std::filesystem::perms;
  for (auto mode : {perms{0644}, perms{0640}, perms{0604}, perms{0620}}) {
    std::filesystem::permissions(path, mode);
    for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"key", "show", path}, {"hello", node.url, "--key", path}}) {
      tool run{arguments};
      BOOST_TEST(run.status() == 0);
      BOOST_REQUIRE(is_one_line(run));
      BOOST_TEST(run.errors()[0].starts_with("devp2p: warning: " + path + ": other users "));
    }
  }
  tool open{{"node", "--listen", "127.0.0.1:0", "--key", path}};
  open.line();
  open.signal(SIGTERM);
  BOOST_TEST(open.status() == 0);
  BOOST_TEST(is_one_line(open));
  for (auto mode : {perms{0600}, perms{0400}}) {
    std::filesystem::permissions(path, mode);
    tool run{{"key", "show", path}};
    BOOST_TEST(run.status() == 0);
    BOOST_TEST(run.errors().empty());
  }
}

BOOST_AUTO_TEST_CASE(is_told_if_it_belongs_to_somebody_else) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("only root can give files away");
    return;
  }
  constexpr uid_t nobody = 65534;
  BOOST_REQUIRE(::chown(path.c_str(), nobody, nobody) == 0);
  tool run{{"key", "show", path}};
  BOOST_TEST(run.status() == 0);
  BOOST_REQUIRE(is_one_line(run));
  BOOST_TEST(run.errors()[0] ==
             "devp2p: warning: " + path + ": this key file belongs to another user");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(arguments)

BOOST_AUTO_TEST_CASE(that_are_wrong_give_one_line_and_status_2) {
  std::vector<std::vector<std::string>> wrong{
    {},
    {"nonsense"},
    {"--nonsense"},
    {"key"},
    {"key", "new"},
    {"key", "new", "a", "b"},
    {"key", "show", "file", "--port", "65536"},
    {"key", "show", "file", "--host", "two words"},
    {"hello"},
    {"hello", "enode://12@127.0.0.1:1"},
    {"hello", "line\nbreak"},
    {"hello", "enode://" + std::string(128, '1') + "@127.0.0.1:1"}, // No point of the curve.
    {"hello", some_url, "--timeout", "0"},
    {"hello", some_url, "--timeout", "soon"},
    {"node", "--listen", "127.0.0.1"},
    {"node", "--listen", "a.name:1"},
    {"node", "--dial", "nobody"},
    {"node", "--dial", some_url, "nobody"},
    {"node", "--max-peers", "-1"},
    {"node", "--ping-interval", "nan"},
    {"node", "--log-level", "loud"},
    {"node", "--client-id", std::string(257, 'x')},
  };
  for (const auto& x : wrong)
    check_refusal(x, 2);
}

BOOST_AUTO_TEST_CASE(that_are_numbers_are_decimal) {
  key_fixture made;
  // Octal, hexadecimal, binary, and other forms that some parsers accept.
  for (const std::string number : {"010", "0x10", "0b1", "+5", "5 ", " 5", "1e1", "5.0", "1'0", ""})
    for (const auto& [command, option] :
         std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"key", "show", made.path}, "--port"},
           {{"node", "--listen", "127.0.0.1:0"}, "--max-peers"},
           {{"nat", "map", "--nat", "extip:11.22.33.2"}, "--port"},
           {{"simulate", "none"}, "--seed"},
           {{"simulate", "none"}, "--seeds"},
           {{"simulate", "none"}, "--shards"},
           {{"simulate", "none", "--coordinator", "127.0.0.1:1"}, "--shard"}}) {
      auto arguments = command;
      arguments.insert(arguments.end(), {option, number});
      check_refusal(arguments, 2);
      tool named{arguments};
      (void)named.status();
      BOOST_TEST(named.errors().at(0).find(option) != std::string::npos, named.errors().at(0));
    }
  for (const std::string number : {"0x10", "1s", "+5", "inf", ""})
    check_refusal({"hello", some_url, "--timeout", number}, 2);
  BOOST_TEST(to_string(shown({made.path, "--port", "0"}).address) == "127.0.0.1:0");
}

BOOST_AUTO_TEST_CASE(that_are_long_leave_room_for_the_reason) {
  const auto path = "/" + std::string(200, 'a') + "/" + std::string(200, 'b');
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"key", "show", path}, {"simulate", path}}) {
    tool run{arguments};
    BOOST_TEST(run.status() != 0);
    BOOST_REQUIRE(is_one_line(run));
    BOOST_TEST(run.errors()[0].find(path) != std::string::npos);
    BOOST_TEST(run.errors()[0].ends_with(": No such file or directory"), run.errors()[0]);
  }
  // An excessive argument is shortened in the message.
  tool run{{std::string(100000, 'x')}};
  BOOST_TEST(run.status() == 2);
  BOOST_REQUIRE(is_one_line(run));
  BOOST_TEST(run.errors()[0].size() < 10000u);
  BOOST_TEST(run.errors()[0].ends_with("(--help says more)"));
}

/// Empty arguments, as from a script's unset variables.
BOOST_AUTO_TEST_CASE(that_are_empty_are_not_taken_for_none) {
  const std::vector<std::vector<std::string>> all{{"node", "--key", ""},
                                                  {"node", "--trust", ""},
                                                  {"node", "--dial", ""},
                                                  {"node", "--nat", ""},
                                                  {"node", "--listen", ""},
                                                  {"node", "--log-level", ""},
                                                  {"hello", ""},
                                                  {"key", "new", ""},
                                                  {"simulate", ""},
                                                  {"nat", "probe", "--stun", ""},
                                                  {"simulate", "a.json", "--out", ""},
                                                  {"simulate", "a.json", "--seed", ""}};
  for (const auto& arguments : all) {
    BOOST_TEST_CONTEXT(json(arguments).dump()) {
      tool run{arguments};
      BOOST_TEST(run.status() == 2);
      BOOST_TEST(is_one_line(run), joined(run.errors()));
    }
  }
}

BOOST_AUTO_TEST_CASE(that_are_no_command_are_named) {
  tool nonsense{{"nonsense"}};
  BOOST_TEST(nonsense.status() == 2);
  BOOST_TEST(nonsense.errors().at(0).find("nonsense") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(are_explained_by_help) {
  std::vector<std::vector<std::string>> commands{{},
                                                 {"key"},
                                                 {"key", "new"},
                                                 {"key", "show"},
                                                 {"hello"},
                                                 {"node"},
                                                 {"nat"},
                                                 {"nat", "probe"},
                                                 {"nat", "map"},
                                                 {"nat", "rendezvous"},
                                                 {"nat", "punch"},
                                                 {"simulate"}};
  for (auto x : commands) {
    x.push_back("--help");
    tool help{x};
    auto lines = help.rest();
    BOOST_TEST(lines.size() > 3u);
    for (const auto& line : lines)
      BOOST_TEST(line.size() <= 80u, line);
    BOOST_TEST(help.status() == 0);
    BOOST_TEST(help.errors().empty());
  }
}

BOOST_AUTO_TEST_CASE(have_their_default_and_their_condition_in_the_help) {
  tool help{{"node", "--help"}};
  auto text = joined(help.rest());
  for (const auto* says : {"--listen ADDR:PORT", "(default: 127.0.0.1:30303)", "--nat METHOD"})
    BOOST_TEST(text.find(says) != std::string::npos, says);
  tool map{{"nat", "map", "--help"}};
  text = joined(map.rest());
  BOOST_TEST(text.find("(required)") != std::string::npos);
  BOOST_TEST(text.find("none") == std::string::npos); // It is refused.
}

BOOST_AUTO_TEST_CASE(give_the_version) {
  tool version{{"--version"}};
  BOOST_TEST(version.line() == "devp2p " DEVP2P_VERSION);
  BOOST_TEST(version.status() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hello_command)

BOOST_FIXTURE_TEST_CASE(prints_what_a_node_says_of_itself_and_leaves, key_fixture) {
  tool_node node{{"--client-id", "somebody/1"}};
  tool hello{{"hello", node.url, "--key", path}};
  auto greeting = json::parse(hello.line());
  BOOST_TEST(greeting.at("version") == 5);
  BOOST_TEST(greeting.at("client") == "somebody/1");
  BOOST_TEST(greeting.at("capabilities").empty());
  BOOST_TEST(greeting.at("listen_port") == 0);
  BOOST_TEST(greeting.at("id") == to_string(node.id));
  BOOST_TEST(greeting.at("remote") == to_string(enode::parse(node.url)->address));
  BOOST_TEST(hello.rest().empty());
  BOOST_TEST(hello.status() == 0);

  auto end = node.process.event("peer_dropped");
  BOOST_TEST(end.at("id") == to_string(shown({path}).id));
  BOOST_TEST(end.at("by") == "remote");
  BOOST_TEST(end.at("reason") == 8);
}

BOOST_AUTO_TEST_CASE(tells_the_capabilities_of_a_node_that_has_no_use_for_us) {
  tool_node node{{"--echo"}};
  tool hello{{"hello", node.url}};
  BOOST_TEST(json::parse(hello.line()).at("capabilities") ==
             json::parse(R"([{"name": "echo", "version": 1}])"));
  BOOST_TEST(hello.status() == 0);
}

BOOST_AUTO_TEST_CASE(tells_why_it_was_refused) {
  // The only slot is reserved for a node that it dials.
  tool_node node{{"--max-peers", "1"}};
  tool hello{{"hello", node.url}};
  BOOST_TEST(hello.rest().empty());
  BOOST_TEST(hello.status() == 1);
  BOOST_REQUIRE(is_one_line(hello));
  BOOST_TEST(hello.errors()[0] == "devp2p: the remote disconnected: too many peers");
}

BOOST_AUTO_TEST_CASE(prints_ascii_whatever_it_is_told) {
  tool_node node{{"--client-id", "\x1b[31m\xff\"\r\xe2\x80\xae"}};
  tool hello{{"hello", node.url}};
  auto line = hello.line();
  BOOST_TEST(hello.status() == 0);
  BOOST_TEST(std::all_of(line.begin(), line.end(), [](char x) { return x >= 0x20 && x < 0x7f; }));
  BOOST_TEST(json::parse(line).at("client") == "\x1b[31m\xef\xbf\xbd\"\r\xe2\x80\xae");
}

BOOST_AUTO_TEST_CASE(fails_if_nobody_is_there) {
  check_refusal({"hello", some_url}, 1);
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_ever) {
  tool_node node;
  node.process.signal(SIGSTOP);
  check_refusal({"hello", node.url, "--timeout", "0.2"}, 1);
  node.process.signal(SIGCONT);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(node_command)

BOOST_AUTO_TEST_CASE(says_goodbye_on_either_signal) {
  for (auto signal : {SIGTERM, SIGINT}) {
    tool_node stays;
    tool_node leaves{{"--dial", stays.url}};
    leaves.process.event("peer_added");
    BOOST_TEST(stays.process.event("peer_added").at("id") == to_string(leaves.id));
    leaves.process.signal(signal);
    auto ours = leaves.process.event("peer_dropped");
    BOOST_TEST(ours.at("by") == "us");
    BOOST_TEST(ours.at("reason") == 8);
    BOOST_TEST(leaves.process.status() == 0);
    auto theirs = stays.process.event("peer_dropped");
    BOOST_TEST(theirs.at("id") == to_string(leaves.id));
    BOOST_TEST(theirs.at("by") == "remote");
    BOOST_TEST(theirs.at("reason") == 8);
  }
}

BOOST_AUTO_TEST_CASE(ends_at_once_on_a_second_signal) {
  tool_node stopped;
  tool_node leaves{{"--dial", stopped.url}};
  leaves.process.event("peer_added");
  // A stopped node does not close its connection, so that our node would wait for a while.
  stopped.process.signal(SIGSTOP);
  leaves.process.signal(SIGTERM);
  leaves.process.event("peer_dropped");
  leaves.process.signal(SIGINT);
  BOOST_TEST(leaves.process.status() == 128 + SIGINT);
  stopped.process.signal(SIGCONT);
}

BOOST_AUTO_TEST_CASE(goes_on_when_a_dial_fails) {
  tool_node node{{"--dial", some_url}};
  auto failure = node.process.event("dial_failed");
  BOOST_TEST(failure.at("enode") == some_url);
  BOOST_TEST(failure.at("error") == "connection refused: 127.0.0.1:1");
  tool hello{{"hello", node.url}};
  BOOST_TEST(hello.status() == 0);
}

BOOST_AUTO_TEST_CASE(dials_several_nodes) {
  tool_node one;
  tool_node two;
  tool_node node{{"--dial", one.url, "--dial", two.url}};
  node.process.event("peer_added");
  node.process.event("peer_added");
}

BOOST_AUTO_TEST_CASE(fails_if_it_cannot_listen) {
  tool_node node;
  auto taken = to_string(enode::parse(node.url)->address);
  tool other{{"node", "--listen", taken, "--log-level", "off"}};
  BOOST_TEST(other.rest().empty());
  BOOST_TEST(other.status() == 1);
  BOOST_REQUIRE(is_one_line(other));
  BOOST_TEST(other.errors()[0] == "devp2p: address in use: " + taken);
}

BOOST_FIXTURE_TEST_CASE(tells_people_its_url_first_and_then_what_happens, key_fixture) {
  tool node{{"node", "--listen", "127.0.0.1:0", "--key", path, "--client-id", "anna/1"}};
  auto url = enode::parse(node.line());
  BOOST_REQUIRE(bool{url});
  BOOST_TEST((url->id == shown({path}).id));
  BOOST_TEST((tool{{"hello", to_string(*url)}}.status() == 0));
  auto added = node.line();
  BOOST_TEST(added.starts_with("session with "));
  BOOST_TEST(added.ends_with(" (inbound) runs: caf-devp2p/" DEVP2P_VERSION "; no shared protocol"));
  BOOST_TEST(node.line().ends_with(
    " (inbound) ended by the remote: client quitting (the remote disconnected: client quitting)"));
  node.signal(SIGTERM);
  BOOST_TEST(node.status() == 0);
  BOOST_TEST(node.errors().empty());
}

BOOST_AUTO_TEST_CASE(says_so_when_nobody_may_dial_it) {
  for (const auto& [most, says_so] : {std::pair{"1", true}, std::pair{"2", false}}) {
    tool node{{"node", "--listen", "127.0.0.1:0", "--max-peers", most}};
    node.line();
    node.signal(SIGTERM);
    BOOST_TEST(node.status() == 0);
    BOOST_TEST((joined(node.errors()).find("--max-peers 1 refuses") != std::string::npos) ==
               says_so);
  }
}

BOOST_AUTO_TEST_CASE(says_so_when_its_key_is_a_fresh_one) {
  tool node{{"node", "--listen", "127.0.0.1:0"}};
  node.line();
  node.signal(SIGTERM);
  BOOST_TEST(node.status() == 0);
  BOOST_REQUIRE(is_one_line(node));
  BOOST_TEST(node.errors()[0].find("no --key") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
