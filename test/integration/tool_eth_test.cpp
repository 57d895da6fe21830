// SPDX-License-Identifier: BSL-1.0
//
// `devp2p eth`, with nodes of ours as remotes.
#include "sample_chain.hpp"
#include "terminal.hpp"
#include "tool.hpp"

#include "ethereum/live_eth_node.hpp"

#include "devp2p/net/rlp/decode.hpp"
#include "devp2p/net/rlp/encode.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_eth_test)

namespace {

std::shared_ptr<eth::served_chain> served(std::uint64_t height) {
  return std::make_shared<eth::served_chain>(served_sample(height));
}

using headers = std::vector<rlp::raw>;

/// A remote that keeps to the rules of the protocol only as far as its functions do.
struct odd_remote {
  /// Returns its status, if it has one.
  std::function<std::optional<eth::status_66>()> status;
  /// Returns its answer, if it gives one.
  std::function<std::optional<headers>(const eth::header_query&)> answer =
    [](const eth::header_query&) { return std::nullopt; };
  /// Whether it says goodbye when it hears our status.
  bool leaves = false;
};

handler_actor::behavior_type behave(handler_actor::pointer self, const channel& link,
                                    const odd_remote& how) {
  if (auto told = how.status())
    link.send(self, packet{0, rlp::encode(*told)});
  return {[=](const packet& in) {
    if (how.leaves)
      self->quit(local_disconnect(disconnect_reason::too_many_peers));
    if (in.code != 3)
      return;
    auto asked = rlp::decode<eth::get_block_headers>(in.payload);
    if (auto answer = how.answer(asked->query))
      link.send(self, packet{4, rlp::encode(eth::block_headers{asked->id, *answer})});
  }};
}

live_eth_node odd_node(odd_remote how) {
  return live_eth_node{
    {{.name = "eth", .version = 68, .length = 17, .spawn = handled_by(behave, std::move(how))}}};
}

/// Returns a remote with that chain, which answers as `answer` says.
live_eth_node node_of(const std::shared_ptr<eth::served_chain>& what,
                      std::function<std::optional<headers>(const eth::header_query&)> answer) {
  return odd_node({[=] { return eth::status_66_of(*what, 68); }, std::move(answer)});
}

/// Answers only who asks for a hash, as of the head.
std::optional<headers> silent(const eth::header_query& query) {
  return std::holds_alternative<eth::hash>(query.origin) ? std::optional{headers{}} : std::nullopt;
}

/// A run of `devp2p eth` to its end.
struct look {
  tool run;
  std::vector<std::string> lines;
  int status;

  look(const live_eth_node& node, std::vector<std::string> more)
    : run(arguments(node, std::move(more))),
      lines(run.rest()),
      status(run.status()) {}

  static std::vector<std::string> arguments(const live_eth_node& node,
                                            std::vector<std::string> more) {
    more.insert(more.begin(), {"eth", to_string(node.url())});
    return more;
  }

