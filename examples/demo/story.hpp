// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace devp2p::demo {

/// Starts two processes of `program`, has them meet, talk, fall out and part, and prints the
/// story on stdout. Returns the exit status: 0 iff everything happened as expected.
int tell_story(const std::string& program);

} // namespace devp2p::demo
