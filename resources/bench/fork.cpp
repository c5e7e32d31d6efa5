// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>
#include <cstring>

#include <sys/wait.h>
#include <unistd.h>

#include "resources/bench/loop.h"

namespace isolab::bench {

Work run_fork(const Order& order) {
    return repeat_each(order, [](Work& work) {
        const int code = static_cast<int>(work.operations & 0x7FU);
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(code);
        int status = 0;
        if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != code) {
            work.error = std::string("fork: ") + std::strerror(errno);
            return;
        }
        work.checksum += static_cast<std::uint64_t>(code);
    });
}

} // namespace isolab::bench
