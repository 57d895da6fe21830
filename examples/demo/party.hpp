// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace devp2p::demo {

/// One of the two processes: a node called `name` that speaks `echo/1` and two versions of `chat`,
/// the lower of which is `lowest_chat`. Does what it is told on stdin, and tells on stdout what
/// happens, one JSON object a line. Ends with its stdin.
///
///     dial ENODE    echo TEXT    chat TEXT    provoke
int run_party(const std::string& name, unsigned lowest_chat);

} // namespace devp2p::demo
