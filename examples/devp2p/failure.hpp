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

/// Prints a line on stderr, unless nobody reads that for a second. It may hold what a remote or a
/// file said: it is printed as `devp2p::printable` has it, but at length.
void note(std::string_view line);

/// Says on one line of stderr what went wrong, and returns `status` for `main` to return.
int fail(std::string_view why, int status = failed);

/// Says so, and ends the process at once. Needs no memory.
[[noreturn]] void fail_out_of_memory();

} // namespace devp2p::tool
