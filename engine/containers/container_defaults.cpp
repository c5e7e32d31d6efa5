// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_defaults.h"

#include "engine/base/host_facts.h"
#include "engine/cgroup/cgroup_plan.h"
#include "engine/containers/container_capabilities.h"
#include "engine/runtime/resource_limits.h"
#include "engine/security/capabilities.h"

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
    settings.process.rlimits = own_resource_limits();
    settings.network = "none";
    settings.hostname = "isolab"; // in both worlds
    return settings;
}

ProcessConfinement confinement_of(const ContainerSettings& settings) {
    ProcessConfinement confinement;
    std::vector<std::string> unknown;
    confinement.capabilities =
        settings.process.capabilities ? capability_mask(settings.process.capabilities->bounding, unknown) : 0;
    confinement.no_new_privileges = settings.process.no_new_privileges;
    for (const ResourceLimit& limit : settings.process.rlimits)
        if (const auto number = resource_number(limit.type))
            confinement.limits.push_back({*number, limit.soft, limit.hard});
    return confinement;
}

} // namespace isolab
