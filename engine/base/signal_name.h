// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace isolab {

/// The number of a signal named as in image configurations and on command lines: "SIGTERM", "term", "15", "SIGRTMIN+3",
/// "RTMAX-1". Empty when there is no such signal; 0 is none. Real-time signals count from the C library's SIGRTMIN
/// (signal(7)), as programs in the container do.
std::optional<int> signal_number(std::string_view name);

/// The other way: "SIGTERM", "SIGRTMIN+3"; a number that is no signal as it is.
std::string signal_name(int number);

} // namespace isolab
