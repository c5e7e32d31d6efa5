// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "virt/machine/machine_shape.h"
#include "virt/storage/disk_format.h"

namespace isolab {

/// A disk of a machine. A plain value.
struct DomainDisk {
    std::filesystem::path file; ///< a qcow2 layer, which the guest writes
    std::filesystem::path base; ///< what it lies on; only read
    DiskFormat base_format = DiskFormat::raw;
};

/// Everything that the domain's XML says. A plain value.
struct DomainSpec {
    std::string name;
    MachineShape shape;
    unsigned cpus = 1;
    std::uint64_t memory_bytes = 0; ///< whole MiB: libvirt rounds anything else up
    std::filesystem::path emulator;
    std::filesystem::path firmware_file; ///< qboot.rom; empty with SeaBIOS
    std::filesystem::path kernel;
    std::filesystem::path initramfs;
    std::vector<DomainDisk> disks;        ///< in the order in which guests name them: vda, vdb, ...
    std::filesystem::path console_socket; ///< we listen, QEMU connects
    std::filesystem::path channel_socket; ///< the same
    pid_t owner = 0;                      ///< QEMU is told not to outlive it (bind_emulator()); 0: nobody
    std::string user;                     ///< "+UID:+GID" that QEMU must run as; empty: as libvirt does it
};

} // namespace isolab
