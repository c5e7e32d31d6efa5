// SPDX-License-Identifier: GPL-3.0-or-later
//
// The way into a v1 control group for a process that moves itself. To move another process the kernel keeps everybody
// from forking and ending, and waits for a grace period of RCU before it does: 10 ms and more, the longest step of a
// start. A thread that moves itself spares that wait (cgroup_procs_write_start() in Linux's kernel/cgroup/cgroup.c).
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// One descriptor per directory. With them any process can enter, whatever its user namespace and its mounts are: the
/// kernel asks for the rights of who opened them.
Result<std::vector<UniqueFd>> open_entrance(const std::vector<std::string>& directories);

/// Moves the calling process, which must have one thread only.
Result<void> enter_through(const std::vector<UniqueFd>& entrance);

} // namespace isolab
