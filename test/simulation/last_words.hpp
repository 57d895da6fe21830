// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace devp2p::simulation {

/// What is written to the standard error should the process die from now on, by a signal or by a
/// sanitizer, or should it take a minute until the next call.
void set_last_words(std::string_view text);

} // namespace devp2p::simulation
