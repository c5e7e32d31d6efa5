// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>

#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

namespace isolab {

/// For a child, first thing after fork(2): it is killed when `parent` ends, also when that was before this call, which
/// PR_SET_PDEATHSIG alone would miss (prctl(2)). A change of ids or capabilities takes it back. Not for the first
/// process of a PID namespace, which sees no parent.
inline void die_with(pid_t parent) noexcept {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != parent)
        ::_exit(1);
}

} // namespace isolab
