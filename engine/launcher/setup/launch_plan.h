// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/unique_fd.h"
#include "engine/cgroup/control_group.h"
#include "engine/launcher/setup/namespaces.h"
#include "engine/launcher/setup/seccomp_agent.h"
#include "engine/rootfs/mount_plan.h"
#include "engine/runtime/runtime_spec.h"
#include "engine/security/seccomp_program.h"

namespace isolab::launcher {

/// Everything that is decided before the container's first process exists.
struct LaunchPlan {
    RuntimeSpec spec;
    std::string spec_text; ///< config.json as it was read
    MountPlan mounts;
    std::map<std::size_t, UniqueFd> id_mapped; ///< made beforehand, by their place in mounts.mounts
    std::vector<OpenedNamespace> joined;
    UniqueFd kept_ids; ///< a user namespace with the container's ids, to be passed on; none: they are mapped anew
    std::optional<SeccompProgram> seccomp;
    std::optional<SeccompAgent> agent; ///< of a filter that notifies
    std::optional<ControlGroup> group; ///< empty: none can be made, and none was asked for
    CgroupLayout layout;
    UniqueFd start_gate;              ///< a listening socket on which the first process waits; none: it goes on at once
    UniqueFd console;                 ///< connected; receives the terminal's master end
    bool keep_standard_input = false; ///< the caller's; otherwise nothing
    bool init = false;                ///< the first process stays ours and reaps; the workload is its child
    bool new_keyring = true;          ///< instead of the caller's session keyring
    unsigned preserved_fds = 0;
    std::function<std::string(pid_t)> hook_state; ///< the state document that hooks and agents get

    const OpenedNamespace* joined_of(int flag) const;

    /// Whether the launcher has something to do when the namespaces are made: hooks, devices to be moved.
    bool pauses_in_setup() const;
};

} // namespace isolab::launcher
