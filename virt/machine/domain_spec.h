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
    std::filesystem::path file; ///< a qcow2 layer, which the guest writes; without a base raw, and only read
    std::filesystem::path base; ///< what the layer lies on; only read
    DiskFormat base_format = DiskFormat::raw;
    std::string serial; ///< by which the guest may find it; at most 20 characters
};

/// Everything that the domain's XML says. A plain value.
struct DomainSpec {
    std::string name;
    MachineShape shape;
    unsigned cpus = 1;
    std::uint64_t memory_bytes = 0; ///< whole MiB: libvirt rounds anything else up
    std::filesystem::path emulator;
    std::filesystem::path firmware_file;      ///< qboot.rom or OVMF's code; empty with SeaBIOS
    std::filesystem::path firmware_variables; ///< the machine's own, with OVMF
    std::filesystem::path kernel;             ///< with BootSource::kernel
    std::filesystem::path initramfs;
    std::vector<DomainDisk> disks;        ///< in the order in which guests name them: vda, vdb, ...
    std::filesystem::path console_socket; ///< we listen, QEMU connects
    std::filesystem::path channel_socket; ///< the same
    pid_t owner = 0;                      ///< QEMU is told not to outlive it (bind_emulator()); 0: nobody
    std::string user;                     ///< "+UID:+GID" that QEMU must run as; empty: as libvirt does it
};

} // namespace isolab
