// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace devp2p::tool {

/// Exit statuses.
constexpr int succeeded = 0;
constexpr int failed = 1;
constexpr int wrong_arguments = 2;
/// A simulation has ended, and is not as its file says that it must be.
constexpr int check_failed = 3;

/// Says on one line of stderr what went wrong, and returns `status` for `main` to return. `why` may
/// hold what a remote or a file said: it is printed as `devp2p::printable` has it.
int fail(std::string_view why, int status = failed);

} // namespace devp2p::tool
