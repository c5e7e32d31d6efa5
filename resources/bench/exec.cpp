// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cerrno>

#include <limits.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resources/bench/loop.h"
#include "resources/bench/scratch_file.h"

namespace isolab::bench {

namespace {

/// This program's file: as /proc says, or, in a world without it, as it was called.
std::string own_program() {
    std::array<char, PATH_MAX> path{};
    const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
    if (length > 0 && static_cast<std::size_t>(length) < path.size())
        return {path.data(), static_cast<std::size_t>(length)};
    return reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
}

} // namespace

Work run_exec(const Order& order) {
    std::string program = own_program();
    std::string option = exit_option;
    char* const arguments[] = {program.data(), option.data(), nullptr};
    return repeat_each(order, [&](Work& work) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::execve(program.c_str(), arguments, environ);
            ::_exit(127);
        }
        int status = 0;
        if (child < 0 || ::waitpid(child, &status, 0) != child)
            work.error = describe("fork for", program);
        else if (!WIFEXITED(status) || WEXITSTATUS(status) != exit_code)
            work.error = "execute " + program + ": it did not end as it should, wait status " + std::to_string(status);
        work.checksum += static_cast<std::uint64_t>(WEXITSTATUS(status));
    });
}

} // namespace isolab::bench
