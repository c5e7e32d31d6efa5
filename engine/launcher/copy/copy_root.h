// SPDX-License-Identifier: GPL-3.0-or-later
//
// The way of `copy` to a container's files.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "engine/base/unique_fd.h"
#include "engine/launcher/command/options.h"
#include "engine/launcher/launch/setup_child.h"
#include "engine/launcher/setup/container_root.h"
#include "engine/rootfs/id_mapping.h"

namespace isolab::launcher {

/// Everything that is decided before the process that copies exists.
struct CopyPlan {
    const Options& options;
    bool into_container = false;
    UniqueFd process; ///< pidfd of a running container; none: a stopped one, which `mounts` describes
    MountPlan mounts;
    std::map<std::size_t, UniqueFd> id_mapped;
    bool enters_user_namespace = false;
    std::vector<IdMapping> uids; ///< of the container; empty: the host's
    std::vector<IdMapping> gids;
};

/// not_found: the process is gone. Changes nothing.
Result<CopyPlan> make_copy_plan(const Options& options);

/// The process that copies: in a mount namespace of its own for a stopped container, with its ids where that is needed.
Result<SetupChild> clone_copier(const CopyPlan& plan, const std::function<void(int)>& run);

/// The container's root, as long as the object lives.
struct ReachedRoot {
    UniqueFd running;
    std::optional<ContainerRoot> mounted;
    int top() const { return mounted ? mounted->top().get() : running.get(); }
};

/// In the process that copies: enters the user namespace of a running container where that is needed, and opens or
/// mounts the root.
Result<ReachedRoot> reach_container_root(const CopyPlan& plan);

} // namespace isolab::launcher
