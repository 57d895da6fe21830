// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/http_reply.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace devp2p::nat {

namespace {

std::string_view trimmed(std::string_view x) {
  constexpr auto blanks = " \t\r";
  auto first = std::min(x.find_first_not_of(blanks), x.size());
  x.remove_prefix(first);
  return x.substr(0, x.find_last_not_of(blanks) + 1);
}

std::string in_lower_case(std::string_view x) {
  std::string out{x};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// Returns the number that `text` consists of; `nullopt` if it is no number or exceeds `max_size`.
std::optional<std::size_t> size_in(std::string_view text, int base) {
  std::size_t out = 0;
  const auto* last = text.data() + text.size();
  auto [end, error] = std::from_chars(text.data(), last, out, base);
  auto good = error == std::errc{} && end == last && out <= http_reply::max_size;
  return good ? std::optional{out} : std::nullopt;
}

} // namespace

http_reply::progress http_reply::state() const {
  switch (next_) {
  case part::nothing:
    return progress::complete;
  case part::failed:
    return progress::broken;
  default:
    return progress::incomplete;
  }
}

http_reply::progress http_reply::on_bytes(std::string_view in) {
  while (!in.empty() && state() == progress::incomplete) {
    if (next_ == part::body || next_ == part::chunk || next_ == part::rest) {
      take_body(in);
    } else {
      auto end = in.find('\n');
      auto piece = in.substr(0, end == in.npos ? end : end + 1);
      in.remove_prefix(piece.size());
      received_ += piece.size();
      line_ += piece;
      if (received_ <= max_size && end != in.npos) {
        line_.pop_back();
        if (line_.ends_with('\r'))
          line_.pop_back();
        on_line(line_);
        line_.clear();
      }
    }
    if (received_ > max_size)
      next_ = part::failed;
  }
  return state();
}

http_reply::progress http_reply::on_end() {
  if (state() == progress::incomplete)
    next_ = next_ == part::status_line || next_ == part::header ? part::failed : part::nothing;
  return state();
}

void http_reply::on_line(std::string_view line) {
  switch (next_) {
  case part::status_line:
    return on_status_line(line);
  case part::header:
    return line.empty() ? on_head_over() : on_header(line);
  case part::chunk_size:
    return on_chunk_size(line);
  case part::chunk_end:
    next_ = line.empty() ? part::chunk_size : part::failed;
    return;
  default:
    if (line.empty()) // Trailers contain nothing of interest here.
      next_ = part::nothing;
  }
}

void http_reply::on_status_line(std::string_view line) {
  if (line.empty()) // A blank line left over from before the reply, section 2.2.
    return;
  constexpr std::string_view version = "HTTP/1.x ";
  auto known =
    line.size() > version.size() && line.starts_with("HTTP/1.") && line[version.size() - 1] == ' ';
  auto code = trimmed(line.substr(std::min(version.size(), line.size()))).substr(0, 3);
  auto number = size_in(code, 10);
  if (!known || code.size() != 3 || !number)
    next_ = part::failed;
  else
    next_ = part::header;
  status_ = static_cast<unsigned>(number.value_or(0));
  name_.clear();
  coding_.clear();
  length_.reset();
}

void http_reply::on_header(std::string_view line) {
  const auto folded = line.front() == ' ' || line.front() == '\t';
  const auto colon = line.find(':');
  if (!folded)
    name_ = in_lower_case(trimmed(line.substr(0, colon)));
  auto value = trimmed(folded ? line : line.substr(std::min(colon, line.size() - 1) + 1));
  if (name_ == "transfer-encoding")
    coding_ += ',' + in_lower_case(value);
  // A repeated Content-Length must have the same value; section 6.3.
  if (name_ == "content-length" && !value.empty()) {
    if (length_.value_or(std::string{value}) != value)
      next_ = part::failed;
    length_ = value;
  }
}

void http_reply::on_head_over() {
  constexpr unsigned no_content = 204, not_modified = 304;
  if (status_ < 200) {
    next_ = part::status_line; // The final reply follows an interim one.
  } else if (status_ == no_content || status_ == not_modified) {
    next_ = part::nothing;
  } else if (trimmed(coding_).ends_with("chunked")) {
    next_ = part::chunk_size;
  } else if (length_) {
    auto size = size_in(*length_, 10);
    missing_ = size.value_or(0);
    next_ = !size ? part::failed : missing_ == 0 ? part::nothing : part::body;
  } else {
    next_ = part::rest;
  }
}

void http_reply::on_chunk_size(std::string_view line) {
  auto size = size_in(trimmed(line.substr(0, line.find(';'))), 16);
  missing_ = size.value_or(0);
  next_ = !size ? part::failed : missing_ == 0 ? part::trailer : part::chunk;
}

void http_reply::take_body(std::string_view& in) {
  auto piece = next_ == part::rest ? in : in.substr(0, missing_);
  in.remove_prefix(piece.size());
  received_ += piece.size();
  if (received_ > max_size)
    return;
  body_ += piece;
  if (next_ == part::rest)
    return;
  missing_ -= piece.size();
  if (missing_ == 0)
    next_ = next_ == part::chunk ? part::chunk_end : part::nothing;
}

} // namespace devp2p::nat
