// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/terminal.h"

#include <cstdio>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace isolab {

void write_error(std::string_view text) noexcept {
    [[maybe_unused]] const std::size_t written = std::fwrite(text.data(), 1, text.size(), stderr);
    [[maybe_unused]] const int flushed = std::fflush(stderr);
}

TableOptions terminal_table_options(const std::string& file) {
    winsize size{};
    const bool to_terminal = file.empty() && ::isatty(STDOUT_FILENO) == 1;
    TableOptions options;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs and nobody sets variables
    options.colour = to_terminal && std::getenv("NO_COLOR") == nullptr;
    if (to_terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60)
        options.width = size.ws_col;
    return options;
}

} // namespace isolab
