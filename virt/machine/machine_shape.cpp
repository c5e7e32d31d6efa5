// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine/machine_shape.h"

#include <utility>

namespace isolab {
namespace {

// Without the crypto self tests and without patching lock prefixes a guest boots a third faster under TCG. Without
// ACPI the guest leaves QEMU by a reset through the triple fault ("reboot=t").
constexpr const char* common_line = "console=ttyS0 quiet panic=-1 cryptomgr.notests noreplace-smp reboot=t";

/// Under TCG the guest cannot always calibrate its counter on a busy host; told the frequency, it need not.
std::string tsc_options(const HostAbilities& host) {
    if (host.accelerator == Accelerator::kvm || host.tsc_khz == 0)
        return {};
    return " tsc_early_khz=" + std::to_string(host.tsc_khz) + " tsc=reliable";
}

/// systemd and the services of a small server fill 256 MiB when they start, initial file system included.
constexpr std::uint64_t least_system_memory = std::uint64_t{384} << 20U;
constexpr std::chrono::seconds system_power_off{90}; // that long systemd waits for one service

MachineShape full_shape(MachineShape shape, DiskFirmware firmware) {
    shape.acpi = true;
    shape.firmware = firmware == DiskFirmware::uefi ? Firmware::ovmf : Firmware::seabios;
    shape.boot = BootSource::disk;
    shape.entropy = true;
    shape.least_memory = least_system_memory;
    shape.power_off = system_power_off;
    return shape;
}

void add_extras(MachineShape& shape, const MachineExtras& extras) {
    shape.acpi = shape.acpi || extras.acpi;
    if (extras.bios)
        shape.firmware = Firmware::seabios;
    if (extras.pci)
        shape.machine_type = "q35";
    shape.devices = extras.pci;
    shape.entropy = extras.pci;
    shape.compressed = extras.compressed;
    shape.network = extras.network;
}

} // namespace

MachineShape machine_shape(const HostAbilities& host, MachineKind kind, unsigned cpus, DiskFirmware firmware,
                           const MachineExtras& extras) {
    MachineShape shape;
    shape.kind = kind;
    shape.accelerator = host.accelerator;
    if (kind == MachineKind::full)
        return full_shape(std::move(shape), firmware);
    const bool qboot = host.pvh_kernel && !host.qboot.empty();
    const bool lean = kind == MachineKind::lean && cpus == 1 && qboot;
    shape.machine_type = lean ? "pc" : "q35";
    shape.firmware = qboot ? Firmware::qboot : Firmware::seabios;
    shape.acpi = !lean || host.accelerator == Accelerator::kvm;
    shape.kernel_line = common_line + tsc_options(host);
    if (kind == MachineKind::lean)
        add_extras(shape, extras);
    return shape;
}

} // namespace isolab
