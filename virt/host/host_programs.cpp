// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/host/host_programs.h"

#include <array>

#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::array qboot_places{"/usr/share/qemu/qboot.rom", "/usr/share/qboot/qboot.rom",
                                  "/usr/local/share/qemu/qboot.rom"};

const std::array uefi_places{UefiFiles{"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
                             UefiFiles{"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"}};

} // namespace

Result<fs::path> find_emulator() {
    if (const auto path = find_program("qemu-system-x86_64"))
        return fs::path(*path);
    return fail(ErrorKind::unavailable, "run virtual machines", {}, "qemu-system-x86_64 is not installed",
                "Install qemu-system-x86");
}

fs::path find_qboot() {
    for (const char* place : qboot_places)
        if (::access(place, R_OK) == 0)
            return place;
    return {};
}

UefiFiles find_uefi() {
    for (const UefiFiles& place : uefi_places)
        if (::access(place.code.c_str(), R_OK) == 0 && ::access(place.variables.c_str(), R_OK) == 0)
            return place;
    return {};
}

Result<fs::path> find_guest_init(const HypervisorOptions& options) {
    std::error_code error;
    const fs::path path = options.guest_init.empty()
                              ? fs::read_symlink("/proc/self/exe", error).parent_path() / "isolab-guest-init"
                              : fs::absolute(options.guest_init, error);
    if (::access(path.c_str(), R_OK) == 0)
        return path;
    return fail(ErrorKind::unavailable, "find the guest's first process", path.string(), "it cannot be read",
                "Install Isolab completely");
}

Result<fs::path> find_keeper(const fs::path& guest_init) {
    const fs::path path = guest_init.parent_path() / "isolab-vm-keeper";
    if (::access(path.c_str(), X_OK) == 0)
        return path;
    return fail(ErrorKind::unavailable, "find the program that ends machines with their owner", path.string(),
                "it cannot be executed", "Install Isolab completely");
}

Result<fs::path> find_guest_agent(const fs::path& guest_init) {
    const fs::path path = guest_init.parent_path() / "isolab-guest-agent";
    if (::access(path.c_str(), R_OK) == 0)
        return path;
    return fail(ErrorKind::unavailable, "find the agent of whole machines", path.string(), "it cannot be read",
                "Install Isolab completely");
}

KernelSearch kernel_search(const HypervisorOptions& options) {
    KernelSearch search;
    search.chosen = options.kernel;
    search.folders = {DataFolder(options.root).kernels(), DataFolder(DataFolder::system).kernels()};
    return search;
}

} // namespace isolab
