// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/file_tree.h"
#include "virt/guest/guest_monitor.h"
#include "virt/libvirt/connection.h"
#include "virt/libvirt/domain.h"
#include "virt/machine/domain_spec.h"
#include "virt/machine/machine.h"

namespace isolab {

/// What all machines of a Hypervisor share.
struct MachineHost {
    std::shared_ptr<VirtConnection> connection;
    HostAbilities abilities;
    MachineKind kind = MachineKind::standard;
    std::filesystem::path kernel;
    std::filesystem::path boot_image; ///< the same as a compressed boot image; empty: there is none
    std::filesystem::path initramfs;
    std::filesystem::path network_initramfs; ///< with the driver of a network card; empty: there is none
    std::chrono::nanoseconds boot_deadline;
};

/// Hypervisor::start(): makes the machine's files, starts it and waits for its workload, as virt.h says.
Result<std::unique_ptr<Machine>> start_machine(const MachineHost& host, const MachineRequest& request,
                                               InstanceObserver& observer, const StopToken& stop);

} // namespace isolab
