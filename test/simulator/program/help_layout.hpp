// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace devp2p::tool {

/// The layout of what `--help` prints, for 80 columns: on the left the name of an option and of its
/// value, on the right a sentence, with the default after it. The sentence says which other options
/// it needs or excludes.
class help_layout : public CLI::Formatter {
public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
  std::string make_description(const CLI::App* app) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

} // namespace devp2p::tool
