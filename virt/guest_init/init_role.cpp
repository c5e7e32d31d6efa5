// SPDX-License-Identifier: GPL-3.0-or-later
//
// The first process: whatever else runs belongs to the workload.
#include <csignal>

#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "virt/guest_init/channel.h"
#include "virt/guest_init/role.h"

namespace isolab::guest {

int join_workload() noexcept { return 0; }

void end_workload() noexcept { ::kill(-1, SIGKILL); }

void power_off() noexcept {
    end_workload();
    if (::chdir("/") == 0)
        ::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_RDONLY, nullptr);
    ::sync();
    wait_received();
    // Without ACPI a power-off only halts the CPU; a reset makes QEMU leave (it runs with "destroy on reboot").
    ::reboot(RB_AUTOBOOT);
    for (;;)
        ::pause();
}

} // namespace isolab::guest
