// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/json_document.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// An error in a file, `LINE: FIELD: what is wrong`. It is caught within the kit.
struct json_complaint : std::runtime_error {
  using runtime_error::runtime_error;
};

/// Returns the names, with commas between them.
[[nodiscard]] std::string enumerate(const std::vector<std::string_view>& names);

/// The members of one object of a file that people write, each asked for by its name. The functions
/// throw a `json_complaint` if a member is not as it must be.
class json_fields {
public:
  /// The largest whole number up to which the JSON numbers of every program are exact.
  static constexpr std::uint64_t max_whole = std::uint64_t{1} << 53;

  /// Throws if `from` is no object. `path` is the object's name in errors, empty for the outermost
  /// one. `from` outlives this.
  json_fields(const json_value& from, std::string path);

  /// Returns the member, or null if it is missing.
  const json_value* find(std::string_view name);
  /// Returns the member, which must be there.
  const json_value& get(std::string_view name);

  /// Returns a whole number from `least` to `most`. A missing member is `otherwise`; without
  /// `otherwise` it must be there.
  std::uint64_t whole(std::string_view name, std::uint64_t least, std::uint64_t most,
                      std::optional<std::uint64_t> otherwise = std::nullopt);
  /// Returns a number from `least` to `most`, with the same rule for a missing member.
  double number(std::string_view name, double least, double most,
                std::optional<double> otherwise = std::nullopt);
  std::string text(std::string_view name);
  /// Returns `true` or `false`.
  bool flag(std::string_view name);
  /// Returns one of the `allowed` words, or the first of them if the member is missing.
  std::string word(std::string_view name, const std::vector<std::string_view>& allowed);
  /// Returns some of the `allowed` words, each once, or none if the member is missing.
  std::vector<std::string> words(std::string_view name,
                                 const std::vector<std::string_view>& allowed);
  /// Returns a list of at most `max_count` values.
  const std::vector<json_value>& list(std::string_view name, std::size_t max_count);
  /// Returns at most `max_count` numbers from `least` to `most`.
  std::vector<double> numbers(std::string_view name, double least, double most,
                              std::size_t max_count);

  /// Returns at most `max_count` whole numbers below `end`.
  std::vector<std::size_t> wholes(std::string_view name, std::size_t end, std::size_t max_count);
  /// Returns at most `max_count` pairs of whole numbers below `end`.
  std::vector<std::pair<std::size_t, std::size_t>> pairs(std::string_view name, std::size_t end,
                                                         std::size_t max_count);

  /// Throws if there is a member that no call has asked for. To be called last.
  void expect_no_more();

  [[noreturn]] void complain(std::string_view name, const std::string& what) const;

  [[nodiscard]] std::string path_of(std::string_view name) const;

private:
  [[noreturn]] void complain_at(std::size_t line, std::string_view name,
                                const std::string& what) const;
  /// Returns a whole number below `end`.
  std::size_t index(const json_value& from, std::string_view name, std::size_t end) const;
  /// Returns a whole number from `least` to `most`, or `nullopt` for a number in that range that is
  /// not whole.
  std::optional<std::uint64_t> checked_whole(const json_value& from, std::string_view name,
                                             std::uint64_t least, std::uint64_t most) const;
  double checked(const json_value& from, std::string_view name, double least, double most) const;
  [[nodiscard]] std::size_t line_of(std::string_view name) const;

  const json_value& from_;
  std::string path_;
  const json_value::object* members_;
  std::vector<std::string> known_;
};

} // namespace devp2p::simulator
