// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/simulator/field_shape.hpp"
#include "devp2p/simulator/json_document.hpp"
#include "devp2p/simulator/node_lists.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace devp2p::simulator {

/// An error in a file, `LINE: FIELD: what is wrong`. It is caught within the kit. A value that does
/// not stand in the file has no line, and the text says so instead.
struct json_complaint : std::runtime_error {
  json_complaint(std::size_t line, std::string field, const std::string& what);

  std::string field;
};

/// Returns the names, with commas between them.
[[nodiscard]] std::string enumerate(const std::vector<std::string_view>& names);

/// The state that all objects of one file share while they are read.
struct file_reading {
  node_lists nodes = {};
  /// Takes the shape of each field that is asked for; null if there is no need.
  field_shape* shape = nullptr;
  /// The number of complaints with which reading ends.
  std::size_t max_complaints = 1;
  /// The complaints that `try_to` has caught.
  std::vector<json_complaint> complaints = {};

  /// Calls `read()`. Keeps a complaint if there may be more of them, so that what follows is read,
  /// too; else throws it.
  template <class Read>
  void try_to(Read read) {
    try {
      read();
    } catch (const json_complaint& x) {
      if (complaints.size() + 1 >= max_complaints)
        throw;
      complaints.push_back(x);
    }
  }
};

/// The members of one object of a file that people write, each asked for by its name. The functions
/// throw a `json_complaint` if a member is not as it must be.
///
/// Each field that is asked for is noted in the shape of the file, if there is one.
class json_fields {
public:
  /// The largest whole number up to which the JSON numbers of every program are exact.
  static constexpr std::uint64_t max_whole = std::uint64_t{1} << 53;

  /// The outermost object. Throws if `from` is no object. Both outlive this.
  json_fields(file_reading& how, const json_value& from);
  /// The object that is the member `name`, which must be there. `outer` outlives this.
  json_fields(json_fields& outer, std::string_view name);
  /// The object that is an element of the list `name`, or the only one, of `one_or_more`.
  json_fields(json_fields& outer, std::string_view name, std::size_t index);

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
  /// Returns one of the `allowed` words. The member must be there.
  std::string required_word(std::string_view name, const std::vector<std::string_view>& allowed);
  /// Returns some of the `allowed` words, each once, or none if the member is missing.
  std::vector<std::string> words(std::string_view name,
                                 const std::vector<std::string_view>& allowed);
  /// Returns a list of at most `max_count` values. It must be there.
  const std::vector<json_value>& list(std::string_view name, std::size_t max_count);
  /// Returns the number of objects in a list of at most `max_count`, or 1 if one stands there
  /// without a list; each is then read by its index. It must be there.
  std::size_t one_or_more(std::string_view name, std::size_t max_count);
  /// Returns at most `max_count` numbers from `least` to `most`.
  std::vector<double> numbers(std::string_view name, double least, double most,
                              std::size_t max_count);
  /// Returns at most `max_count` pairs of whole numbers below `end`.
  std::vector<std::pair<std::size_t, std::size_t>> pairs(std::string_view name, std::size_t end,
                                                         std::size_t max_count);
  /// Returns a number, a text, `true` or `false`.
  const json_value& scalar(std::string_view name);
  /// Returns the names of all members, which may be any; each is then asked for.
  std::vector<std::string> names(std::size_t max_count);

  /// Returns a node. For a step that is `spread`, `node` is one of its `nodes` if it has these
  /// instead.
  std::size_t node(std::string_view name);
  /// Returns the nodes of a list.
  std::vector<std::size_t> nodes(std::string_view name);

  /// Begins to read an object that may stand for several, one for each of its `nodes`, or that is
  /// repeated. Each `repetition` draws other samples.
  void spread(std::size_t repetition);
  /// Has `nodes` stand for itself: what is read has a field of that name.
  void keep_together() { spreads_ = false; }
  /// Goes on to the next of the `nodes`. Returns false if there is none.
  bool next_of_spread();

  /// Throws if there is a member that no call has asked for. To be called last.
  void expect_no_more();

  [[noreturn]] void complain(std::string_view name, const std::string& what) const;

  [[nodiscard]] std::string path_of(std::string_view name) const;

  [[nodiscard]] file_reading& reading() { return how_; }

private:
  /// The object `from` of that path and shape.
  json_fields(file_reading& how, const json_value& from, std::string path, field_shape* shape);

  [[noreturn]] void complain_at(std::size_t line, std::string_view name,
                                const std::string& what) const;
  /// Returns the shape of a member, after noting its type; null if the file has no shape.
  field_shape* note(std::string_view name, field_shape::type what);
  void note_words(std::string_view name, const std::vector<std::string_view>& allowed,
                  field_shape::type what);
  const json_value& element(std::string_view name, std::size_t index);
  std::string checked_word(const json_value& from, std::string_view name,
                           const std::vector<std::string_view>& allowed) const;
  /// Returns a whole number below `end`.
  std::size_t index(const json_value& from, std::string_view name, std::size_t end) const;
  /// Returns a whole number from `least` to `most`, or `nullopt` for a number in that range that is
  /// not whole.
  std::optional<std::uint64_t> checked_whole(const json_value& from, std::string_view name,
                                             std::uint64_t least, std::uint64_t most) const;
  double checked(const json_value& from, std::string_view name, double least, double most) const;
  /// Returns the place of a list of nodes, by which its samples are drawn.
  [[nodiscard]] std::string place_of(std::string_view name) const;
  std::size_t node_of_spread();
  [[nodiscard]] const json_value* member(std::string_view name) const;
  [[nodiscard]] std::size_t line_of(std::string_view name) const;

  file_reading& how_;
  const json_value& from_;
  std::string path_;
  const json_value::object* members_;
  field_shape* shape_;
  std::vector<std::string> known_;
  /// The index of the member that was found last.
  mutable std::size_t latest_ = 0;

  /// Whether `nodes` may stand in place of `node`.
  bool spreads_ = false;
  /// The number of the repetition that is read.
  std::size_t repetition_ = 0;
  /// The nodes to which it is spread, once they are asked for, and the one whose turn it is.
  std::optional<std::vector<std::size_t>> spread_;
  std::size_t turn_ = 0;
};

} // namespace devp2p::simulator
