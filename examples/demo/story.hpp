// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

namespace devp2p::demo {

/// Has two processes of `program` meet, talk, ping, fall out and part, and tells it on stdout. The
/// exit status: 0 if all of that happened as it should.
int tell_story(const std::string& program);

} // namespace devp2p::demo
