// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/cgroup/cgroup_layout.h"
#include "engine/containers/container_settings.h"

namespace isolab {

/// invalid_argument for limits that no container could start with. A limit of 0 is none.
Result<void> check_limits(const CgroupResources& resources);

/// Whether limits are given to the kernel. A user's own groups may lack controllers; root is told what fails, but a
/// container that is measured starts all the same.
bool can_limit(const CgroupLayout& layout, const ContainerSettings& settings);

/// Why the limits that a container was given cannot be set on this machine by this user; empty: they can, or it has
/// none. Rules about devices are none: without root the kernel keeps all others from a container. unsupported when the
/// settings ask for all limits or none.
Result<std::string> missing_limits(const ContainerSettings& settings, const CgroupLayout& layout);

} // namespace isolab
