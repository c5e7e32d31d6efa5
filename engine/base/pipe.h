// SPDX-License-Identifier: GPL-3.0-or-later
//
// Channels between processes of this program, both ends at once. None is inherited by a program that is executed
// (O_CLOEXEC, SOCK_CLOEXEC) unless it is passed on by number; a child of fork(2) has both and closes one. The only
// error is that no descriptor or memory is left (EMFILE, ENFILE, ENOMEM, ENOBUFS).
#pragma once

#include <sys/socket.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// pipe2(2): bytes go one way, from `write` to `read`.
struct Pipe {
    UniqueFd read;
    UniqueFd write;

    /// `flags` besides O_CLOEXEC: O_NONBLOCK, O_DIRECT.
    static Result<Pipe> create(int flags = 0);
};

/// socketpair(2) of AF_UNIX: both ways, and both ends are alike.
struct SocketPair {
    UniqueFd first;
    UniqueFd second;

    /// `type` besides SOCK_CLOEXEC: SOCK_SEQPACKET keeps packets apart, SOCK_STREAM does not; with SOCK_NONBLOCK if
    /// wanted.
    static Result<SocketPair> create(int type = SOCK_SEQPACKET);
};

} // namespace isolab
