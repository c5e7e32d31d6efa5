// SPDX-License-Identifier: GPL-3.0-or-later
//
// Port numbers for servers in the host's network, where other tests run servers at the same time.
#pragma once

#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>

#include "engine/base/unique_fd.h"

namespace isolab::test {

/// A port that nobody uses at any address of this host now; SOCK_STREAM or SOCK_DGRAM. Throws std::runtime_error when
/// there is none.
inline unsigned free_port(int type = SOCK_STREAM) {
    const UniqueFd socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in own{}; // any address, and port 0: the kernel chooses
    own.sin_family = AF_INET;
    socklen_t length = sizeof own;
    auto* address = reinterpret_cast<sockaddr*>(&own); // NOLINT
    if (::bind(socket.get(), address, length) != 0 || ::getsockname(socket.get(), address, &length) != 0)
        throw std::runtime_error("no free port can be found");
    return ntohs(own.sin_port);
}

} // namespace isolab::test
