// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/status_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/terminal.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

std::size_t terminal_columns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// Cuts after `columns` characters of UTF-8.
std::string cut(const std::string& text, std::size_t columns) {
    std::size_t shown = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins_character = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
        if (begins_character && shown++ == columns)
            return text.substr(0, i);
    }
    return text;
}

} // namespace

StatusLine::StatusLine(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

void StatusLine::clear() {
    if (drawn_)
        write_error("\r\033[K");
    drawn_ = false;
}

void StatusLine::draw(const std::string& text) {
    if (quiet_ || !terminal_)
        return;
    write_error("\r\033[K" + cut(plain_text(text), terminal_columns() - 1));
    drawn_ = true;
}

void StatusLine::print(const std::string& line) {
    if (quiet_)
        return;
    clear();
    write_error(plain_text(line) + "\n");
}

} // namespace isolab
