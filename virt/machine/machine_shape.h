// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "virt/host/host_programs.h"
#include "virt/host/hypervisor_options.h"

namespace isolab {

/// How the guest starts; decides what the machine must contain.
enum class Firmware {
    qboot,   ///< minimal; needs a kernel with a PVH entry, and ACPI for more than one virtual CPU
    seabios, ///< QEMU's default
    ovmf,    ///< UEFI
};
constexpr const char* firmware_name(Firmware firmware) noexcept {
    return firmware == Firmware::qboot ? "qboot" : firmware == Firmware::ovmf ? "OVMF" : "SeaBIOS";
}

/// Whose kernel starts.
enum class BootSource {
    kernel, ///< the one that QEMU puts into memory, with our first process
    disk,   ///< what the boot loader on the first disk starts
};

/// What the choice of machine depends on. A plain value, found once per process.
struct HostAbilities {
    Accelerator accelerator = Accelerator::tcg;
    std::filesystem::path emulator; ///< qemu-system-x86_64
    std::filesystem::path qboot;    ///< qboot.rom; empty: not installed
    UefiFiles uefi;
    bool pvh_kernel = false;   ///< the kernel file is an ELF with a PVH entry
    std::uint64_t tsc_khz = 0; ///< of the host; TCG guests see the host's counter
};

/// All that the kind of a machine decides, whatever its name, files and size. A plain value.
struct MachineShape {
    MachineKind kind = MachineKind::standard;
    Accelerator accelerator = Accelerator::tcg;
    std::string machine_type = "q35";
    bool acpi = false;
    Firmware firmware = Firmware::qboot;
    BootSource boot = BootSource::kernel;
    std::string kernel_line;            ///< of the kernel that QEMU starts; empty: the boot loader has it
    bool compressed = false;            ///< BootSource::kernel: the compressed boot image
    bool devices = false;               ///< those that nothing of ours uses (MachineExtras::pci)
    bool network = false;               ///< a network card
    bool entropy = false;               ///< a virtio-rng device
    std::uint64_t least_memory = 0;     ///< bytes: a machine that is asked to have less has this
    std::chrono::seconds power_off{10}; ///< how long its system may take for it
};

/// The machine of this kind that starts fastest here. Standard: q35 with ACPI. Lean: "pc" without ACPI for one CPU
/// under TCG; with ACPI under KVM, where it costs nothing, and as standard for several CPUs, which only ACPI tells of.
/// Both with qboot, or with SeaBIOS and ACPI where qboot is missing or the kernel has no PVH entry. Full: what
/// installers of systems expect, q35 with ACPI, started from its disk by SeaBIOS or OVMF; `firmware` is of no other
/// kind. `extras` are added to a lean one. Pure.
MachineShape machine_shape(const HostAbilities& host, MachineKind kind, unsigned cpus,
                           DiskFirmware firmware = DiskFirmware::bios, const MachineExtras& extras = {});

} // namespace isolab
