// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/scenario_file.hpp"

#include "devp2p/simulator/json_document.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace devp2p::tool {

namespace {

/// Reads a file into `out`. Returns 0, or the `errno` number that says why it cannot be read.
int read_file(const std::string& name, std::string& out) {
  // One byte more than the maximum: the parser reports a text that is too long.
  out.resize(simulator::max_json_size + 1);
  errno = 0;
  std::ifstream in{name, std::ios::binary};
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (!in.is_open() || in.bad())
    return errno != 0 ? errno : EIO;
  out.resize(static_cast<std::size_t>(in.gcount()));
  return 0;
}

} // namespace

scenario_file::scenario_file(std::string name, const simulator::model& known)
  : name_(std::move(name)),
    known_(known),
    error_(read_file(name_, text_)) {}

expected<simulator::scenario, std::string>
scenario_file::read(std::optional<std::uint64_t> seed) const {
  if (error_ != 0)
    return name_ + ": cannot be read: " + std::generic_category().message(error_);
  auto beside = std::filesystem::path{name_}.parent_path().string();
  return simulator::read_scenario(known_, text_, name_, beside.empty() ? "." : beside, seed);
}

} // namespace devp2p::tool
