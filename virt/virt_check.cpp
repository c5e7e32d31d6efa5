// SPDX-License-Identifier: GPL-3.0-or-later
//
// check_virt(): every prerequisite of the virtual machine side, one by one.
#include "engine/base/data_folder.h"
#include "virt/virt.h"

#include <unistd.h>

#include "engine/base/subprocess.h"
#include "virt/host/host_check.h"
#include "virt/host/host_programs.h"
#include "virt/libvirt/connection.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;
using State = Prerequisite::State;

Prerequisite file(std::string id, std::string title, const Result<fs::path>& found) {
    if (found)
        return {std::move(id), std::move(title), State::found, found->string(), {}, true};
    return {std::move(id), std::move(title), State::missing, found.error().cause, found.error().remedy, true};
}

Prerequisite check_firmware() {
    const fs::path qboot = find_qboot();
    Prerequisite result{"vm-firmware", "fast firmware qboot", State::found, qboot.string(), {}, false};
    if (qboot.empty()) {
        result.state = State::missing;
        result.detail = "qboot.rom is not installed; machines start with SeaBIOS, more slowly";
        result.remedy = "Install qemu-system-data";
    }
    return result;
}

/// The embedded driver is a plug-in of libvirt, in a folder that depends on the distribution.
Prerequisite check_driver(const HypervisorOptions& options) {
    if (options.uri) {
        if (const auto answer = try_connection(*options.uri, {}); !answer)
            return {"libvirt",
                    "libvirt connection",
                    State::unusable,
                    *options.uri + ": " + answer.error().cause,
                    answer.error().remedy,
                    true};
        return {"libvirt", "libvirt connection", State::found, *options.uri, {}, true};
    }
    constexpr const char* name = "libvirt/connection-driver/libvirt_driver_qemu.so";
    for (const char* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"}) {
        const fs::path path = fs::path(folder) / name;
        if (::access(path.c_str(), R_OK) != 0)
            continue;
        if (const auto user = check_driver_user(); !user)
            return {"libvirt", "libvirt QEMU driver", State::unusable, user.error().cause, user.error().remedy, true};
        return {"libvirt", "libvirt QEMU driver", State::found, path.string(), {}, true};
    }
    return {"libvirt",
            "libvirt QEMU driver",
            State::missing,
            "libvirt_driver_qemu.so is not installed",
            "Install libvirt-daemon-driver-qemu",
            true};
}

Prerequisite check_acceleration(const HypervisorOptions& options) {
    const KvmVerdict verdict = check_kvm(look_at_kvm(), DataFolder(options.root).cache(), {.remember = false});
    Prerequisite result{"kvm", "hardware virtualisation (KVM)", State::found, "/dev/kvm", {}, false};
    if (!verdict.usable) {
        result.state = ::access("/dev/kvm", F_OK) == 0 ? State::unusable : State::missing;
        result.detail = verdict.reason + "; machines are emulated in software (TCG)";
        result.remedy = verdict.remedy;
    }
    return result;
}

Prerequisite check_kernel(const HypervisorOptions& options) {
    const auto kernel = find_kernel(kernel_search(options));
    Prerequisite result{"guest-kernel", "kernel for guests", State::found, {}, {}, true};
    if (kernel) {
        result.detail = kernel->release + " at " + kernel->image.string();
        return result;
    }
    result.state = State::missing;
    result.detail = kernel.error().cause;
    result.remedy = kernel.error().remedy;
    return result;
}

Prerequisite check_mke2fs() {
    const auto path = find_program("mke2fs");
    if (path)
        return {"mke2fs", "maker of ext4 disks", State::found, *path, {}, true};
    return {"mke2fs", "maker of ext4 disks", State::missing, "mke2fs is not installed", "Install e2fsprogs", true};
}

} // namespace

std::vector<Prerequisite> check_virt(const HypervisorOptions& options) {
    return {file("qemu", "QEMU", find_emulator()),
            check_firmware(),
            check_driver(options),
            check_acceleration(options),
            check_kernel(options),
            file("guest-init", "the guest's first process", find_guest_init(options)),
            check_mke2fs()};
}

} // namespace isolab
