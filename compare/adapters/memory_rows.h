// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "compare/model/metric.h"
#include "engine/base/process_memory.h"
#include "engine/engine.h"
#include "virt/virt.h"

namespace isolab {

/// Memory of a container: PSS of its processes and its monitor, plus kernel memory charged to its cgroup, plus shared
/// memory charged to it (`shmem` of memory.stat: tmpfs, memfd, shared mappings) less what of that its processes map,
/// which is in their PSS already: max(shmem, Pss_Shmem) instead of Pss_Shmem. Nothing gives such pages back while they
/// are in use, as page cache is. The rows of the headline add up to it. Pure.
MemorySample container_memory(const ProcessMemory& workload, const ProcessMemory& monitor, const ContainerUsage& usage);

/// Memory of a machine: PSS of QEMU, split by what the guest says about its RAM. Pure. The guest's figures
/// cannot exceed the resident part of its RAM: what the guest counts but the host does not hold is cut off.
MemorySample machine_memory(const ProcessMemory& vmm, const MachineUsage& usage);

} // namespace isolab
