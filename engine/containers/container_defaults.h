// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a container is when nothing is asked of it: that of `isolab run` and the one that is measured.
#pragma once

#include "engine/base/error.h"
#include "engine/base/process_spec.h"
#include "engine/containers/container_settings.h"

namespace isolab {

/// The settings of a container for a process: the default capabilities for its user, no new privileges, the network of
/// the bridge. Pure.
ContainerSettings default_settings(const ProcessSpec& process);

/// The same as it is measured: with limits, those of this process for what it leaves to its caller among them, and a
/// network of its own that leads nowhere, as the machine has. It may have no more than default_pids_limit processes.
/// invalid_argument for limits that this machine cannot give (container_resources()).
Result<ContainerSettings> measured_settings(const ProcessSpec& process, const ResourceLimits& limits);

/// What keeps the process of such a container from things, for another world that is to do the same.
ProcessConfinement confinement_of(const ContainerSettings& settings);

} // namespace isolab
