// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace isolab {

/// Writes to standard error. A reader that has gone away or a full disk is not worth more than the lost text: nothing
/// fails.
void write_error(std::string_view text) noexcept;

} // namespace isolab
