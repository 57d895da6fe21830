// SPDX-License-Identifier: BSL-1.0
#include "scenario_file.hpp"

#include "devp2p/kit/json_document.hpp"

#include <filesystem>
#include <fstream>
#include <utility>

namespace devp2p::tool {

namespace {

std::optional<std::string> read_file(const std::string& name) {
  std::ifstream in{name, std::ios::binary};
  // One octet more than there may be: the reader says so.
  std::string out(kit::max_json_size + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (!in.is_open() || in.bad())
    return std::nullopt;
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

} // namespace

scenario_file::scenario_file(std::string name) : name_(std::move(name)), text_(read_file(name_)) {}

expected<kit::scenario, std::string> scenario_file::read(std::optional<std::uint64_t> seed) const {
  if (!text_)
    return name_ + ": cannot be read";
  auto beside = std::filesystem::path{name_}.parent_path().string();
  return kit::read_scenario(*text_, name_, beside.empty() ? "." : beside, seed);
}

} // namespace devp2p::tool
