// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/terminal.h"

#include <cstdio>

namespace isolab {

void write_error(std::string_view text) noexcept {
    [[maybe_unused]] const std::size_t written = std::fwrite(text.data(), 1, text.size(), stderr);
    [[maybe_unused]] const int flushed = std::fflush(stderr);
}

} // namespace isolab
