// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_defaults.h"

#include "engine/base/host_facts.h"
#include "engine/cgroup/cgroup_plan.h"
#include "engine/containers/container_capabilities.h"

namespace isolab {

ContainerSettings default_settings(const ProcessSpec& process) {
    ContainerSettings settings;
    static_cast<ProcessSpec&>(settings.process) = process;
    settings.process.capabilities = *choose_capabilities({}, process.uid == 0); // the wish for none is always granted
    settings.process.no_new_privileges = true;
    settings.supervision.stop_signal = process.stop_signal;
    return settings;
}

Result<ContainerSettings> measured_settings(const ProcessSpec& process, const ResourceLimits& limits) {
    ContainerSettings settings = default_settings(process);
    ISOLAB_ASSIGN(settings.resources, container_resources(limits, host_cpu_count(), host_memory_bytes()));
    settings.network = "none";
    settings.hostname = "isolab"; // in both worlds
    return settings;
}

} // namespace isolab
