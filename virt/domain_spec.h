// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "virt/virt.h"

namespace isolab {

/// How the guest starts; decides what the machine must contain.
enum class Firmware {
    qboot,  ///< minimal, no ACPI and so one virtual CPU only; needs a kernel with a PVH entry
    seabios ///< QEMU's default, finds all CPUs
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
    std::string machine_type = "pc";
    bool acpi = false;
    std::string kernel_line;
};

/// The leanest machine that works: qboot without ACPI for one CPU under TCG, SeaBIOS with ACPI for several CPUs
/// or for a kernel without PVH entry; ACPI always under KVM, where it costs nothing and powers the CPUs.
MachineProfile choose_profile(const HostAbilities& host, unsigned cpus);

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
    std::string user;                     ///< "+UID:+GID" that QEMU must run as; empty: as libvirt does it
};

} // namespace isolab