  /// Returns the only line of stderr.
  [[nodiscard]] std::string complaint() const {
    auto all = run.errors();
    BOOST_REQUIRE_MESSAGE(all.size() == 1, joined(all));
    return all.front();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_status)

BOOST_AUTO_TEST_CASE(is_shown_in_each_version_as_json) {
  const auto what = served(3);
  const auto& blocks = what->blocks;
  for (std::uint64_t version : {66, 67, 68, 69}) {
    BOOST_TEST_CONTEXT("eth/" << version) {
      live_eth_node node{eth::host{.served = what}, version};
      look one{node, {"--json"}};
      BOOST_TEST(one.status == 0);
      BOOST_TEST(one.run.errors().empty());
      BOOST_REQUIRE(one.lines.size() == 1u);
      auto x = json::parse(one.lines[0]);
      BOOST_TEST(x.at("event") == "status");
      BOOST_TEST(x.at("version") == version);
      BOOST_TEST(x.at("network") == 1337);
      BOOST_TEST(x.at("genesis") == to_hex(blocks.genesis().hash));
      BOOST_TEST(x.at("fork_hash") == to_hex(what->forks.id_at(blocks.height()).passed));
      BOOST_TEST(x.at("fork_next") == 5);
      BOOST_TEST(x.at("head") == to_hex(blocks.head().hash));
      BOOST_TEST(x.at("head_number") == 3);
      BOOST_TEST(x.at("head_time") == 1'030);
      if (version < 69) {
        BOOST_TEST(x.at("total_difficulty") == "524288");
        BOOST_TEST(!x.contains("latest"));
      } else {
        BOOST_TEST(!x.contains("total_difficulty"));
        BOOST_TEST(x.at("earliest") == 0);
        BOOST_TEST(x.at("latest") == 3);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(is_shown_to_people) {
  const auto what = served(3);
  live_eth_node node{eth::host{.served = what}, 68};
  look one{node, {}};
  BOOST_TEST(one.status == 0);
  const auto text = joined(one.lines);
  for (const auto& line :
       {std::string{"protocol          eth/68\n"}, std::string{"network           1337\n"},
        "genesis           " + to_hex(what->blocks.genesis().hash) + '\n',
        "head              " + to_hex(what->blocks.head().hash) + '\n',
        std::string{"head number       3\n"},
        std::string{"head time         1970-01-01 00:17:10 UTC\n"}})
    BOOST_TEST(text.find(line) != text.npos, line << " is not in\n" << text);
}

BOOST_AUTO_TEST_CASE(is_shown_without_the_head_if_the_remote_does_not_give_it) {
  auto node = node_of(served(3), [](const eth::header_query&) { return headers{}; });
  look one{node, {"--json"}};
  BOOST_TEST(one.status == 0);
  BOOST_REQUIRE(one.lines.size() == 1u);
  BOOST_TEST(json::parse(one.lines[0]).at("head_number").is_null());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(headers_of_a_remote)

BOOST_AUTO_TEST_CASE(are_shown_once_they_are_one_chain) {
  const auto what = served(1200);
  live_eth_node node{eth::host{.served = what}};
  look one{node, {"--headers", "0..1200", "--json"}};
  BOOST_TEST(one.status == 0);
  BOOST_REQUIRE(one.lines.size() == 1203u);
  for (std::uint64_t number = 0; number <= 1200; ++number) {
    auto x = json::parse(one.lines[number + 1]);
    const auto& expected = *what->blocks.find(number);
    BOOST_REQUIRE(x.at("event") == "header");
    BOOST_REQUIRE(x.at("number") == number);
    BOOST_REQUIRE(x.at("hash") == to_hex(expected.hash));
    BOOST_REQUIRE(x.at("parent") == to_hex(expected.fields.parent));
  }
  BOOST_TEST(json::parse(one.lines.back()) ==
             (json{{"event", "verified"}, {"first", 0}, {"last", 1200}}));
}

BOOST_AUTO_TEST_CASE(are_shown_to_people) {
  const auto what = served(5);
  live_eth_node node{eth::host{.served = what}};
  look one{node, {"--headers", "4..5"}};
  BOOST_TEST(one.status == 0);
  BOOST_REQUIRE(one.lines.size() > 3u);
  BOOST_TEST(*(one.lines.end() - 3) ==
             "header 4  " + to_hex(what->blocks.find(4u)->hash) + "  1970-01-01 00:17:20 UTC");
  BOOST_TEST(one.lines.back() == "the headers 4 to 5 are one chain");
}

BOOST_AUTO_TEST_CASE(are_shown_as_far_as_there_are_any) {
  live_eth_node node{eth::host{.served = served(3)}};
  look one{node, {"--headers", "2..9", "--json"}};
  BOOST_TEST(one.status == 1);
  BOOST_REQUIRE(one.lines.size() == 3u);
  BOOST_TEST(json::parse(one.lines.back()).at("number") == 3);
  BOOST_TEST(one.complaint() == "devp2p: the remote has no block 4; its newest is 3");
}

BOOST_AUTO_TEST_CASE(that_do_not_follow_each_other_are_refused) {
  const auto what = served(20);
  auto node = node_of(what, [=](const eth::header_query& query) {
    auto all = what->blocks.headers(query);
    if (all.size() > 1) {
      auto other = what->blocks.find(query.origin)->fields;
      other.extra = {1};
      all.front() = eth::seal(other).encoding;
    }
    return all;
  });
  look one{node, {"--headers", "1..9"}};
  BOOST_TEST(one.status == 1);
  BOOST_TEST(joined(one.lines).find("header 2 ") == std::string::npos);
  BOOST_TEST(one.complaint().find("a header is not the parent of the next one") !=
               std::string::npos,
             one.complaint());
}

BOOST_AUTO_TEST_CASE(of_another_genesis_are_refused) {
  const auto what = served(20);
  auto node = node_of(what, [=](const eth::header_query& query) {
    if (query.origin != eth::origin{std::uint64_t{0}})
      return what->blocks.headers(query);
    return headers{sample_genesis(1).encoding};
  });
  look one{node, {"--headers", "0..9"}};
  BOOST_TEST(one.status == 1);
  BOOST_TEST(one.complaint() == "devp2p: block 0 is not the genesis that the remote has named");
}

BOOST_AUTO_TEST_CASE(are_counted_on_a_terminal) {
  const auto what = served(1200);
  live_eth_node node{eth::host{.served = what}};
  const terminal screen;
  tool run{look::arguments(node, {"--headers", "1..1200"}), ">/dev/null 2>" + screen.name()};
  BOOST_TEST(screen.read_until(" 0 of 1200 headers").find("[      ") != std::string::npos);
  screen.read_until("[##");
  run.rest();
  BOOST_TEST(run.status() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(one_line_says)

BOOST_AUTO_TEST_CASE(that_a_range_is_none) {
  live_eth_node node{eth::host{.served = served(0)}};
  for (const auto* bad : {"", "7", "2..1", "a..b", "0..18446744073709551615"}) {
    look one{node, {"--headers", bad}};
    BOOST_TEST(one.status == 2, bad);
    BOOST_TEST(one.lines.empty());
    BOOST_TEST(one.complaint().starts_with("devp2p: --headers: "), one.complaint());
  }
}

BOOST_AUTO_TEST_CASE(that_the_node_speaks_no_eth) {
  tool_node node{{"--echo"}};
  tool run{{"eth", node.url}};
  BOOST_TEST(run.rest().empty());
  BOOST_TEST(run.status() == 1);
  BOOST_TEST(joined(run.errors()) ==
             "devp2p: the node speaks none of the protocols eth/66 to eth/69\n");
}

BOOST_AUTO_TEST_CASE(that_there_is_no_node) {
  live_eth_node node{eth::host{.served = served(0)}};
  auto url = node.url();
  url.address.port = 1;
  tool run{{"eth", to_string(url)}};
  BOOST_TEST(run.status() == 1);
  BOOST_TEST(joined(run.errors()) == "devp2p: connection refused: 127.0.0.1:1\n");
}

BOOST_AUTO_TEST_CASE(that_the_node_tells_no_status) {
  auto node = odd_node({[] { return std::nullopt; }});
  look one{node, {"--timeout", "0.3"}};
  BOOST_TEST(one.status == 1);
  BOOST_TEST(one.lines.empty());
  BOOST_TEST(one.complaint().find("it has not told its status in time") != std::string::npos,
             one.complaint());
}

BOOST_AUTO_TEST_CASE(that_the_node_does_not_answer) {
  auto node = node_of(served(3), silent);
  look one{node, {"--headers", "0..3", "--timeout", "0.3"}};
  BOOST_TEST(one.status == 1);
  BOOST_TEST(one.complaint() == "devp2p: the node has not answered in time, after 0 of 4 headers");
}

BOOST_AUTO_TEST_CASE(that_the_node_has_ended_the_session) {
  const auto what = served(3);
  auto node = odd_node({[=] { return eth::status_66_of(*what, 68); }, {}, true});
  look one{node, {}};
  BOOST_TEST(one.status == 1);
  BOOST_TEST(one.complaint() == "devp2p: the node ended the session: too many peers");
}

BOOST_AUTO_TEST_CASE(that_the_status_is_none) {
  const auto what = served(3);
  auto node = odd_node({[=] {
    auto told = eth::status_66_of(*what, 68);
    told.version = 67;
    return told;
  }});
  look one{node, {}};
  BOOST_TEST(one.status == 1);
  BOOST_TEST(one.complaint().find("its status is of version 67") != std::string::npos,
             one.complaint());
}

BOOST_AUTO_TEST_CASE(that_a_signal_has_stopped_it) {
  auto node = node_of(served(3), silent);
  tool run{look::arguments(node, {"--headers", "0..3", "--json"})};
  BOOST_TEST(json::parse(run.line()).at("event") == "status");
  run.signal(SIGINT);
  BOOST_TEST(run.status() == 1);
  BOOST_TEST(joined(run.errors()) == "devp2p: stopped, after 0 of 4 headers\n");
}

BOOST_AUTO_TEST_CASE(that_stdout_cannot_be_written) {
  live_eth_node node{eth::host{.served = served(3)}};
  tool run{look::arguments(node, {"--headers", "0..3"}), ">/dev/full"};
  BOOST_TEST(run.status() == 1);
  BOOST_REQUIRE(run.errors().size() == 1u);
  BOOST_TEST(run.errors()[0].starts_with("devp2p: stdout cannot be written"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
