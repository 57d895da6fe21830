// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/node_lists.hpp"

#include "devp2p/net/sim/seeded_rng.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>
#include <utility>

namespace devp2p::simulator {

namespace {

/// A constant mixed into the seed, so that samples draw no numbers of something else.
constexpr std::uint64_t sample_stream = 0x73616d706c65;

constexpr auto forms =
  R"(nodes must stand here: 3, "10..19", the name of a group, {"sample": 5}, {"every": 10}, or a list of these)";

/// FNV-1a, the same on every platform.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t out = 0xcbf29ce484222325;
  for (unsigned char c : text)
    out = (out ^ c) * 0x100000001b3;
  return out;
}

std::string in_quotes(std::string_view x) {
  return '"' + std::string{x} + '"';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<std::size_t> decimal(std::string_view text) {
  std::size_t out = 0;
  const auto* end = text.data() + text.size();
  auto [at, wrong] = std::from_chars(text.data(), end, out);
  return at == end && wrong == std::errc{} && is_digit(text[0]) ? std::optional{out} : std::nullopt;
}

bool is_name(std::string_view x) {
  constexpr std::size_t max_size = 100;
  auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !x.empty() && x.size() <= max_size && is_letter(x[0]) &&
         std::all_of(x.begin(), x.end(),
                     [&](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

/// A mistake in a list of nodes. It is caught in this file.
struct wrong_list {
  std::string why;
};

/// Returns the number of nodes that `{"sample": how_many}` draws of `from`.
std::size_t sample_size(const json_value& how_many, std::size_t from) {
  if (const auto* whole = std::get_if<std::uint64_t>(&how_many.content)) {
    if (*whole > from)
      throw wrong_list{"a sample of " + std::to_string(*whole) + " nodes is drawn of only " +
                       std::to_string(from)};
    return *whole;
  }
  const auto* share = std::get_if<double>(&how_many.content);
  if (!share || !(*share > 0 && *share < 1))
    throw wrong_list{
      "a sample is a number of nodes, or a share of them between 0 and 1, such as 0.1"};
  auto out = static_cast<std::size_t>(std::llround(*share * static_cast<double>(from)));
  return std::max(out, std::min<std::size_t>(from, 1));
}

} // namespace

/// One list while it is read.
class node_lists::list {
public:
  list(node_lists& all, std::string_view place) : all_(all), place_(place) {}

  /// Returns the nodes of a value that may be a list.
  numbers read(const json_value& from) {
    numbers out;
    std::vector<bool> there;
    if (const auto* elements = std::get_if<json_value::list>(&from.content))
      for (const auto& x : *elements)
        add(x, out, there);
    else
      add(from, out, there);
    return out;
  }

  /// Returns the nodes of a value that is no list.
  numbers read_element(const json_value& from) {
    if (const auto* number = std::get_if<std::uint64_t>(&from.content))
      return {node(*number)};
    if (const auto* real = std::get_if<double>(&from.content)) {
      std::ostringstream text;
      text << *real;
      throw wrong_list{"a node is a whole number, not " + text.str()};
    }
    if (const auto* text = std::get_if<std::string>(&from.content))
      return named(*text);
    if (const auto* members = std::get_if<json_value::object>(&from.content))
      return chosen(*members);
    throw wrong_list{forms};
  }

private:
  /// Adds the nodes of an element. `there` says which are there, once that is asked.
  void add(const json_value& from, numbers& out, std::vector<bool>& there) {
    auto more = read_element(from);
    count(more.size());
    if (std::holds_alternative<std::uint64_t>(from.content)) {
      // Numbers that are written out are taken as they are.
      out.push_back(more[0]);
      if (!there.empty())
        there[more[0]] = true;
      return;
    }
    if (there.empty()) {
      there.resize(all_.nodes_);
      for (auto x : out)
        there[x] = true;
    }
    for (auto x : more)
      if (!there[x]) {
        there[x] = true;
        out.push_back(x);
      }
  }

  [[nodiscard]] std::size_t node(std::uint64_t number) const {
    if (number >= all_.nodes_)
      throw wrong_list{std::to_string(number) + " is not from 0 to " +
                       std::to_string(all_.nodes_ - 1)};
    return number;
  }

  /// Returns the nodes of a group or a range.
  [[nodiscard]] numbers named(std::string_view text) {
    if (text == everybody)
      return from_to(0, all_.nodes_ - 1);
    if (auto found = all_.groups_.find(text); found != all_.groups_.end()) {
      count(found->second.size());
      return found->second;
    }
    auto dots = text.find("..");
    auto first = decimal(text.substr(0, std::min(dots, text.size())));
    auto last = dots == text.npos ? std::nullopt : decimal(text.substr(dots + 2));
    if (!first || !last) {
      auto groups = std::string{everybody};
      for (const auto& [name, nodes] : all_.groups_)
        if (groups.size() < 1000)
          groups += ", " + name;
      throw wrong_list{in_quotes(text) +
                       " is no range, such as \"10..19\", and none of the groups: " + groups};
    }
    if (*first > *last)
      throw wrong_list{in_quotes(text) + " ends before it begins"};
    return from_to(node(*first), node(*last));
  }

  [[nodiscard]] numbers from_to(std::size_t first, std::size_t last) {
    count(last - first + 1);
    numbers out;
    for (auto x = first; x <= last; ++x)
      out.push_back(x);
    return out;
  }

  /// Returns the nodes of `{"sample": ...}` or `{"every": ...}`.
  numbers chosen(const json_value::object& members) {
    const json_value* sample = nullptr;
    const json_value* every = nullptr;
    const json_value* of = nullptr;
    for (const auto& [name, value] : members) {
      if (name != "sample" && name != "every" && name != "of")
        throw wrong_list{in_quotes(name) + " is none of sample, every, of"};
      (name == "sample" ? sample : name == "every" ? every : of) = &value;
    }
    if ((sample != nullptr) == (every != nullptr))
      throw wrong_list{forms};
    auto from = of ? read(*of) : from_to(0, all_.nodes_ - 1);
    return sample ? sampled(*sample, std::move(from)) : each(*every, from);
  }

  numbers sampled(const json_value& how_many, numbers from) {
    const auto size = sample_size(how_many, from.size());
    const auto place = std::string{place_} + '#' + std::to_string(samples_++);
    net::seeded_rng random{all_.seed_ ^ sample_stream ^ hash_of(place)};
    for (std::size_t i = 0; i < size; ++i)
      std::swap(from[i], from[i + random.below(from.size() - i)]);
    from.resize(size);
    std::sort(from.begin(), from.end());
    return from;
  }

  static numbers each(const json_value& step, const numbers& from) {
    const auto* every = std::get_if<std::uint64_t>(&step.content);
    if (!every || *every == 0)
      throw wrong_list{"every takes a whole number, 1 or more"};
    numbers out;
    for (std::size_t i = 0; i < from.size(); ++i)
      if (i % *every == 0)
        out.push_back(from[i]);
    return out;
  }

  void count(std::size_t more) {
    if (!all_.count(more))
      throw wrong_list{"all lists of nodes together have at most " + std::to_string(max_total) +
                       " nodes, and with this one they would have more"};
  }

  node_lists& all_;
  std::string_view place_;
  std::size_t samples_ = 0;
};

std::string node_lists::add_group(const std::string& name, numbers nodes) {
  if (!is_name(name))
    return "a group has a name of letters, digits, _ and -, which begins with a letter";
  if (name == everybody)
    return "all nodes are a group of that name";
  groups_.insert_or_assign(name, std::move(nodes));
  return {};
}

expected<node_lists::numbers, std::string> node_lists::read(const json_value& from,
                                                            std::string_view place) {
  try {
    return list{*this, place}.read(from);
  } catch (wrong_list& x) {
    return std::move(x.why);
  }
}

expected<std::size_t, std::string> node_lists::read_one(const json_value& from,
                                                        std::string_view place) {
  if (std::holds_alternative<std::nullptr_t>(from.content) ||
      std::holds_alternative<bool>(from.content) ||
      std::holds_alternative<json_value::list>(from.content))
    return std::string{"a number must stand here"};
  try {
    auto out = list{*this, place}.read_element(from);
    if (out.size() == 1)
      return out[0];
    return "one node must stand here, not " + std::to_string(out.size());
  } catch (wrong_list& x) {
    return std::move(x.why);
  }
}

bool node_lists::count(std::size_t more) {
  if (more > max_total - total_)
    return false;
  total_ += more;
  return true;
}

} // namespace devp2p::simulator
