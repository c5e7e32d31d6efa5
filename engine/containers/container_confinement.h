// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/containers/container_settings.h"

namespace isolab {

/// `linux.seccomp` for a container: its own profile, otherwise the default one, resolved for the capabilities that it
/// has, so that the filter does not forbid what a capability allows. `usual` is the default profile as resolved for the
/// default capabilities. corrupt for a profile that cannot be understood.
Result<SharedJson> seccomp_of(const ContainerSettings& settings, const SharedJson& usual);

/// The device nodes of this machine that a privileged container has: all but terminals and those that every container
/// has. Without root, those that the user may open.
std::vector<DeviceNode> host_devices();

} // namespace isolab
