// SPDX-License-Identifier: BSL-1.0
//
// The tool with too few resources of the system: descriptors, threads, memory. It works, or reports
// the reason in one line; it never hangs.
#include "../address_sanitizer.hpp"
#include "tool.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(tool_scarcity_test)

namespace {

using commands = std::vector<std::vector<std::string>>;

/// Returns the shell command that starts the tool with a limit. With `ulimit` the shell itself
/// would have no descriptor left.
std::string limited(const std::string& by) {
  return "exec prlimit " + by + R"( -- "$@" 2>"$0"; )";
}

/// Signals the tool to stop after it has begun or failed. Returns whether it ends in time.
bool ends_when_told(tool& run) {
  const auto end = soon();
  const auto pause = std::chrono::milliseconds{100};
  for (auto at = child_process::clock::now() + std::chrono::seconds{1};
       child_process::clock::now() < at;)
    if (run.ended(child_process::clock::now() + pause))
      return true;
  run.signal(SIGTERM);
  return run.ended(end).has_value();
}

void check_all(const commands& all, const std::vector<std::string>& limits) {
  for (const auto& arguments : all)
    for (const auto& limit : limits) {
      BOOST_TEST_CONTEXT(json(arguments).dump() << ' ' << limit) {
        tool run{arguments, "", limited(limit)};
        BOOST_REQUIRE(ends_when_told(run));
        const auto said = run.errors();
        // A tool that is signalled before it handles signals ends by the signal.
        if (run.status() == 1)
          BOOST_TEST(said.size() == 1u, joined(said));
        else
          BOOST_TEST((run.status() == 0 || run.status() == 128 + SIGTERM), joined(said));
        if (!said.empty())
          BOOST_TEST(said.front().starts_with("devp2p: "), said.front());
      }
    }
}

struct scarcity_fixture : scenario_folder {
  std::string key = directory / "key";
  std::string file = write(R"({"topology": {"kind": "ring", "nodes": 4}, "crypto": "none",
    "line": {"latency_ms": 10}, "length_s": 5})");
  scarcity_fixture() { BOOST_REQUIRE((tool{{"key", "new", key}}.status() == 0)); }

  [[nodiscard]] commands lasting() const {
    const auto* id = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                     "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
    return {
      {"node", "--listen", "127.0.0.1:0", "--key", key},
      {"nat", "map", "--port", "7777", "--nat", "extip:11.22.33.2"},
      {"nat", "rendezvous", "--listen", "127.0.0.1:0", "--listen", "127.0.0.2:0"},
      {"nat", "punch", id, "--rendezvous", "127.0.0.1:9", "--key", key},
      {"nat", "punch", id, "--rendezvous", "127.0.0.1:9", "--key", key, "--session"},
      {"simulate", file},
      {"simulate", file, "--shards", "1"},
    };
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(too_little, scarcity_fixture)

BOOST_AUTO_TEST_CASE(of_descriptors_ends_every_command_with_a_line) {
#ifdef DEVP2P_ADDRESS_SANITIZER
  // UndefinedBehaviorSanitizer opens a pipe to inspect a type, and reports a failure of that as a
  // fault.
  const auto all = {"64"};
#else
  const auto all = {"5", "6", "7", "8", "9", "10", "11", "12", "14"};
#endif
  std::vector<std::string> limits;
  for (const auto* number : all)
    limits.push_back("--nofile=" + std::string{number});
  check_all(lasting(), limits);
}

// AddressSanitizer needs more memory than these limits allow.
#ifndef DEVP2P_ADDRESS_SANITIZER
BOOST_AUTO_TEST_CASE(of_memory_ends_every_command_with_a_line) {
  std::vector<std::string> limits;
  for (const auto* megabytes : {"66", "75", "80", "90", "94", "97", "100", "104", "120"})
    limits.push_back("--as=" + std::string{megabytes} + "000000");
  check_all(lasting(), limits);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test
