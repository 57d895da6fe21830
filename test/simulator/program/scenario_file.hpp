// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace devp2p::tool {

/// A scenario in a file. The files that it names are looked up in the same folder. The file is read
/// once, by the constructor.
class scenario_file {
public:
  /// The name that stands for stdin. The files that a scenario names are then looked up in the
  /// current folder.
  static constexpr auto stdin_name = "-";

  /// `known` outlives the file. The values `set` replace those of the file.
  scenario_file(std::string name, const simulator::model& known,
                std::vector<simulator::field_value> set = {});

  /// The name of the file in messages.
  [[nodiscard]] std::string name() const { return name_ == stdin_name ? "stdin" : name_; }
  /// The words of a command line, for a shell, that name the file and what is set in it.
  [[nodiscard]] std::string arguments() const;

  /// The text of the file.
  [[nodiscard]] const std::string& text() const { return text_; }

  /// Parses the scenario, with `seed` instead of its own if given. An error is one line.
  [[nodiscard]] expected<simulator::scenario, std::string>
  read(std::optional<std::uint64_t> seed = std::nullopt) const;

  /// Returns the errors, each one line, that can be found at once.
  [[nodiscard]] std::vector<std::string>
  mistakes(std::optional<std::uint64_t> seed = std::nullopt) const;

private:
  /// Returns a line that says why the file cannot be read; empty if it could be.
  [[nodiscard]] std::string unreadable() const;
  /// The folder of the files that the scenario names.
  [[nodiscard]] std::string folder() const;

  std::string name_;
  const simulator::model& known_;
  std::vector<simulator::field_value> set_;
  std::string text_;
  /// The `errno` number that says why the file cannot be read, or 0.
  int error_;
};

} // namespace devp2p::tool
