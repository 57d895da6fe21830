// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace devp2p::nat {

/// The maximum number of bytes that `plain_xml` returns.
inline constexpr std::size_t max_plain_xml = std::size_t{64} << 10;

/// Returns the document in the form that miniupnpc's parser reads as XML defines it. Elements have
/// no prefixes and no attributes, and contain either text or children. Entities and CDATA are
/// resolved, and blanks around text are removed. A `<` in text becomes `?`, as the library would
/// take it for an element. Returns `nullopt` for a document that is no XML, or too large.
///
/// Routers often announce UTF-8 and send another encoding. So each byte is read as one character,
/// unless the document begins with a byte order mark of UTF-16. The relevant content is ASCII.
[[nodiscard]] std::optional<std::string> plain_xml(std::string_view document);

} // namespace devp2p::nat
