// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>

namespace isolab {

/// An id that nobody else has: so many hexadecimal digits, lower case, of the kernel's random numbers (getrandom(2)),
/// fit for secrets too. Four bits each, so 12 of them are twice the same among a million with a chance of 1 in 500;
/// whoever makes a file of that name must still ask for a new one. Any thread. It waits only in the first seconds after
/// boot, and cannot fail on the kernels that we know.
std::string random_hex(std::size_t digits);

} // namespace isolab
