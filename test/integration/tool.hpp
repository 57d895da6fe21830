// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "child_process.hpp"

#include "devp2p/messages/enode.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

/// The command line tool from outside: a program with arguments, output and an exit status.
namespace devp2p::test {

using json = nlohmann::json;

inline child_process::clock::time_point soon() {
  return child_process::clock::now() + std::chrono::seconds{60};
}

/// A new directory that the destructor removes.
class scratch_directory {
public:
  scratch_directory() {
    auto name =
      (std::filesystem::temp_directory_path() / ("devp2p-" + std::string(6, 'X'))).string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

inline std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in{path};
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& x : lines)
    out += x + '\n';
  return out;
}

/// The directory of a test's scenario and its results.
struct scenario_folder {
  scratch_directory directory;

  std::string write(const std::string& text) const {
    auto path = directory / "scenario.json";
    std::ofstream{path} << text;
    return path;
  }
};

/// A run of the tool.
class tool {
public:
  /// Starts the tool by a shell. `first` is a command to run before it; `redirected` redirects its
  /// output, which otherwise goes to this object. `program` may be another than the tool.
  explicit tool(std::vector<std::string> arguments, const std::string& redirected = "",
                const std::string& first = "", const std::string& program = DEVP2P_TOOL)
    : process_(command(std::move(arguments), redirected, first, program)) {}

  void signal(int number) { process_.signal(number); }

  /// Returns the next line of stdout.
  std::string line() {
    auto out = process_.read_line(soon());
    BOOST_REQUIRE_MESSAGE(out, "the tool prints no more, and says: " << joined_errors());
    return *out;
  }

  /// Returns the next event of that kind that a node prints with `--json`; skips others.
  json event(const std::string& kind) {
    for (;;)
      if (auto out = json::parse(line()); out.at("event") == kind)
        return out;
  }

  /// Returns all lines until the tool ends; each may take up to `patience`.
  std::vector<std::string> rest(std::chrono::seconds patience = std::chrono::seconds{20}) {
    std::vector<std::string> out;
    while (auto line = process_.read_line(child_process::clock::now() + patience))
      out.push_back(*line);
    return out;
  }

  /// Returns the exit status; `nullopt` if the tool still runs at `until`.
  std::optional<int> ended(child_process::clock::time_point until) { return process_.wait(until); }

  int status() {
    auto out = ended(soon());
    BOOST_REQUIRE_MESSAGE(out, "the tool does not end");
    return *out;
  }

  /// Returns the lines of stderr. LeakSanitizer asks llvm-symbolizer whether a leak is one of those
  /// that the tests suppress: what that program says of files it cannot read is left out.
  [[nodiscard]] std::vector<std::string> errors() const {
    auto out = lines_of(errors_);
    std::erase_if(out, [](const auto& x) { return x.starts_with("LLVMSymbolizer: "); });
    return out;
  }

private:
  std::vector<std::string> command(std::vector<std::string> arguments,
                                   const std::string& redirected, const std::string& first,
                                   const std::string& program) const {
    arguments.insert(
      arguments.begin(),
      {"/bin/sh", "-c", first + R"(exec "$@" 2>"$0" )" + redirected, errors_, program});
    return arguments;
  }

  std::string joined_errors() const { return joined(errors()); }

  scratch_directory directory_;
  std::string errors_ = directory_ / "errors";
  child_process process_;
};

/// A node of the tool on a free port.
struct tool_node {
  explicit tool_node(std::vector<std::string> extra = {}) : process(arguments(std::move(extra))) {
    url = process.event("listening").at("enode");
    id = enode::parse(url)->id;
  }

  static std::vector<std::string> arguments(std::vector<std::string> extra) {
    extra.insert(extra.begin(),
                 {"node", "--listen", "127.0.0.1:0", "--json", "--log-level", "error"});
    return extra;
  }

  tool process;
  std::string url;
  node_id id;
};

} // namespace devp2p::test
