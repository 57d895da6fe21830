// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace devp2p::demo {

/// Runs one of the two processes: a node called `name` that speaks `echo/1` and two versions of
/// `chat`, of which the lower is `lowest_chat`. Executes the commands on stdin, and prints events
/// on stdout, one JSON object a line. Returns the exit status at the end of stdin. The commands:
///
///     dial ENODE    echo TEXT    chat TEXT    provoke
int run_party(const std::string& name, unsigned lowest_chat);

} // namespace devp2p::demo
