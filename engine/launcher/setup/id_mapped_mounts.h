// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/rootfs/mount_plan.h"

namespace isolab::launcher {

/// Makes the id-mapped bind mounts of a plan, detached and with all their attributes, by their place in plan.mounts.
/// Only a process with CAP_SYS_ADMIN where the file system was mounted may map ids (mount_setattr(2)), so the launcher
/// does it and the container's first process puts them in place.
Result<std::map<std::size_t, UniqueFd>> make_id_mapped_mounts(const MountPlan& plan);

} // namespace isolab::launcher
