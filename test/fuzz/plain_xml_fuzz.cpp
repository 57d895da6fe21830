// SPDX-License-Identifier: BSL-1.0

// Goal: for any XML of a gateway, miniupnpc is given elements that are closed in their order, texts
// without markup, and no more than it may be.
//
// Method: reads the output, which has no other form than `<name>`, text and `</name>`. Written as
// XML again, it must come out the same.

#include "target.hpp"

#include "devp2p/nat/plain_xml.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace devp2p::fuzz::plain_xml_target {

using namespace nat;

namespace {

/// Checks that `plain` is one element, and returns it with its texts as XML wants them.
std::string checked(std::string_view plain) {
  std::string out;
  std::vector<std::string_view> open;
  require(plain.starts_with('<'));
  while (!plain.empty()) {
    require(plain.front() == '<');
    auto end = plain.find('>');
    require(end != plain.npos);
    auto name = plain.substr(1, end - 1);
    out += plain.substr(0, end + 1);
    plain.remove_prefix(end + 1);
    if (name.starts_with('/')) {
      require(!open.empty() && open.back() == name.substr(1));
      open.pop_back();
      require(!open.empty() || plain.empty());
    } else {
      require(name.find_first_of(" \t\r\n:/<\"'") == name.npos);
      open.push_back(name);
    }
    auto text = plain.substr(0, plain.find('<'));
    require(text.empty() ||
            (!name.starts_with('/') && plain.substr(text.size()).starts_with("</")));
    for (auto c : text)
      out += c == '&' ? "&amp;" : c == '>' ? "&gt;" : c == '\r' ? "&#13;" : std::string{c};
    plain.remove_prefix(text.size());
  }
  require(open.empty());
  return out;
}

bool names_are_good(std::string_view xml) {
  for (auto at = xml.find('<'); at != xml.npos; at = xml.find('<', at + 1)) {
    auto first = static_cast<unsigned char>(xml[at + 1]);
    if (std::isalpha(first) == 0 && first != '_' && first != '/')
      return false;
  }
  return true;
}

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  auto plain = plain_xml({reinterpret_cast<const char*>(data), size});
  if (!plain)
    return 0;
  require(plain->size() <= max_plain_xml);
  auto xml = checked(*plain);
  // Other output may come out differently. Each byte of the input is a character, which becomes
  // UTF-8 if it is not ASCII; and the part of a name after its prefix may be no name by itself.
  auto ascii = std::all_of(xml.begin(), xml.end(), [](unsigned char x) { return x < 0x80; });
  if (ascii && names_are_good(xml) && xml.size() <= max_plain_xml)
    require(plain_xml(xml) == plain);
  return 0;
}

static const target registered{"plain_xml", run};

} // namespace devp2p::fuzz::plain_xml_target
