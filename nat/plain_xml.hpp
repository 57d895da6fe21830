// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace devp2p::nat {

/// The maximum number of bytes that `plain_xml` returns.
inline constexpr std::size_t max_plain_xml = std::size_t{64} << 10;

/// The document in the form that miniupnpc reads as XML means it: elements without prefixes and
/// attributes, each with its text or its children, the text with entities and CDATA resolved and no
/// blanks around it. A `<` of the text becomes `?`: the library would take it for an element.
/// Returns nothing for what is no XML, or has too much in it.
///
/// Routers often announce UTF-8 and send something else; so each byte is a character, unless the
/// document begins with a mark of UTF-16. What matters is ASCII.
[[nodiscard]] std::optional<std::string> plain_xml(std::string_view document);

} // namespace devp2p::nat
