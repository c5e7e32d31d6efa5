// SPDX-License-Identifier: GPL-3.0-or-later
//
// What isolates a container from its host, piece by piece. Values.
#pragma once

#include "engine/base/error.h"

namespace isolab {

struct ContainerSettings;

/// The isolation that a container gets; each can be left out alone. The mount namespace is always there: it carries the
/// image's root and leaves nothing mounted on the host. A user namespace is there without root, whatever is chosen.
struct Ingredients {
    bool pid = true;          ///< a PID namespace. Without: it sees the host's processes; all of its own end with it
    bool network = true;      ///< a network namespace. Without: the host's network, its loopback and ports too
    bool uts = true;          ///< a UTS namespace. Without: the host's name
    bool ipc = true;          ///< an IPC namespace. Without: System V objects and POSIX queues that the workload leaves
                              ///< behind stay on the host
    bool cgroup = true;       ///< a cgroup namespace
    bool limits = true;       ///< Without: its control group only counts and serves to end everything
    bool overlay = true;      ///< its root on overlayfs, where that works. Without: a copy of the image's files
    bool seccomp = true;      ///< the system call filter, which stays the same whatever the capabilities are
    bool capabilities = true; ///< few of them, and no_new_privs. Without: all that this process has
    bool kernel_files = true; ///< parts of /proc hidden or read-only, /sys read-only

    bool operator==(const Ingredients&) const = default;
};

/// None but the overlay: the same command on the host, in the image's root.
Ingredients native_ingredients() noexcept;

/// What makes no sense together: a demand of the settings that only a missing ingredient could meet, such as published
/// ports without a network of its own. invalid_argument names both. Pure.
Result<void> check_ingredients(const Ingredients& ingredients, const ContainerSettings& settings);

/// Leaves out of the settings what the ingredients do not have: all but the overlay and the files of the kernel, which
/// settings do not tell. Pure but for the capabilities of this process
/// and the host's name, which a container without the UTS namespace shows in its files.
Result<void> reduce_settings(const Ingredients& ingredients, ContainerSettings& settings);

} // namespace isolab
