// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/ssdp.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace devp2p::nat::ssdp {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string_view trimmed(std::string_view x) {
  auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!x.empty() && blank(x.front()))
    x.remove_prefix(1);
  while (!x.empty() && blank(x.back()))
    x.remove_suffix(1);
  return x;
}

/// Takes a line from the front of `text`, and returns it without blanks at its ends.
std::string_view take_line(std::string_view& text) {
  auto end = text.find('\n');
  auto out = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return trimmed(out);
}

/// Returns the value of the first header with this name; empty if there is none.
std::string_view header(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    auto line = take_line(lines);
    auto colon = line.find(':');
    if (colon != line.npos && equal_ignoring_case(trimmed(line.substr(0, colon)), name))
      return trimmed(line.substr(colon + 1));
  }
  return {};
}

bool is_control(unsigned char x) {
  return x < 0x20 || x == 0x7f;
}

/// Returns an absolute path without its segments `.` and `..` (RFC 3986, section 5.2.4).
std::string without_dots(std::string_view path) {
  const auto query = path.substr(std::min(path.find('?'), path.size()));
  path.remove_suffix(query.size());
  std::string out;
  while (!path.empty()) {
    auto segment = path.substr(0, path.find('/', 1)); // Includes the slash before it.
    path.remove_prefix(segment.size());
    auto dots = segment == "/." || segment == "/..";
    if (segment == "/..")
      out.resize(std::min(out.rfind('/'), out.size()));
    if (!dots)
      out += segment;
    else if (path.empty())
      out += '/';
  }
  return out + std::string{query};
}

std::optional<kind> kind_of(std::string_view first_line, std::string_view lines) {
  if (first_line.starts_with("HTTP/1.") && first_line.find(" 200") == 8)
    return kind::answer;
  if (!first_line.starts_with("NOTIFY "))
    return std::nullopt;
  auto what = header(lines, "NTS");
  if (what == "ssdp:alive")
    return kind::alive;
  if (what == "ssdp:byebye")
    return kind::byebye;
  if (what == "ssdp:update")
    return kind::update;
  return std::nullopt;
}

} // namespace

bytes search_request(std::string_view type) {
  auto out = "M-SEARCH * HTTP/1.1\r\nHOST: " + to_string(group) +
             "\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: " + std::string{type} + "\r\n\r\n";
  return {out.begin(), out.end()};
}

std::optional<notice> decode(byte_view in) {
  std::string_view text{reinterpret_cast<const char*>(in.data()), in.size()};
  auto first = take_line(text);
  auto what = kind_of(first, text);
  if (!what)
    return std::nullopt;
  notice out;
  out.kind = *what;
  out.type = header(text, *what == kind::answer ? "ST" : "NT");
  out.location = header(text, "LOCATION");
  auto boot = header(text, "BOOTID.UPNP.ORG");
  std::uint32_t number = 0;
  if (std::from_chars(boot.data(), boot.data() + boot.size(), number).ec == std::errc{})
    out.boot_id = number;
  return out;
}

std::optional<url> url::parse(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  text = trimmed(text);
  text = text.substr(0, text.find('#')); // The server does not need a fragment.
  if (!equal_ignoring_case(text.substr(0, scheme.size()), scheme) ||
      std::any_of(text.begin(), text.end(), is_control))
    return std::nullopt;
  text.remove_prefix(scheme.size());
  auto end = std::min(text.find_first_of("/?"), text.size());
  std::string host{text.substr(0, end)};
  if (host.find(':') == host.npos)
    host += ":80";
  else if (host.ends_with(':'))
    host += "80";
  auto server = endpoint::parse(host);
  if (!server || !server->is_address() || server->host.find(':') != server->host.npos)
    return std::nullopt;
  text.remove_prefix(end);
  return url{*server, (text.starts_with('/') ? "" : "/") + std::string{text}};
}

std::optional<url> url::resolve(std::string_view reference) const {
  reference = trimmed(reference);
  reference = reference.substr(0, reference.find('#'));
  auto scheme_end = reference.find_first_of(":/?");
  if (scheme_end != reference.npos && reference[scheme_end] == ':')
    return parse(reference);
  if (reference.starts_with("//"))
    return parse("http:" + std::string{reference});
  if (std::any_of(reference.begin(), reference.end(), is_control))
    return std::nullopt;
  if (reference.empty())
    return *this;
  if (reference.starts_with('/'))
    return url{server, without_dots(reference)};
  auto base = std::string_view{path}.substr(0, path.find('?'));
  if (!reference.starts_with('?'))
    base = base.substr(0, base.rfind('/') + 1);
  return url{server, without_dots(std::string{base} + std::string{reference})};
}

} // namespace devp2p::nat::ssdp
