// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/help_layout.hpp"

#include <sstream>
#include <utility>

namespace devp2p::tool {

namespace {

constexpr std::size_t help_width = 80;
/// The width of what stands on the left.
constexpr std::size_t name_width = 27;

/// Returns `text` in lines of at most `help_width` columns, of which `indent` are blank. The first
/// line begins at column `column`.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t column) {
  std::istringstream words{text};
  std::string out;
  bool begins = true;
  for (std::string word; words >> word; begins = false) {
    if (!begins && column + 1 + word.size() > help_width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
      begins = true;
    }
    out += begins ? word : ' ' + word;
    column += word.size() + (begins ? 0 : 1);
  }
  return out + '\n';
}

/// Returns a row of help. A long name has a line of its own.
std::string row(const std::string& name, const std::string& text) {
  auto left = "  " + name;
  if (left.size() + 2 > name_width)
    left += '\n' + std::string(name_width, ' ');
  else
    left.resize(name_width, ' ');
  return left + wrapped(text, name_width, name_width);
}

} // namespace

std::string help_layout::make_help(const CLI::App* app, std::string name,
                                   CLI::AppFormatMode mode) const {
  auto out = Formatter::make_help(app, std::move(name), mode);
  // CLI11 puts two empty lines between groups of options, and one at the end.
  for (auto i = out.find("\n\n\n"); i != std::string::npos; i = out.find("\n\n\n"))
    out.erase(i, 1);
  while (out.ends_with("\n\n"))
    out.pop_back();
  return out;
}

std::string help_layout::make_description(const CLI::App* app) const {
  return wrapped(app->get_description(), 0, 0);
}

std::string help_layout::make_subcommand(const CLI::App* command) const {
  return row(command->get_name(), command->get_description());
}

std::string help_layout::make_option(const CLI::Option* option, bool is_positional) const {
  auto left = make_option_name(option, is_positional);
  if (option->get_type_size() != 0 && !option->get_type_name().empty())
    left += ' ' + option->get_type_name();
  auto text = option->get_description();
  if (!option->get_default_str().empty())
    text += " (default: " + option->get_default_str() + ')';
  if (option->get_required() && !is_positional)
    text += " (required)";
  return row(left, text);
}

} // namespace devp2p::tool
