// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/types.h>

#include "virt/host/hypervisor_options.h"

namespace isolab {

/// How the guest starts; decides what the machine must contain.
enum class Firmware {
    qboot,  ///< minimal; needs a kernel with a PVH entry, and ACPI for more than one virtual CPU
    seabios ///< QEMU's default
};
constexpr const char* firmware_name(Firmware firmware) noexcept {
    return firmware == Firmware::qboot ? "qboot" : "SeaBIOS";
}

/// What the choice of machine depends on. A plain value, found once per process.
struct HostAbilities {
    Accelerator accelerator = Accelerator::tcg;
    std::filesystem::path emulator; ///< qemu-system-x86_64
    std::filesystem::path qboot;    ///< qboot.rom; empty: not installed
    bool pvh_kernel = false;        ///< the kernel file is an ELF with a PVH entry
    std::uint64_t tsc_khz = 0;      ///< of the host; TCG guests see the host's counter
};

/// The part of a machine that is the same for all machines of one size.
struct MachineProfile {
    Accelerator accelerator = Accelerator::tcg;
    Firmware firmware = Firmware::qboot;
    MachineKind kind = MachineKind::standard;
    std::string machine_type = "q35";
    bool acpi = false;
    std::string kernel_line;
};

/// The machine of this kind that starts fastest here. Standard: q35 with ACPI. Lean: "pc" without ACPI for one CPU
/// under TCG; with ACPI under KVM, where it costs nothing, and as standard for several CPUs, which only ACPI tells of.
/// Both with qboot, or with SeaBIOS and ACPI where qboot is missing or the kernel has no PVH entry.
MachineProfile choose_profile(const HostAbilities& host, MachineKind kind, unsigned cpus);

/// Everything that the domain's XML says. A plain value.
struct DomainSpec {
    std::string name;
    MachineProfile profile;
    unsigned cpus = 1;
    std::uint64_t memory_bytes = 0; ///< whole MiB: libvirt rounds anything else up
    std::filesystem::path emulator;
    std::filesystem::path firmware_file; ///< qboot.rom; empty with SeaBIOS
    std::filesystem::path kernel;
    std::filesystem::path initramfs;
    std::filesystem::path base_disk;      ///< raw, read only
    std::filesystem::path overlay;        ///< qcow2 on top of it
    std::filesystem::path console_socket; ///< we listen, QEMU connects
    std::filesystem::path channel_socket; ///< the same
    pid_t owner = 0;                      ///< QEMU is told not to outlive it (bind_emulator()); 0: nobody
    std::string user;                     ///< "+UID:+GID" that QEMU must run as; empty: as libvirt does it
};

} // namespace isolab
