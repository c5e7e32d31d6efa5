// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/pipe.h"

#include <array>
#include <cerrno>

#include <fcntl.h>

namespace isolab {

Result<Pipe> Pipe::create(int flags) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), flags | O_CLOEXEC) != 0)
        return fail_errno(errno, "create pipe");
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<SocketPair> SocketPair::create(int type) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail_errno(errno, "create socket pair");
    return SocketPair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

} // namespace isolab
