// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

namespace devp2p::tool {

/// Exit statuses.
constexpr int succeeded = 0;
constexpr int failed = 1;
constexpr int wrong_arguments = 2;
/// A simulation has ended, and a check of its scenario file has failed.
constexpr int check_failed = 3;

/// Prints a line on stderr, but waits at most a second for its reader. `line` may hold text of a
/// remote or a file: it is escaped as by `devp2p::printable`, but may be longer.
void note(std::string_view line);

/// Sets the name of this program, which its messages begin with; it is `devp2p` before. For `main`.
void name_program(const std::string& name);
[[nodiscard]] const std::string& program_name();

/// Prints on one line of stderr what went wrong, and returns `status` for `main` to return.
int fail(std::string_view why, int status = failed);

/// Prints that memory has run out, and ends the process at once with status `failed`. Allocates no
/// memory.
[[noreturn]] void fail_out_of_memory();

} // namespace devp2p::tool
