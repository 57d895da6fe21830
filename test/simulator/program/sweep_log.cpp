// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/sweep_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace devp2p::tool {

namespace {

using json = nlohmann::ordered_json;

json object_of(const std::vector<simulator::field_value>& set) {
  auto out = json::object();
  for (const auto& x : set)
    out[x.field] = x.value;
  return out;
}

/// A comment of a scenario may hold any bytes.
std::string dumped(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Returns a run, or an object that is none if the line was not written to its end.
json parse_run(const std::string& line) {
  auto out = json::parse(line, nullptr, false);
  auto is_run = out.is_object() && out.contains("set") && out["set"].is_object() &&
                out.contains("seed") && out["seed"].is_number_unsigned() &&
                out.contains("summary") && out["summary"].is_object();
  return is_run ? out : json{};
}

/// Creates the folder, and returns a file in it that is locked as long as it is open here. The
/// system unlocks it when the process dies. Child processes do not inherit it.
int locked(const std::string& folder) {
  create_folder(folder);
  constexpr mode_t everybody = 0666; // Restricted by the umask.
  const auto name = folder + "/sweep.lock";
  const auto out = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, everybody);
  if (out < 0)
    throw std::system_error{errno, std::generic_category(), name + ": cannot be written"};
  if (::flock(out, LOCK_EX | LOCK_NB) == 0)
    return out;
  const auto error = errno;
  ::close(out);
  if (error == EWOULDBLOCK)
    throw std::runtime_error{folder +
                             ": another sweep is under way there; choose another folder, or wait"};
  throw std::system_error{error, std::generic_category(), name + ": cannot be locked"};
}

} // namespace

sweep_log::sweep_log(const std::string& folder, const json& scenario, const on_run& found)
  : lock_(locked(folder)) {
  const auto name = folder + "/runs.jsonl";
  const auto next = name + ".new";
  const auto head = dumped(scenario);
  // The runs are written anew, without a line that was not written to its end.
  file_.open(next);
  file_ << head << '\n';
  if (std::filesystem::exists(name)) {
    std::ifstream before{name};
    if (!before)
      throw std::runtime_error(name + ": cannot be read");
    std::string line;
    if (std::getline(before, line) && line != head)
      throw std::runtime_error(name +
                               ": has the runs of another scenario, of other values that are set, "
                               "or of another build; choose another folder, or remove the file");
    while (std::getline(before, line))
      if (auto run = parse_run(line); !run.is_null()) {
        std::vector<simulator::field_value> set;
        for (const auto& [field, value] : run["set"].items())
          set.push_back({field, value.is_string() ? value.get<std::string>() : ""});
        found(set, run["seed"].get<std::uint64_t>(), run["summary"]);
        file_ << line << '\n';
      }
  }
  file_.flush();
  file_.check();
  std::error_code error;
  std::filesystem::rename(next, name, error);
  if (error)
    throw std::system_error{error, name + ": cannot be written"};
}

void sweep_log::add(const std::vector<simulator::field_value>& set, std::uint64_t seed,
                    const json& summary) {
  file_ << dumped({{"set", object_of(set)}, {"seed", seed}, {"summary", summary}}) << '\n';
  file_.flush();
  file_.check();
}

} // namespace devp2p::tool
