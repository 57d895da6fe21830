// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/json_document.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <unordered_set>
#include <utility>

namespace devp2p::simulator {

namespace {

/// Reads characters, and counts the lines.
class line_counter {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  line_counter(const char* at, std::size_t* line) : at_(at), line_(line) {}

  reference operator*() const { return *at_; }
  line_counter& operator++() {
    if (*at_++ == '\n')
      ++*line_;
    return *this;
  }
  friend bool operator==(const line_counter& x, const line_counter& y) { return x.at_ == y.at_; }

private:
  const char* at_;
  std::size_t* line_;
};

/// Returns the whole number that a JSON number with a fraction or an exponent stands for, such as
/// `1.5e3`. Returns `nullopt` if it is not whole, is negative or does not fit. A `double` would
/// round it.
std::optional<std::uint64_t> exact_whole(std::string_view text) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  auto e = std::min(text.find_first_of("eE"), text.size());
  auto point = std::min(text.find('.'), e);
  auto digits = std::string{text.substr(0, point)};
  if (point < e)
    digits += text.substr(point + 1, e - point - 1);
  int exponent = 0;
  if (e < text.size()) {
    auto from = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
    if (std::from_chars(from, text.data() + text.size(), exponent).ec != std::errc{})
      return std::nullopt;
  }
  // The number of digits before the decimal point, after the exponent has moved it.
  auto before = static_cast<std::int64_t>(point) + exponent;
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] < '0' || digits[i] > '9')
      return std::nullopt;
    auto digit = static_cast<std::uint64_t>(digits[i] - '0');
    if (static_cast<std::int64_t>(i) >= before) {
      if (digit != 0)
        return std::nullopt;
    } else if (out > (most - digit) / 10) {
      return std::nullopt;
    } else {
      out = out * 10 + digit;
    }
  }
  for (auto i = static_cast<std::int64_t>(digits.size()); i < before && out != 0; ++i) {
    if (out > most / 10)
      return std::nullopt;
    out *= 10;
  }
  return out;
}

/// Builds a value from the events of the parser.
class builder : public nlohmann::json_sax<nlohmann::json> {
public:
  explicit builder(const std::size_t& line) : line_(line) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool x) override { return put(x); }
  bool number_integer(number_integer_t x) override {
    return x < 0 ? put(static_cast<double>(x)) : put(static_cast<std::uint64_t>(x));
  }
  bool number_unsigned(number_unsigned_t x) override { return put(std::uint64_t{x}); }
  bool number_float(number_float_t x, const string_t& text) override {
    auto whole = exact_whole(text);
    return whole ? put(*whole) : put(x);
  }
  bool string(string_t& x) override { return put(std::move(x)); }
  bool binary(binary_t&) override { return false; } // JSON texts have no binary values.
  bool start_object(std::size_t) override {
    names_.emplace_back();
    return open(json_value::object{});
  }
  bool start_array(std::size_t) override { return open(json_value::list{}); }
  bool end_object() override {
    names_.pop_back();
    return close();
  }
  bool end_array() override { return close(); }

  bool key(string_t& x) override {
    auto& members = std::get<json_value::object>(open_.back().content);
    if (!names_.back().insert(x).second)
      return fail("\"" + x + "\" is there twice");
    members.emplace_back(std::move(x), json_value{.line = line_});
    return true;
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& why) override {
    // The text after the first colon says what is wrong; the text before it is the parser's prefix.
    std::string text = why.what();
    auto begin = text.find(": ");
    return fail(begin == text.npos ? text : text.substr(begin + 2));
  }

  json_value root;
  /// The first error, with its line; empty if there is none.
  std::string error;

private:
  template <class T>
  bool put(T&& x) {
    return place(json_value{line_, std::forward<T>(x)});
  }

  bool place(json_value value) {
    if (open_.empty()) {
      root = std::move(value);
    } else if (auto* all = std::get_if<json_value::list>(&open_.back().content)) {
      all->push_back(std::move(value));
    } else {
      auto& last = std::get<json_value::object>(open_.back().content).back().second;
      last.content = std::move(value.content);
      last.last_line = value.last_line;
    }
    return true;
  }

  template <class T>
  bool open(T&& empty) {
    if (open_.size() == max_json_depth)
      return fail("lists and objects stand deeper in each other than " +
                  std::to_string(max_json_depth));
    open_.push_back({line_, std::forward<T>(empty)});
    return true;
  }

  bool close() {
    auto whole = std::move(open_.back());
    open_.pop_back();
    whole.last_line = line_;
    return place(std::move(whole));
  }

  bool fail(const std::string& what) {
    if (error.empty())
      error = std::to_string(line_) + ": " + what;
    return false;
  }

  const std::size_t& line_;
  std::vector<json_value> open_;
  /// The names of the members of each open object.
  std::vector<std::unordered_set<std::string>> names_;
};

} // namespace

expected<json_value, std::string> read_json(std::string_view text) {
  if (text.size() > max_json_size)
    return "1: a text has at most " + std::to_string(max_json_size) + " bytes, not " +
           std::to_string(text.size());
  // The parser would take a zero byte for the end of the text.
  if (const auto nul = text.find('\0'); nul != text.npos)
    return std::to_string(1 + std::count(text.begin(), text.begin() + nul, '\n')) +
           ": a byte is 0, which no JSON text has";
  std::size_t line = 1;
  builder out{line};
  constexpr auto whole = true;
  constexpr auto with_comments = true;
  nlohmann::json::sax_parse(line_counter{text.data(), &line},
                            line_counter{text.data() + text.size(), &line}, &out,
                            nlohmann::json::input_format_t::json, whole, with_comments);
  if (!out.error.empty())
    return std::move(out.error);
  return std::move(out.root);
}

} // namespace devp2p::simulator
