// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/standard_streams.h"

#include <array>
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

Result<std::string> read_standard_input(std::uint64_t limit) {
    std::string all;
    std::array<char, 65536> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): read(2) fills it
    while (true) {
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count == 0)
            return all;
        if (count < 0 && errno != EINTR)
            return fail_errno(errno, "read", "standard input");
        if (count > 0)
            all.append(buffer.data(), static_cast<std::size_t>(count));
        if (all.size() > limit)
            return fail(ErrorKind::invalid_argument, "read", "standard input",
                        "it has more than " + std::to_string(limit) + " bytes");
    }
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
