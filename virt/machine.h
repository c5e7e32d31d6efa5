// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/file_tree.h"
#include "virt/connection.h"
#include "virt/domain.h"
#include "virt/domain_spec.h"
#include "virt/guest_monitor.h"

namespace isolab {

/// What all machines of a Hypervisor share.
struct MachineHost {
    std::shared_ptr<VirtConnection> connection;
    HostAbilities abilities;
    MachineKind kind = MachineKind::standard;
    std::filesystem::path kernel;
    std::filesystem::path initramfs;
    std::chrono::nanoseconds boot_deadline;
};

/// Hypervisor::start(): makes the machine's files, starts it and waits for its workload, as virt.h says.
Result<std::unique_ptr<Machine>> start_machine(const MachineHost& host, const MachineRequest& request,
                                               InstanceObserver& observer, const StopToken& stop);

/// Refuses sizes that cannot work here: no CPU, too little memory for a kernel, more than the host has.
Result<void> check_machine_size(const ResourceLimits& limits);

/// The guest RAM for a memory limit: whole MiB, which is all that libvirt gives QEMU, and never more than the limit.
std::uint64_t machine_memory(const ResourceLimits& limits) noexcept;

} // namespace isolab
