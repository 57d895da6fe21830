// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/plain_xml.hpp"

#include <expat.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <type_traits>
#include <utility>

namespace devp2p::nat {

namespace {

struct free_parser {
  void operator()(XML_Parser parser) const { ::XML_ParserFree(parser); }
};
using parser_ptr = std::unique_ptr<std::remove_pointer_t<XML_Parser>, free_parser>;

/// The name without its prefix.
std::string_view local_name(std::string_view name) {
  return name.substr(name.rfind(':') + 1);
}

std::string_view trimmed(std::string_view x) {
  constexpr auto blanks = " \t\r\n";
  x.remove_prefix(std::min(x.find_first_not_of(blanks), x.size()));
  return x.substr(0, x.find_last_not_of(blanks) + 1);
}

/// Writes the plain form of the parser's events.
class writer {
public:
  explicit writer(XML_Parser parser) : parser_(parser) {
    ::XML_SetUserData(parser, this);
    ::XML_SetElementHandler(
      parser, [](void* self, const char* name, const char**) { of(self).on_begin(name); },
      [](void* self, const char* name) { of(self).on_end(name); });
    ::XML_SetCharacterDataHandler(parser, [](void* self, const char* text, int size) {
      of(self).on_text({text, static_cast<std::size_t>(size)});
    });
  }

  std::string written;

private:
  static writer& of(void* self) { return *static_cast<writer*>(self); }

  void on_begin(std::string_view name) {
    text_.clear();
    has_children_ = false;
    if (local_name(name).empty())
      return (void)::XML_StopParser(parser_, XML_FALSE);
    put({"<", local_name(name), ">"});
  }

  void on_end(std::string_view name) {
    if (std::exchange(has_children_, true)) // The parent element has a child now.
      text_.clear();                        // Text beside child elements is irrelevant here.
    std::replace(text_.begin(), text_.end(), '<', '?');
    put({trimmed(text_), "</", local_name(name), ">"});
    text_.clear();
  }

  void on_text(std::string_view text) {
    if (fits(text_.size() + text.size()))
      text_ += text;
  }

  void put(std::initializer_list<std::string_view> pieces) {
    for (auto x : pieces)
      if (fits(x.size()))
        written += x;
  }

  /// Returns whether there is room, and stops the parser if not: entities can expand a short text.
  bool fits(std::size_t size) {
    auto out = written.size() + size <= max_plain_xml;
    if (!out)
      ::XML_StopParser(parser_, XML_FALSE);
    return out;
  }

  XML_Parser parser_;
  std::string text_;
  /// Whether the element that is being read, or was read last, has children.
  bool has_children_ = false;
};

} // namespace

std::optional<std::string> plain_xml(std::string_view document) {
  constexpr std::string_view utf8_mark = "\xef\xbb\xbf";
  if (document.starts_with(utf8_mark))
    document.remove_prefix(utf8_mark.size());
  const auto utf16 = document.starts_with("\xff\xfe") || document.starts_with("\xfe\xff");
  if (!utf16)
    document = trimmed(document); // Some begin with a blank line, which XML does not allow.
  const parser_ptr parser{::XML_ParserCreate(utf16 ? nullptr : "ISO-8859-1")};
  if (!parser || document.size() > max_plain_xml)
    return std::nullopt;
  writer out{parser.get()};
  auto status =
    ::XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
  return status == XML_STATUS_OK ? std::optional{std::move(out.written)} : std::nullopt;
}

} // namespace devp2p::nat
