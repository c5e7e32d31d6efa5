// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/lxc/lxc_programs.h"

#include <array>

#include <unistd.h>

#include "engine/base/subprocess.h"

namespace isolab {
namespace {

constexpr std::array driver_folders{"/usr/lib/x86_64-linux-gnu/libvirt/connection-driver",
                                    "/usr/lib64/libvirt/connection-driver", "/usr/lib/libvirt/connection-driver"};

} // namespace

Result<LxcPrograms> find_lxc_programs() {
    LxcPrograms programs;
    for (const char* folder : driver_folders)
        if (auto file = std::filesystem::path(folder) / "libvirt_driver_lxc.so"; ::access(file.c_str(), R_OK) == 0)
            programs.driver = std::move(file);
    if (programs.driver.empty())
        return fail(ErrorKind::unavailable, "run LXC containers", {}, "libvirt's LXC driver is not installed",
                    "Install libvirt-daemon-driver-lxc and libvirt-daemon");
    const auto daemon = find_program("libvirtd");
    if (!daemon)
        return fail(ErrorKind::unavailable, "run LXC containers", {}, "libvirtd is not installed",
                    "Install libvirt-daemon");
    programs.daemon = *daemon;
    return programs;
}

} // namespace isolab
