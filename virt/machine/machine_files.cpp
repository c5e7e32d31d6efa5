// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine/machine_files.h"

#include <unistd.h>

#include "engine/base/random_id.h"
#include "virt/guest_init/guest_protocol.h"
#include "virt/machine/machine_size.h"
#include "virt/storage/qcow2.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t id_digits = 8; ///< the paths of its sockets are short

Result<void> make_system_files(const MachineHost& host, const MachineRequest& request, const fs::path& layer,
                               const fs::path& variables) {
    if (!request.system)
        return fail(ErrorKind::invalid_argument, "start a whole machine", {}, "no system was given for it to boot");
    const SystemDisk& system = *request.system;
    ISOLAB_TRY(create_qcow2_overlay(layer, system.path, system.logical, DiskFormat::qcow2));
    if (system.firmware == DiskFirmware::bios)
        return {};
    if (host.abilities.uefi.code.empty())
        return fail(ErrorKind::unavailable, "start a whole machine by", "UEFI", "its firmware is not installed",
                    "Install ovmf, or use the firmware bios");
    std::error_code error;
    fs::copy_file(host.abilities.uefi.variables, variables, error);
    if (!error)
        fs::permissions(variables, fs::perms::owner_read | fs::perms::owner_write, error);
    return error ? fail_errno(error.value(), "copy the firmware's variables", variables.string()) : Result<void>{};
}

/// What the kernel must be for that shape.
Result<void> check_kernel(const MachineHost& host, const MachineShape& shape) {
    if (shape.compressed && host.boot_image.empty())
        return fail(ErrorKind::unsupported, "start a machine with", "a kernel that unpacks itself",
                    host.kernel.string() + " is not compressed", "Use a kernel as its distribution ships it (vmlinuz)");
    if (shape.network && host.network_initramfs.empty())
        return fail(ErrorKind::unsupported, "start a machine with", "a network card",
                    "the kernel has no driver virtio_net",
                    "Use another kernel, such as Debian's linux-image-cloud-amd64");
    return {};
}

} // namespace

MachineShape shape_of(const MachineHost& host, const MachineRequest& request) {
    return machine_shape(host.abilities, request.kind.value_or(host.kind), request.limits.cpus,
                         request.system ? request.system->firmware : DiskFirmware::bios, request.extras);
}

Result<MachineFiles> make_machine_files(const MachineHost& host, const MachineRequest& request) {
    const MachineShape shape = shape_of(host, request);
    ISOLAB_TRY(check_kernel(host, shape));
    const std::string id = random_hex(id_digits);
    const Slot& slot = host.connection->slot;
    const std::string name = Slot::domain_prefix(host.connection->root) + std::to_string(slot.number()) + "-" + id;
    TemporaryTree log(slot.folder() / "log" / "qemu" / (name + ".log"));
    TemporaryTree folder(machine_folder(host.connection->root, slot.number(), id));
    ISOLAB_TRY(make_directories(folder.path(), 0700));
    ISOLAB_ASSIGN(UnixListener console, UnixListener::open(slot.sockets() / (id + ".con")));
    ISOLAB_ASSIGN(UnixListener channel, UnixListener::open(slot.sockets() / (id + ".chn")));
    MachineFiles files{id, name, std::move(folder), std::move(log), std::move(console), std::move(channel)};
    ISOLAB_TRY(create_qcow2_overlay(files.layer(), request.disk.path, request.disk.logical));
    if (shape.boot == BootSource::disk)
        ISOLAB_TRY(make_system_files(host, request, files.system_layer(), files.variables()));
    return files;
}

DomainSpec describe_domain(const MachineHost& host, const MachineRequest& request, const MachineFiles& files) {
    DomainSpec spec;
    spec.name = files.name;
    spec.shape = shape_of(host, request);
    spec.cpus = request.limits.cpus;
    spec.memory_bytes = machine_memory(request.limits, spec.shape.least_memory);
    spec.emulator = host.abilities.emulator;
    if (spec.shape.firmware == Firmware::qboot)
        spec.firmware_file = host.abilities.qboot;
    if (spec.shape.firmware == Firmware::ovmf)
        spec.firmware_file = host.abilities.uefi.code;
    spec.firmware_variables = files.variables();
    spec.kernel = spec.shape.compressed ? host.boot_image : host.kernel;
    spec.initramfs = spec.shape.network ? host.network_initramfs : host.initramfs;
    const DomainDisk workload{files.layer(), request.disk.path, DiskFormat::raw, {}};
    if (spec.shape.boot == BootSource::disk) {
        spec.disks = {{files.system_layer(), request.system->path, DiskFormat::qcow2, {}},
                      workload,
                      {request.system->seed, {}, DiskFormat::raw, {}}};
        spec.disks[1].serial = guest::workload_disk_serial;
    } else {
        spec.disks = {workload};
    }
    spec.console_socket = files.console.path();
    spec.channel_socket = files.channel.path();
    if (host.connection->embedded)
        spec.owner = ::getpid();
    if (host.connection->labels) // only this user can reach the files
        spec.user = "+" + std::to_string(::geteuid()) + ":+" + std::to_string(::getegid());
    return spec;
}

} // namespace isolab
