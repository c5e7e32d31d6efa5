// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace isolab {

/// For the first line of main(): what is opened next would take the place of a standard stream that the caller has
/// closed, and what the program says would go into it. Such a stream becomes one that cannot be used, so that reading
/// standard input, or writing to the others, fails with EBADF.
void block_closed_standard_streams() noexcept;

/// Whether standard output can be written to at all, found out before anything is done whose result it is.
Result<void> check_standard_output();

/// All of standard input up to its end, at most `limit` bytes; more is invalid_argument.
Result<std::string> read_standard_input(std::uint64_t limit);

/// Writes all of it, now.
Result<void> write_standard_output(std::string_view text);

} // namespace isolab
