// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/standard_streams.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace isolab {

void block_closed_standard_streams() noexcept {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(fd, F_GETFD) < 0) // open(2) takes the lowest free number: this one
            (void)!::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

Result<void> check_standard_output() {
    const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return fail(ErrorKind::system, "write to", "standard output", "it is closed",
                    "Lead it into a file, a program or /dev/null");
    return {};
}

Result<void> write_standard_output(std::string_view text) {
    if (text.empty())
        return {};
    ISOLAB_TRY(check_standard_output());
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return fail_errno(errno, "write", "standard output");
    return {};
}

} // namespace isolab
