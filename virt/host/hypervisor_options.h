// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace isolab {

enum class Accelerator { kvm, tcg };
constexpr const char* accelerator_id(Accelerator accelerator) noexcept {
    return accelerator == Accelerator::kvm ? "kvm" : "tcg";
}

/// What a machine is, beside its size.
enum class MachineKind {
    standard, ///< what a careful user of libvirt gets: q35 with ACPI and virtio devices, the kernel started directly
    lean,     ///< the least that runs the workload: nothing emulated that is not used, no ACPI where that is slow
    full,     ///< an installed system with firmware, boot loader and services of its own, in which the workload runs
};
constexpr const char* machine_kind_id(MachineKind kind) noexcept {
    return kind == MachineKind::lean ? "lean" : kind == MachineKind::full ? "full" : "standard";
}

/// What a lean machine may have more, so that a comparison can show what each piece costs. Other kinds have all but
/// the network card already, or, as whole machines, their own.
struct MachineExtras {
    bool acpi = false;       ///< ACPI tables, and the interrupt controllers that come with them
    bool bios = false;       ///< SeaBIOS in the place of qboot
    bool compressed = false; ///< its kernel as distributions ship it: it unpacks itself first
    bool pci =
        false; ///< q35 with the devices that virt-install adds: PCI Express ports, USB, random numbers, a display
    bool network = false; ///< a network card (virtio) behind which nothing answers
    bool operator==(const MachineExtras&) const = default;
};

/// What starts the boot loader of an installed system.
enum class DiskFirmware { bios, uefi };

struct HypervisorOptions {
    std::filesystem::path root;                  ///< data folder
    std::optional<std::string> uri;              ///< libvirt connection; empty: qemu:///embed in our own process
    std::optional<Accelerator> accelerator;      ///< forced; empty: KVM when it really works
    MachineKind kind = MachineKind::standard;    ///< of all machines that are not asked to be of another
    std::filesystem::path guest_init;            ///< isolab-guest-init; empty: beside this program
    std::optional<std::filesystem::path> kernel; ///< bzImage or vmlinux; empty: found by guest_kernel
    std::chrono::nanoseconds boot_deadline = std::chrono::seconds(60); ///< no sign of life by then: ended
};

} // namespace isolab
