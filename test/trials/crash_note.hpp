// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace devp2p::trials {

/// Sets the text that is written to the standard error if the process dies from now on, by a signal
/// or by a sanitizer, or if the next call takes a minute to come. An empty text sets no such limit.
void set_crash_note(std::string_view text);

} // namespace devp2p::trials
