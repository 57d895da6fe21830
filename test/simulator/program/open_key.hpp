// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/stat.h>

#include <string>

namespace devp2p::tool {

/// Warns on stderr if the key file belongs to another user, or if other users may open it. Does
/// nothing if there is no such file.
void warn_if_open_to_others(const std::string& path);
/// Does so for a file of which that is known.
void warn_if_open_to_others(const struct stat& about, const std::string& path);

} // namespace devp2p::tool
