// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/kit/json_document.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace devp2p::kit {

/// `LINE: FIELD: what is wrong`. Never leaves the kit.
struct json_complaint : std::runtime_error {
  using runtime_error::runtime_error;
};

/// The members of one object of a file that people write, each asked for by its name. What is not
/// as it must be throws a `json_complaint`.
class json_fields {
public:
  /// The largest whole number that every program's JSON numbers hold.
  static constexpr std::uint64_t max_whole = std::uint64_t{1} << 53;

  /// `path` is the object's name in complaints, empty for the outermost. `from` outlives this.
  json_fields(const json_value& from, std::string path);

  /// Null if it is not there.
  const json_value* find(std::string_view name);
  const json_value& get(std::string_view name);

  /// From `least` to `most`; `otherwise` if it is not there, and without that it must be.
  std::uint64_t whole(std::string_view name, std::uint64_t least, std::uint64_t most,
                      std::optional<std::uint64_t> otherwise = std::nullopt);
  double number(std::string_view name, double least, double most,
                std::optional<double> otherwise = std::nullopt);
  std::string text(std::string_view name);
  /// One of these; the first if it is not there.
  std::string word(std::string_view name, std::initializer_list<std::string_view> allowed);
  /// Some of these, each once; none if it is not there.
  std::vector<std::string> words(std::string_view name,
                                 std::initializer_list<std::string_view> allowed);
  /// A list of at most `max_count` values.
  const std::vector<json_value>& list(std::string_view name, std::size_t max_count);
  /// Numbers in that range, at most `max_count`.
  std::vector<double> numbers(std::string_view name, double least, double most,
                              std::size_t max_count);

  /// Whole numbers below `end`, at most `max_count`.
  std::vector<std::size_t> wholes(std::string_view name, std::size_t end, std::size_t max_count);
  /// Pairs of them.
  std::vector<std::pair<std::size_t, std::size_t>> pairs(std::string_view name, std::size_t end,
                                                         std::size_t max_count);

  /// To be called when all has been asked for: anything else is a mistake.
  void expect_no_more();

  [[noreturn]] void complain(std::string_view name, const std::string& what) const;

  [[nodiscard]] std::string path_of(std::string_view name) const;

private:
  [[noreturn]] void complain_at(std::size_t line, std::string_view name,
                                const std::string& what) const;
  /// Below `end`.
  std::size_t index(const json_value& from, std::string_view name, std::size_t end) const;
  /// A number in that range; nothing if it is not a whole one.
  std::optional<std::uint64_t> checked_whole(const json_value& from, std::string_view name,
                                             std::uint64_t least, std::uint64_t most) const;
  double checked(const json_value& from, std::string_view name, double least, double most) const;
  [[nodiscard]] std::size_t line_of(std::string_view name) const;

  const json_value& from_;
  std::string path_;
  const json_value::object* members_;
  std::vector<std::string> known_;
};

} // namespace devp2p::kit
