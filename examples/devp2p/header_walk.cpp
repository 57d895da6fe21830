// SPDX-License-Identifier: BSL-1.0
#include "header_walk.hpp"

#include "devp2p/simulator/program/decimal.hpp"

#include <limits>
#include <utility>

namespace devp2p::tool {

std::optional<block_range> block_range::parse(const std::string& text) {
  auto dots = text.find("..");
  if (dots == text.npos)
    return std::nullopt;
  auto first = parse_decimal(text.substr(0, dots));
  auto last = parse_decimal(text.substr(dots + 2));
  constexpr auto most = std::numeric_limits<std::uint64_t>::max() - 1;
  if (!first || !last || *first > *last || *last > most)
    return std::nullopt;
  return block_range{*first, *last};
}

header_walk::header_walk(const block_range& what, known_blocks known)
  : known_(std::move(known)),
    count_(what.count()),
    download_(what.first, count_) {}

std::optional<std::string> header_walk::take(const std::vector<eth::sealed_header>& answer,
                                             seconds elapsed) {
  auto why = download_.take(answer, elapsed);
  if (why && answer.empty() && known_.head)
    *why += "; its newest is " + std::to_string(known_.head->fields.number);
  for (auto one = answer.begin(); !why && one != answer.end(); ++one)
    why = mismatch(*one);
  taken_ += answer.size();
  return why;
}

std::optional<std::string> header_walk::mismatch(const eth::sealed_header& one) const {
  const auto number = one.fields.number;
  if (number == 0 && one.hash != known_.genesis)
    return "block 0 is not the genesis that the remote has named";
  if (known_.head && number == known_.head->fields.number && one.hash != known_.head->hash)
    return "block " + std::to_string(number) +
           " is not the newest that the remote has named; its chain may have changed meanwhile";
  return std::nullopt;
}

} // namespace devp2p::tool
