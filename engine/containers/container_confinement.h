// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/containers/container_settings.h"

namespace isolab {

/// `linux.seccomp` for a container: its own profile, else the default one (`usual`: as resolved for the default
/// capabilities), for the capabilities that it has: what a capability allows is not kept from it by the filter.
/// corrupt for a profile that cannot be understood.
Result<SharedJson> seccomp_of(const ContainerSettings& settings, const SharedJson& usual);

/// The device nodes of this machine that a privileged container has: all but terminals and what it has of its own.
/// Without root those that the user may open.
std::vector<DeviceNode> host_devices();

} // namespace isolab
